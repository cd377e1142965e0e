#pragma once

#include <memory>
#include <vector>

#include "solvers/elastic_net/wide_path.hpp"
#include "solvers/elastic_net/wide_target_path.hpp"

namespace elltwo {

/// The columns z_j of a design.
template <Real T>
std::unique_ptr<Columns> columns_of(const NetDesign<T>& design, int n_threads, Monitor& monitor);

/// Solves on working sets of the columns of X, one target after the other.
template <Real T>
class WideSolver final : public NetSolver {
 public:
  /// `columns` are those of the design, or of the same X about other means where there is an
  /// intercept. The design must outlive the solver.
  WideSolver(const NetDesign<T>& design, const NetTerms& terms, const WideOptions& options,
             std::unique_ptr<Columns> columns, Monitor& monitor);

  const NetFrame& frame() const override { return frame_; }
  const NetPenalty& penalty(Index target) const override { return targets_[target].penalty; }
  NetNullModel null_model(Index target) override;
  void solve(std::span<const double> alphas, std::span<const double> start,
             std::vector<PathWriter>& writers) override;
  void report(ElasticNetInfo& info) const override;

  /// The path of a target whose null model is known, set out for these alphas. Throws Interrupted.
  std::unique_ptr<WideTargetPath> set_out(std::span<const double> alphas,
                                          std::span<const double> start, PathWriter& writer);

  /// Takes notice of what a path did.
  void add(const WideCounts& counts);

 private:
  struct Target {
    NetPenalty penalty;
    std::vector<double> residual{};
    std::vector<double> c{};
  };

  WideTarget own(const Target& target) const {
    return {target.penalty, norms_, target.residual, target.c};
  }
  void run(WideTargetPath& path);

  const NetDesign<T>& design_;
  WideOptions options_;
  Monitor& monitor_;
  NetFrame frame_;
  std::unique_ptr<Columns> columns_;
  WideRows rows_;
  std::vector<double> norms_;
  std::vector<Target> targets_;
  WideCounts counts_;
};

}  // namespace elltwo
