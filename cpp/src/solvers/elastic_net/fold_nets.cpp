#include "solvers/elastic_net/fold_nets.hpp"

#include <algorithm>
#include <utility>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/elastic_net/dense_rows.hpp"
#include "solvers/elastic_net/grouped_solver.hpp"
#include "solvers/elastic_net/held_out.hpp"
#include "solvers/elastic_net/held_out_forms.hpp"
#include "solvers/elastic_net/paths.hpp"
#include "solvers/elastic_net/validate.hpp"

namespace elltwo {
namespace {

// Memory of the Gram matrices of training sets up to which they are kept.
constexpr double most_train_gram_bytes = 2.5e8;

// Whether a sparse column is constant in the rows of positive weight, or without an intercept
// zero.
template <Real T>
bool sparse_vanishes(const SparseRows<T>& x, std::span<const double> weight, Index j,
                     bool centred) {
  bool any = false;
  T level = T(0);
  for (Index i = 0; i < x.rows; ++i) {
    if (!weight.empty() && !(weight[i] > 0.0)) continue;
    const auto* end = x.column + x.start[i + 1];
    const auto* at = std::lower_bound(x.column + x.start[i], end, static_cast<std::int32_t>(j));
    const T value = at != end && *at == j ? x.value[at - x.column] : T(0);
    if (!any && centred) level = value;
    any = true;
    if (value != level) return false;
  }
  return true;
}

/// A split that leaves one group out and takes all others so many times.
struct LeftOut {
  Index group = -1;
  double times = 0.0;
};

// One for each split, where every split is such and has a group of its own; else nothing.
std::vector<LeftOut> groups_left_out(const Splits& splits) {
  std::vector<LeftOut> left;
  std::vector<char> seen(splits.n_groups, 0);
  for (Index s = 0; s < splits.size(); ++s) {
    LeftOut out;
    for (Index g = 0; g < splits.n_groups; ++g) {
      const double times = splits.train[s * splits.n_groups + g];
      const bool first = times == 0.0 ? out.group < 0 : out.times == 0.0;
      if (!first && (times == 0.0 || times != out.times)) return {};
      if (times == 0.0) out.group = g;
      else out.times = times;
    }
    if (out.group < 0 || out.times == 0.0 || seen[out.group] != 0) return {};
    seen[out.group] = 1;
    left.push_back(out);
  }
  return left;
}

}  // namespace

template <Real T>
FoldNets<T>::FoldNets(const SplitData<T>& data, const ElasticNetOptions& options, Monitor& monitor)
    : given_(data),
      options_(options),
      ridge_options_(ridge_options_of(options)),
      monitor_(monitor),
      folds_(data.data, data.splits.group, data.splits.n_groups, ridge_options_, data.sparse) {}

template <Real T>
bool FoldNets<T>::suits(const SplitData<T>& data) {
  const auto& x = data.data.x;
  const double columns = static_cast<double>(x.cols + data.data.y.cols + 1);
  const double groups = static_cast<double>(data.splits.n_groups);
  return x.rows >= x.cols && 8.0 * columns * columns * groups <= most_fold_gram_bytes;
}

template <Real T>
std::optional<ScaledMoments> FoldNets<T>::moments(std::span<const double> times) const {
  auto sum = folds_.sum(times);
  if (options_.fit_intercept && far_from_mean(sum)) return std::nullopt;
  return folds_.finish(std::move(sum));
}

template <Real T>
std::span<const double> FoldNets<T>::of_split(std::span<const double> table, Index s) const {
  const Index n_groups = given_.splits.n_groups;
  return table.subspan(s * n_groups, n_groups);
}

template <Real T>
bool FoldNets<T>::compute() {
  folds_.compute(monitor_);
  passes_ = 1;
  const Problem<T> problem(given_.data, ridge_options_, monitor_);
  if (!folds_.in_range() || problem.weight_scale() != 1.0) return false;
  all_ = moments(std::vector<double>(given_.splits.n_groups, 1.0));
  if (!all_) return false;
  for (Index j = 0; j < given_.data.x.cols; ++j) spread_.push_back(all_->gram(j, j));
  return true;
}

template <Real T>
NetFrame FoldNets<T>::frame(const ScaledMoments& moments) const {
  const auto& data = given_.data;
  return {{},
          means_of(moments),
          {given_.shift.begin(), given_.shift.end()},
          {options_.l1_ratio, data.penalty_factors, data.prior_mean, given_.box}};
}

// `data` has the weights of the rows that the moments are of.
template <Real T>
ElasticNetPaths FoldNets<T>::solve(const ScaledMoments& moments, const RidgeData<T>& data,
                                   const ElasticNetOptions& options,
                                   const std::vector<double>& alphas, Monitor& monitor) const {
  auto own_options = ridge_options_;
  own_options.n_threads = options.n_threads;
  const Problem<T> problem(data, own_options, monitor);
  const auto means = means_of(moments);
  const DenseRows<T> rows(problem, means);
  const bool dense = given_.sparse == nullptr;
  const auto pinned = features_without_spread(moments, spread_, [&](Index j) {
    return dense ? problem.vanishes(j)
                 : sparse_vanishes(*given_.sparse, data.sample_weight, j, options.fit_intercept);
  });
  const auto solver =
      solver_on_gram(moments, frame(moments), pinned, options, dense ? &rows : nullptr, monitor);
  return solve_paths(*solver,
                     {alphas, data.y.cols, default_ratio(data.x.rows, data.x.cols), options});
}

template <Real T>
ElasticNetPaths FoldNets<T>::all(const std::vector<double>& alphas) {
  auto paths = solve(*all_, given_.data, options_, alphas, monitor_);
  paths.info.n_passes += std::exchange(passes_, 0);
  return paths;
}

template <Real T>
void FoldNets<T>::score_split(const Task& task, ElasticNetPaths& paths, double* sse) const {
  const auto& splits = given_.splits;
  const SplitSets sets(splits, task.split, given_.data.sample_weight);
  auto data = given_.data;
  data.sample_weight = sets.train_weight;
  auto options = options_;
  options.start = {};
  options.max_features = 0;
  options.n_threads = task.n_threads;
  auto own_monitor = task.monitor;
  std::optional<ScaledMoments> own;
  if (train_.empty()) own = folds_.finish(folds_.sum(of_split(splits.train, task.split)));
  const auto& train = own ? *own : train_[task.split];
  paths = solve(train, data, options, task.alphas, own_monitor);
  if (paths.info.status == Status::interrupted) throw Interrupted{};
  const auto test = moments(of_split(splits.test, task.split));
  const TestRows<T> rows{data.x, given_.sparse, data.y, sets};
  const auto n_alphas = static_cast<Index>(task.alphas.size());
  for (Index t = 0; t < data.y.cols; ++t) {
    const auto& path = paths.targets[t];
    const bool known = test && squared_error_forms(*test, given_.shift, path, t, n_alphas, sse);
    if (!known) squared_errors(rows, path, t, n_alphas, own_monitor, sse);
  }
}

// The moments of all training sets, for all values of l1_ratio, where each leaves one group out and
// there is room for them.
template <Real T>
void FoldNets<T>::sum_training_sets() {
  const auto left = groups_left_out(given_.splits);
  const double columns = static_cast<double>(given_.data.x.cols + given_.data.y.cols + 1);
  const double groups = static_cast<double>(given_.splits.n_groups);
  if (!train_.empty() || left.empty()) return;
  if (8.0 * columns * columns * groups > most_train_gram_bytes) return;
  auto sums = folds_.sums_but_one();
  for (const auto& [group, times] : left) {
    auto& sum = sums[group];
    if (times != 1.0) {
      for (Index i = 0; i < sum.size(); ++i) sum.data()[i] *= times;
    }
    train_.push_back(folds_.finish(std::move(sum)));
  }
}

template <Real T>
void FoldNets<T>::score(const std::vector<double>& alphas, std::vector<ElasticNetPaths>& paths,
                        std::vector<double>& sse) {
  sum_training_sets();
  const Index n_splits = given_.splits.size(), n_targets = given_.data.y.cols;
  const auto n_alphas = static_cast<Index>(alphas.size());
  const double p = static_cast<double>(given_.data.x.cols);
  const double fits = static_cast<double>(n_splits * n_targets * n_alphas);
  const int team = threads_for(options_.n_threads, fits * p * p);
  const int inner = std::max(1, team / static_cast<int>(n_splits));
  paths.resize(n_splits);
  Relay relay(monitor_);
  TaskCounter tasks(n_splits);
  run_team(team, [&](TeamMember&) {
    auto monitor = relay.monitor();
    for (Index s = 0; tasks.next(s);) {
      relay.check();
      score_split({s, alphas, inner, monitor}, paths[s], sse.data() + s * n_alphas * n_targets);
    }
  });
}

template class FoldNets<double>;
template class FoldNets<float>;

}  // namespace elltwo
