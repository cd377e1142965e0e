#pragma once

#include <algorithm>
#include <vector>

#include "elltwo/solve_info.hpp"
#include "elltwo/views.hpp"
#include "linalg/buffer.hpp"
#include "solvers/shared/conditioning.hpp"

namespace elltwo {

/// One group's answer in scaled coordinates.
struct GroupFit {
  Buffer<double> coef;         ///< targets x features
  std::vector<double> centre;  ///< y_mean - x_mean.b where known beyond the means' own digits
  SolveInfo info;
};

/// The worst of two groups' outcomes, which stands for the whole fit.
inline SolveInfo worse_of(const SolveInfo& a, const SolveInfo& b) {
  const bool b_is_worse = b.status != Status::converged && a.status == Status::converged;
  SolveInfo worse = b_is_worse || b.rcond < a.rcond ? b : a;
  if (a.status != Status::converged) worse.status = a.status;
  if (b.status != Status::converged) worse.status = b.status;
  worse.optimality = std::max(a.optimality, b.optimality);
  worse.n_iter = std::max(a.n_iter, b.n_iter);
  worse.rank = std::min(a.rank, b.rank);
  return worse;
}

/// The relative gradient at which another pass over the data would only stir rounding, or, for
/// float data, digits that float coefficients do not hold (the error is about optimality / rcond).
template <Real T>
double optimality_floor(double rcond) {
  if constexpr (std::same_as<T, double>) return 1e-16;
  return std::clamp(1e-11 * rcond, 1e-16, 1e-12);
}

}  // namespace elltwo
