#pragma once

#include <memory>
#include <vector>

#include "parallel/relay.hpp"
#include "solvers/elastic_net/fold_nets.hpp"
#include "solvers/elastic_net/wide_solver.hpp"

namespace elltwo {

/// Elastic nets of all rows and of every training set by working sets of columns. All paths go
/// through the same alphas side by side, and share the passes over X: a row that is held out has
/// the weight 0 in the residuals of its split.
template <Real T>
class WideSplits final : public NetSolver {
 public:
  WideSplits(const SplitData<T>& data, const ElasticNetOptions& options, Monitor& monitor);
  ~WideSplits() override;

  /// Whether this is the way for such data.
  static bool suits(const SplitData<T>& data, const ElasticNetOptions& options);

  /// Reads the data. False where training sets need units of their own for X. Throws Interrupted.
  bool compute();

  // Of all rows; solve() writes the paths of all training sets as well.
  const NetFrame& frame() const override { return all().frame(); }
  const NetPenalty& penalty(Index target) const override { return all().penalty(target); }
  NetNullModel null_model(Index target) override { return all().null_model(target); }
  void solve(std::span<const double> alphas, std::span<const double> start,
             std::vector<PathWriter>& writers) override;
  void report(ElasticNetInfo& info) const override;

  /// Writes errors on every test set (splits x alphas x targets). Throws Interrupted.
  void score(Index n_alphas, std::vector<double>& sse);

  /// The paths of the training sets.
  std::vector<ElasticNetPaths> take_paths() { return std::move(paths_); }

 private:
  struct Member;
  using Paths = std::vector<std::unique_ptr<WideTargetPath>>;

  WideSolver<T>& all() const;
  std::unique_ptr<Member> make_member(std::vector<double> weight);
  void start_splits(std::vector<std::vector<PathWriter>>& writers);
  static void require_whole(const Paths& paths);
  void run_together(Paths& paths);
  template <class F>
  void each(Index count, const F& f);

  SplitData<T> given_;
  ElasticNetOptions options_;
  std::vector<double> l2_alphas_;
  RidgeOptions ridge_options_;
  Monitor& monitor_;
  Relay relay_;
  std::vector<std::unique_ptr<Member>> members_;  // all rows, then every split
  std::unique_ptr<Columns> columns_;              // of all rows, by which all paths ask X
  std::vector<ElasticNetPaths> paths_;
  Index passes_ = 0;
};

}  // namespace elltwo
