#pragma once

#include <optional>
#include <vector>

#include "solvers/ridge/gradient.hpp"
#include "solvers/ridge/normal_equations.hpp"
#include "solvers/ridge/outcome.hpp"
#include "solvers/ridge/primal_moments.hpp"
#include "solvers/ridge/tall_qr.hpp"

namespace elltwo {

/// Ridge through the p x p normal equations, corrected with residuals from the original data, and
/// by an orthogonal factorisation where they are too ill-conditioned. (Golub and Van Loan, Matrix
/// Computations, 4th ed., 5.3; Bjorck 1987 for corrected seminormal equations.)
template <Real T>
class PrimalRidge {
 public:
  explicit PrimalRidge(Problem<T>& problem) : problem_(problem), data_(problem) {}

  /// The moments, which must be computed or adopted before the first fit.
  PrimalMoments<T>& data() { return data_; }
  const PrimalMoments<T>& data() const { return data_; }

  GroupFit fit(const TargetGroup& group);

  /// To be called between fits when pinned features have moved.
  void forget_factors() { qr_.reset(); }

 private:
  /// What a method says about the fit it has made.
  struct Verdict {
    enum class Next {
      accept,           ///< the fit stands
      double_products,  ///< repeat it from products in double
      orthogonal        ///< fit by an orthogonal factorisation
    };
    Next next = Next::accept;
    const char* why = "";  ///< the reason for the orthogonal factorisation
  };

  void solve(NormalEquations<T>& system, GroupFit& fit);
  Verdict by_cholesky(NormalEquations<T>& system, GroupFit& fit);
  void by_orthogonal(NormalEquations<T>& system, const char* why, GroupFit& fit);
  bool has_many_targets(const TargetGroup& group);
  bool sketch_is_cheaper(const TargetGroup& group) const;
  bool suffices(const NormalEquations<T>& system, GroupFit& fit) const;
  void refine(const NormalEquations<T>& system, GroupFit& fit);
  Gradient<T> gradient(const TargetGroup& group) {
    return {problem_, data_.moments(), data_.means(), group};
  }
  bool insists_on(SolverChoice solver) const { return problem_.options().solver == solver; }
  bool exact_products() const { return std::same_as<T, double> && !data_.mixed(); }

  Problem<T>& problem_;
  PrimalMoments<T> data_;
  std::optional<TallQr<T>> qr_;
};

}  // namespace elltwo
