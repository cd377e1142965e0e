#pragma once

#include "kernels/small_shapes.hpp"

/// What is done about small fits beyond the kernels.
namespace elltwo {

// Above this a correction would change no digit that matters: the error of the coefficients is
// about eps / rcond.
inline constexpr double small_comfortable = 2e-3;

inline constexpr const char* small_reason = "small and well-conditioned: p x p normal equations";

/// One of the problems that were solved side by side.
struct SmallLane {
  const SmallSystems& systems;
  Index lanes;
  Index lane;

  double& at(double* values, Index i) const { return values[i * lanes + lane]; }
  double at(const double* values, Index i) const { return values[i * lanes + lane]; }
  double rcond() const { return at(systems.rcond, 0); }
  double optimality() const { return at(systems.optimality, 0); }
  double coef(Index u, Index j) const { return at(systems.coef, u * systems.layout.p + j); }
  double intercept(Index u) const { return at(systems.intercept, u); }

  /// Corrects the coefficients once with residuals about the means, and intercept and optimality
  /// after them. Not for penalised intercepts.
  template <Real T>
  void correct(const SmallRows<T>& rows) const;

 private:
  template <Real T>
  void correct(const SmallRows<T>& rows, Index u) const;
  void substitute(double* z) const;
  double largest_gradient(Index u) const;
};

}  // namespace elltwo
