#pragma once

#include <span>

#include "elltwo/views.hpp"
#include "parallel/interruption.hpp"

namespace elltwo {

/// Where a fit writes its answer: coefficients, any number of rows of n_features, and intercepts.
struct Results {
  std::span<const double> coef;
  Index n_features;
  std::span<const double> intercept;
};

/// Whether no number is NaN or infinite.
template <Real T>
bool are_finite(std::span<const T> values);

/// The same of an answer.
bool are_finite(const Results& results);

/// Every public function calls this with the answer that it has written, so that none holds NaN or
/// infinity whatever its status says, but for the steps of ridge_rolling() that have no fit. Throws
/// std::overflow_error that names the first feature at fault, or the intercept.
void require_finite_results(const Results& results);

/// info_of(f) of a function f that writes results. Throws std::overflow_error as above.
template <class F>
[[nodiscard]] SolveInfo fit_of(const Results& results, F&& f) {
  const SolveInfo info = info_of(f);
  if (info.status != Status::interrupted) require_finite_results(results);
  return info;
}

}  // namespace elltwo
