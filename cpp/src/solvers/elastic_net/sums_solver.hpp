#pragma once

#include <vector>

#include "gram/running_sums.hpp"
#include "solvers/elastic_net/gram_path.hpp"
#include "solvers/elastic_net/gram_solver.hpp"

namespace elltwo {

/// Solves at one alpha on the sums of moments themselves, which are about the means: the slots are
/// the features off zero, and those that turn out to violate the optimality conditions. Other
/// solvers copy the products of all features first, which takes longer than a fit of few features.
class SumsSolver final : public NetSolver {
 public:
  /// Whether it may serve: all features are penalised or pinned, there is an intercept, and a start
  /// has few coefficients.
  static bool suits(const RunningSums& sums, const NetFrame& frame,
                    const ElasticNetOptions& options);

  /// `sums` must outlive the solver, and be in the units of the frame.
  SumsSolver(const RunningSums& sums, NetFrame frame, const std::vector<char>& pinned,
             const GramOptions& options, Monitor& monitor);

  const NetFrame& frame() const override { return frame_; }
  const NetPenalty& penalty(Index target) const override { return targets_[target].penalty; }
  NetNullModel null_model(Index target) override;
  void solve(std::span<const double> alphas, std::span<const double> start,
             std::vector<PathWriter>& writers) override;
  void report(ElasticNetInfo& info) const override;

  /// Whether solve() ended without points since too many features are off zero.
  bool gave_up() const { return gave_up_; }

 private:
  struct Target {
    NetPenalty penalty;
    LinearTerm linear{};
    double alpha_max = 0.0;
  };
  struct Search;

  void begin(const std::vector<double>& d, Search& search) const;
  bool solve_at(double alpha, Search& search, PathWriter& writer);
  std::vector<Index> violators(double alpha, const Search& search,
                               const std::vector<double>& q) const;
  void extend(const std::vector<Index>& features, Search& search) const;
  void subtract_columns(const Search& search, const std::vector<double>& d, double* q) const;

  const RunningSums& sums_;
  NetFrame frame_;
  GramOptions options_;
  Monitor& monitor_;
  std::vector<Target> targets_;
  PathCounts counts_;
  Index share_ = 1;  // of the features that may be slots, inverted
  bool gave_up_ = false;
};

}  // namespace elltwo
