#pragma once

#include <optional>
#include <span>
#include <vector>

#include "solvers/network/lbfgs_history.hpp"
#include "solvers/network/line_search.hpp"
#include "solvers/network/objective.hpp"
#include "solvers/network/packed_problem.hpp"

namespace elltwo::network {

/// One fit by L-BFGS. Passes are in float until the line search no longer sees the objective fall,
/// or the gradient seems to be small enough.
template <Real S>
class Lbfgs {
 public:
  /// All arguments must outlive this.
  Lbfgs(const NetworkModel& model, PackedProblem<S>& problem, const NetworkOptions& options,
        int n_threads);

  /// Overwrites the start by the answer. Throws Interrupted.
  NetworkInfo run(std::span<double> parameters, Monitor& monitor);

 private:
  enum class Step { taken, stuck, out_of_passes };
  Value evaluate(std::span<const double> at, std::span<double> gradient, bool with_scales,
                 Monitor& monitor);
  void start(std::span<const double> parameters, Monitor& monitor);
  void to_double(std::span<const double> parameters, Monitor& monitor);
  bool is_within_tolerance() const;
  bool is_stationary(std::span<const double> parameters, Monitor& monitor);
  Step step(std::span<double> parameters, Monitor& monitor);
  void note_progress(double decrease);
  const char* iterate(std::span<double> parameters, Monitor& monitor);
  bool out_of_passes() const;
  bool has_stalled();

  const NetworkModel& model_;
  PackedProblem<S>& problem_;
  const NetworkOptions& options_;
  std::optional<Objective<float>> single_;
  std::optional<Objective<double>> double_;
  int n_threads_;
  LbfgsHistory history_;
  std::vector<double> gradient_;
  std::vector<double> next_gradient_;
  std::vector<double> direction_;
  std::vector<double> trial_;
  std::vector<double> scales_;
  Value value_;
  Value before_;  // at the last multiple of lbfgs_stall_steps
  double norm_before_ = 0.0;
  NetworkInfo info_;
  int n_small_ = 0;  // steps in a row whose decrease rounding could hide
  int n_since_ = 0;  // steps since the scales were taken
};

}  // namespace elltwo::network
