#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "linalg/buffer.hpp"
#include "parallel/relay.hpp"
#include "solvers/ridge_rolling/rows.hpp"

namespace elltwo {

/// Memory for the moments of one thread; where they need more, every window is fitted from its
/// rows.
constexpr double most_bytes_of_moments = 1 << 28;

/// What all steps of a rolling fit share.
template <Real T>
struct RollingSteps {
  const RollingRows<T>& rows;
  const RollingOptions& options;
  const RollingResults& results;
  window::Shape shape;
  const window::Kernels& kernels;
  double decay = 1.0;              ///< factor of all weights from one row to the next
  std::vector<std::uint8_t> poor;  ///< not 0 for steps whose moments are poorly conditioned

  RollingSteps(const RollingRows<T>& r, const RollingOptions& o, const RollingResults& out);

  /// Whether step i has rows enough for a fit.
  bool has_fit(Index i) const { return results.n_rows[i] >= options.min_periods; }
  /// The first row of the window of step i.
  Index first_row(Index i) const { return rows.first_row(i, options.window); }
  /// The number of doubles from the fit of one lane to that of the next.
  Index record() const { return (shape.fit() + kernels.width - 1) / kernels.width * kernels.width; }
  /// Writes NaN as the results of step i.
  void write_nothing(Index i) const;
  /// Writes the coefficients of a fit, with zeros for features that are pinned to zero.
  void write_free(const double* record, double* coef) const;
};

/// A message about the fit of step i.
inline std::string naming_step(Index i, const char* message) {
  return "step " + std::to_string(i) + ": " + message;
}

/// The largest condition and optimality of some fits.
struct RollingWorst {
  double condition = 1.0;   ///< trace of the inverse of the equilibrated system
  double optimality = 0.0;  ///< square of the relative gradient

  void take(const RollingWorst& other) {
    condition = std::max(condition, other.condition);
    optimality = std::max(optimality, other.optimality);
  }
};

/// Fits windows of a fixed length and takes their worst measures. Throws Interrupted.
template <Real T>
void fit_windows(RollingSteps<T>& steps, Relay& relay, int n_threads, RollingWorst& worst);

/// The same for windows whose first rows are given.
template <Real T>
void fit_varying(RollingSteps<T>& steps, Relay& relay, int n_threads, RollingWorst& worst);

/// The same for windows of all rows so far.
template <Real T>
void fit_growing(RollingSteps<T>& steps, Relay& relay, int n_threads, RollingWorst& worst);

/// Writes the fits of steps first, ..., first + n_steps - 1, as far as there are rows, which are
/// one lane of `record`, and marks the poorly conditioned ones.
template <Real T>
void write_fits(RollingSteps<T>& steps, Index first, Index n_steps, const double* record,
                RollingWorst& worst);

/// Marks all steps as poor, for refit_poor(), but for those with too few rows.
template <Real T>
void leave_to_refits(RollingSteps<T>& steps);

/// Fits the steps that are marked as poor by ridge(). Throws Interrupted.
template <Real T>
void refit_poor(RollingSteps<T>& steps, Relay& relay, int n_threads, SolveInfo& info);

}  // namespace elltwo
