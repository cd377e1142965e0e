#pragma once

#include <vector>

#include "solvers/elastic_net/gram_path.hpp"
#include "solvers/elastic_net/net_solver.hpp"

namespace elltwo {

/// What is asked of a GramSolver beside the problem.
struct GramOptions {
  int max_iter = 1000;  ///< rounds of the active set at one alpha
  int n_threads = 0;
};

/// Solves on the Gram matrix of all features, which all targets share: every movable feature is a
/// slot of the faces (see FaceSolver), so that an alpha costs the square of the number of active
/// features and no reading of X. Where the rounding of the moments would hide the duality gap, the
/// rows give residuals, with which every face is corrected.
class GramSolver final : public NetSolver {
 public:
  /// `moments` are in the units of the frame, and must outlive the solver, as `rows` must, which
  /// may be null: there are moments alone.
  GramSolver(const ScaledMoments& moments, NetFrame frame, const std::vector<char>& pinned,
             const GramOptions& options, const NetResiduals* rows, Monitor& monitor);

  const NetFrame& frame() const override { return frame_; }
  const NetPenalty& penalty(Index target) const override { return targets_[target].penalty; }
  NetNullModel null_model(Index target) override;
  void solve(std::span<const double> alphas, std::span<const double> start,
             std::vector<PathWriter>& writers) override;
  void report(ElasticNetInfo& info) const override;

 private:
  struct Target {
    NetPenalty penalty;
    LinearTerm linear{};
    NetNullModel null{};
  };

  void solve_target(Target& target, std::span<const double> alphas, std::span<const double> start,
                    PathWriter& writer, Monitor& monitor, PathCounts& counts) const;

  const ScaledMoments& moments_;
  NetFrame frame_;
  GramOptions options_;
  const NetResiduals* rows_;
  Monitor& monitor_;
  std::vector<Target> targets_;
  PathCounts counts_;
  int n_threads_ = 1;
};

}  // namespace elltwo
