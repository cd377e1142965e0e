#pragma once

#include <memory>
#include <vector>

#include "solvers/elastic_net/free_rows.hpp"
#include "solvers/elastic_net/gram_solver.hpp"
#include "solvers/elastic_net/grouped_targets.hpp"

namespace elltwo {

/// Solves for all targets together, with one penalty for the row of a feature's coefficients,
///   alpha sum_j f_j ( rho |B_j|_2 + (1 - rho) / 2 |B_j|_2^2 ),
/// on the Gram matrix of all features, see RowSolver. Each target's path has its own coefficients
/// and intercept; objective, gap and the number of active features are those of all together.
class GroupedSolver final : public NetSolver {
 public:
  /// See GramSolver.
  GroupedSolver(const ScaledMoments& moments, NetFrame frame, const std::vector<char>& pinned,
                const GramOptions& options, const NetResiduals* rows, Monitor& monitor);

  const NetFrame& frame() const override { return frame_; }
  const NetPenalty& penalty(Index target) const override { return targets_.penalty(target); }
  NetNullModel null_model(Index target) override {
    return targets_.null_model(target, rss_null_, total_, alpha_max_);
  }
  void solve(std::span<const double> alphas, std::span<const double> start,
             std::vector<PathWriter>& writers) override;
  void report(ElasticNetInfo& info) const override;

 private:
  void choose_features();
  void fill_linear_term();
  void fill_gram();
  bool rounding_hides(const RowReport& report, double tol) const;
  void measure_by_rows(double alpha, RowSolver& solver, RowReport& report);
  void correct_by_rows(double alpha, const RowTarget& target, RowSolver& solver, RowReport& report);

  const ScaledMoments& moments_;
  NetFrame frame_;
  GramOptions options_;
  const NetResiduals* rows_;
  Monitor& monitor_;
  GroupedTargets targets_;
  std::vector<Index> features_;  // of the slots
  RowSlots slots_;
  FreeRows free_;
  std::vector<double> free_c_;  // C of the free features
  double total_ = 0.0;          // sum of squares of all targets
  double rss_null_ = 0.0;
  double alpha_max_ = 0.0;
  Index passes_ = 0;
  Index descents_ = 0;
  std::vector<char> ever_;
};

/// The solver that is asked for: of each target by itself, or of all together.
std::unique_ptr<NetSolver> solver_on_gram(const ScaledMoments& moments, const NetFrame& frame,
                                          const std::vector<char>& pinned,
                                          const ElasticNetOptions& options,
                                          const NetResiduals* rows, Monitor& monitor);

}  // namespace elltwo
