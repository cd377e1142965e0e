#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "elltwo/monitor.hpp"
#include "elltwo/solve_info.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// Rows in the order of time, and the penalty. Step i minimises over (b, b0)
///   sum_k w_k 2^(-(i - k) / half_life) (y_k - b0 - x_k.b)^2 + sum_j alpha f_j b_j^2
/// with the sum over the rows k <= i in its window. Empty spans stand for unit weights and factors,
/// and for windows that RollingOptions describe.
template <Real T>
struct RollingData {
  MatrixView<T> x;                          ///< n x p
  MatrixView<double> y;                     ///< n x targets
  double alpha = 0.0;                       ///< in [0, inf]
  std::span<const double> penalty_factors;  ///< p, in [0, inf]; inf pins a coefficient to zero
  std::span<const double> sample_weight;    ///< n, finite, >= 0
  /// n, each in [0, i] and none below the one before: the first row of the window of step i, where
  /// windows differ in length, such as those of a duration; empty where options.window describes
  /// them.
  std::span<const Index> starts = {};
};

struct RollingOptions {
  Index window = 0;  ///< number of rows up to the step's own; 0: all rows so far, or from starts
  double half_life =
      std::numeric_limits<double>::infinity();  ///< number of rows; finite only without windows
  Index min_periods = 1;      ///< steps with fewer rows of positive weight give NaN
  bool fit_intercept = true;  ///< the intercept is not penalised
  /// Whether rows with NaN in x or y are left out of all windows; else they are an error.
  bool skip_missing = false;
  int n_threads = 0;  ///< 0: num_threads() of elltwo/threads.hpp
};

/// Where ridge_rolling() writes, row-major. NaN where a step has too few rows, where a prediction
/// has no step before it or the row has missing features, and where a variance has no degrees of
/// freedom left.
struct RollingResults {
  std::span<double> coef;               ///< n x targets x p
  std::span<double> intercept;          ///< n x targets
  std::span<double> prediction;         ///< n x targets: of row i by the fit of step i - 1
  std::span<double> residual_variance;  ///< n x targets
  std::span<std::int64_t> n_rows;       ///< n: rows of positive weight in the window
};

/// Fits every step from the moments of its window. Moments are sums over the rows of the window,
/// without any subtraction; windows whose moments are poorly conditioned are fitted by ridge() from
/// their rows. Bits do not depend on the number of threads. Returns the worst of all steps. Throws
/// std::invalid_argument, before any result is written, for values out of range and for NaN or
/// infinity, naming the row. Defined for float and double.
template <Real T>
SolveInfo ridge_rolling(const RollingData<T>& data, const RollingOptions& options, Monitor& monitor,
                        const RollingResults& results);

/// ridge_rolling() without a monitor: it cannot be interrupted.
template <Real T>
SolveInfo ridge_rolling(const RollingData<T>& data, const RollingOptions& options,
                        const RollingResults& results) {
  Monitor nobody;
  return ridge_rolling(data, options, nobody, results);
}

}  // namespace elltwo
