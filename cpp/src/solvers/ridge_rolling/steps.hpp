#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "linalg/buffer.hpp"
#include "parallel/relay.hpp"
#include "solvers/ridge_rolling/rows.hpp"

namespace elltwo {

/// What the steps of a rolling fit have in common, and where they write.
template <Real T>
struct RollingSteps {
  const RollingRows<T>& rows;
  const RollingOptions& options;
  const RollingResults& results;
  window::Shape shape;
  const window::Kernels& kernels;
  double decay = 1.0;
  std::vector<std::uint8_t> poor;  ///< steps whose moments are poorly conditioned

  RollingSteps(const RollingRows<T>& r, const RollingOptions& o, const RollingResults& out);

  bool has_fit(Index i) const { return results.n_rows[i] >= options.min_periods; }
  /// Doubles between the fits of two lanes.
  Index record() const { return (shape.fit() + kernels.width - 1) / kernels.width * kernels.width; }
  void write_nothing(Index i) const;
  void write_free(const double* record, double* coef) const;
};

/// The worst of what a thread has seen.
struct RollingWorst {
  double condition = 1.0;  ///< trace of the inverse of the equilibrated system
  double optimality = 0.0;

  void take(const RollingWorst& other) {
    condition = std::max(condition, other.condition);
    optimality = std::max(optimality, other.optimality);
  }
};

/// Fits windows of a fixed length; false if interrupted.
template <Real T>
bool fit_windows(RollingSteps<T>& steps, Relay& relay, int n_threads, RollingWorst& worst);

/// Fits windows of all rows so far; false if interrupted.
template <Real T>
bool fit_growing(RollingSteps<T>& steps, Relay& relay, int n_threads, RollingWorst& worst);

/// Writes the fits of one lane, n_steps from `first` on as far as there are rows.
template <Real T>
void write_fits(RollingSteps<T>& steps, Index first, Index n_steps, const double* record,
                RollingWorst& worst);

/// Fits the steps that are marked as poor by ridge(); false if interrupted.
template <Real T>
bool refit_poor(RollingSteps<T>& steps, Relay& relay, int n_threads, SolveInfo& info);

}  // namespace elltwo
