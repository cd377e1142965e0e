#pragma once

#include <memory>
#include <vector>

#include "solvers/elastic_net/free_rows.hpp"
#include "solvers/elastic_net/gram_solver.hpp"
#include "solvers/multi_task/row_solver.hpp"

namespace elltwo {

/// Solves for all targets together, with one penalty for the row of a feature's coefficients,
///   alpha sum_j f_j ( rho |B_j|_2 + (1 - rho) / 2 |B_j|_2^2 ),
/// on the Gram matrix of all features, see RowSolver. Each target's path has its own coefficients
/// and intercept; objective, gap and the number of active features are those of all together.
class GroupedSolver final : public NetSolver {
 public:
  /// See GramSolver.
  GroupedSolver(const ScaledMoments& moments, NetFrame frame, const std::vector<char>& pinned,
                const GramOptions& options, const RowProducts* rows, Monitor& monitor);

  const NetFrame& frame() const override { return frame_; }
  const NetPenalty& penalty(Index target) const override { return penalties_[target]; }
  NullModel null_model(Index target) override;
  void solve(std::span<const double> alphas, std::span<const double> start,
             std::vector<PathWriter>& writers) override;
  void report(ElasticNetInfo& info) const override;

 private:
  /// A point in the units of the reference target: rows of the penalised and the free features.
  struct Point {
    std::vector<Index> features;
    std::vector<double> rows;
    NetPoint sums;  ///< all but features and values
  };

  Index n_targets() const { return moments_.n_targets; }
  const NetPenalty& reference() const { return penalties_[reference_]; }
  void choose_units();
  void choose_features();
  void fill();
  double scaled(double alpha) const;
  std::vector<double> start_of(std::span<const double> start) const;
  std::vector<double> free_values(const std::vector<double>& b) const;
  bool rounding_hides(const NetPoint& sums, double tol) const;
  RowReport measure_by_rows(double alpha, RowSolver& solver);
  void correct_by_rows(double alpha, const RowTarget& target, RowSolver& solver, RowReport& report);
  Point point_of(const RowSolver& solver, const RowReport& report) const;
  bool write(double alpha, const Point& point, std::vector<PathWriter>& writers) const;

  const ScaledMoments& moments_;
  NetFrame frame_;
  GramOptions options_;
  const RowProducts* rows_;
  Monitor& monitor_;
  std::vector<NetPenalty> penalties_;
  Index reference_ = 0;          // the target whose units all share
  std::vector<double> to_unit_;  // powers of two: of each target's values to these units
  std::vector<Index> features_;  // of the slots
  RowSlots slots_;
  std::unique_ptr<FreeRows> free_;
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
                                          const RowProducts* rows, Monitor& monitor);

}  // namespace elltwo
