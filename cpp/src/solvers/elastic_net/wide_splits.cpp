#include "solvers/elastic_net/wide_splits.hpp"

#include <algorithm>

#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"
#include "solvers/elastic_net/held_out.hpp"
#include "solvers/elastic_net/paths.hpp"
#include "solvers/elastic_net/validate.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

constexpr double most_products_bytes = 2e9;  // of the products of all paths with all columns
constexpr double sides_of_path = 6.0;

}  // namespace

/// One set of rows: its weights, units and means, and its solver.
template <Real T>
struct WideSplits<T>::Member {
  std::vector<double> weight;
  RidgeData<T> data;
  std::unique_ptr<Problem<T>> problem{};
  std::unique_ptr<NetDesign<T>> design{};
  Monitor monitor{};  // of the thread that works on the path
  std::unique_ptr<WideSolver<T>> solver{};
};

template <Real T>
WideSplits<T>::WideSplits(const SplitData<T>& data, const ElasticNetOptions& options,
                          Monitor& monitor)
    : given_(data),
      options_(options),
      l2_alphas_(l2_alphas(data.data.alpha, options.l1_ratio)),
      ridge_options_(ridge_options_of(options)),
      monitor_(monitor),
      relay_(monitor) {}

template <Real T>
WideSplits<T>::~WideSplits() = default;

template <Real T>
bool WideSplits<T>::suits(const SplitData<T>& data, const ElasticNetOptions& options) {
  const double paths = static_cast<double>(data.splits.size() + 1);
  const double bytes = 8.0 * sides_of_path * paths * static_cast<double>(data.data.x.cols);
  return !suits_gram(data.data.x.rows, data.data.x.cols) && options.max_features == 0 &&
         !options.group_targets && bytes <= most_products_bytes;
}

template <Real T>
std::unique_ptr<typename WideSplits<T>::Member> WideSplits<T>::make_member(
    std::vector<double> weight) {
  auto member = std::make_unique<Member>(Member{std::move(weight), given_.data});
  if (!member->weight.empty()) member->data.sample_weight = member->weight;
  member->data.alpha = l2_alphas_;
  member->monitor = relay_.monitor();
  member->problem = std::make_unique<Problem<T>>(member->data, ridge_options_, member->monitor);
  member->design = given_.sparse != nullptr
                       ? std::make_unique<NetDesign<T>>(*member->problem, borrowed(*given_.sparse))
                       : std::make_unique<NetDesign<T>>(*member->problem);
  return member;
}

template <Real T>
WideSolver<T>& WideSplits<T>::all() const {
  return *members_[0]->solver;
}

template <Real T>
bool WideSplits<T>::compute() {
  members_.push_back(make_member({}));
  const auto& scales = members_[0]->design->units().scales.x;
  columns_ = columns_of(*members_[0]->design, options_.n_threads, monitor_);
  for (Index s = 0; s < given_.splits.size(); ++s) {
    members_.push_back(
        make_member(SplitSets(given_.splits, s, given_.data.sample_weight).train_weight));
    if (members_.back()->design->units().scales.x != scales) return false;
  }
  const NetTerms terms{options_.l1_ratio, given_.data.penalty_factors, given_.data.prior_mean,
                       given_.box};
  const WideOptions options{
      options_.tol, options_.max_iter, 1, {given_.shift.begin(), given_.shift.end()}};
  for (auto& member : members_) {
    member->solver = std::make_unique<WideSolver<T>>(
        *member->design, terms, options,
        columns_->another(member->design->means().x, 1, member->monitor), member->monitor);
  }
  return true;
}

// Calls f(i) for i < count, on several threads.
template <Real T>
template <class F>
void WideSplits<T>::each(Index count, const F& f) {
  constexpr double operations = 1e8;  // of a call, about
  TaskCounter tasks(count);
  run_team(threads_for(options_.n_threads, operations * static_cast<double>(count)),
           [&](TeamMember&) {
             for (Index i = 0; tasks.next(i);) {
               relay_.check();
               f(i);
             }
           });
}

template <Real T>
void WideSplits<T>::start_splits(std::vector<std::vector<PathWriter>>& writers) {
  const Index n_targets = given_.data.y.cols;
  paths_.resize(given_.splits.size());
  writers.resize(given_.splits.size());
  each(given_.splits.size(), [&](Index s) {
    auto& solver = *members_[s + 1]->solver;
    auto& paths = paths_[s];
    paths.targets.resize(n_targets);
    for (Index t = 0; t < n_targets; ++t) {
      const NetNullModel null = solver.null_model(t);
      paths.targets[t].alpha_max = solver.penalty(t).user_alpha(null.alpha_max);
      writers[s].emplace_back(solver.frame(), solver.penalty(t), NetLimits{options_.tol, 0},
                              null.rss, paths.targets[t]);
    }
  });
}

template <Real T>
void WideSplits<T>::solve(std::span<const double> alphas, std::span<const double> start,
                          std::vector<PathWriter>& writers) {
  std::vector<std::vector<PathWriter>> split_writers;
  start_splits(split_writers);
  for (std::size_t t = 0; t < writers.size(); ++t) {
    Paths paths(members_.size());
    each(static_cast<Index>(paths.size()), [&](Index i) {
      auto& writer = i == 0 ? writers[t] : split_writers[i - 1][t];
      const auto own_start = i == 0 ? start : std::span<const double>();
      paths[i] = members_[i]->solver->set_out(alphas, own_start, writer);
    });
    run_together(paths);
    for (std::size_t i = 0; i < paths.size(); ++i) members_[i]->solver->add(paths[i]->counts());
  }
  for (std::size_t s = 0; s < paths_.size(); ++s) {
    paths_[s].info.tolerance = options_.tol;
    members_[s + 1]->solver->report(paths_[s].info);
  }
}

// All paths have the same alphas.
template <Real T>
void WideSplits<T>::require_whole(const Paths& paths) {
  for (const auto& path : paths) {
    if (path->ended_early()) throw_too_many_features();
  }
}

template <Real T>
void WideSplits<T>::run_together(Paths& paths) {
  const Index n = columns_->n_rows(), p = columns_->n_columns();
  std::vector<double> sides, products;
  std::vector<Index> first(paths.size());  // of the sides of each path
  for (;;) {
    std::vector<Index> left;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if (!paths[i]->finished()) left.push_back(static_cast<Index>(i));
    }
    if (left.empty()) return;
    std::vector<std::span<const double>> proposed(paths.size());
    each(static_cast<Index>(left.size()),
         [&](Index k) { proposed[left[k]] = paths[left[k]]->propose(); });
    require_whole(paths);
    sides.clear();
    for (const Index i : left) {
      first[i] = static_cast<Index>(sides.size()) / n;
      sides.insert(sides.end(), proposed[i].begin(), proposed[i].end());
    }
    const Index m = static_cast<Index>(sides.size()) / n;
    products.resize(m * p);
    columns_->products(m, sides.data(), products.data());
    ++passes_;
    each(static_cast<Index>(left.size()),
         [&](Index k) { paths[left[k]]->accept(products.data() + first[left[k]] * p); });
    require_whole(paths);
  }
}

template <Real T>
void WideSplits<T>::report(ElasticNetInfo& info) const {
  all().report(info);
  info.n_passes = passes_;
}

template <Real T>
void WideSplits<T>::score(Index n_alphas, std::vector<double>& sse) {
  const Index n_targets = given_.data.y.cols;
  each(given_.splits.size(), [&](Index s) {
    const SplitSets sets(given_.splits, s, given_.data.sample_weight);
    const TestRows<T> rows{given_.data.x, given_.sparse, given_.data.y, sets};
    for (Index t = 0; t < n_targets; ++t) {
      squared_errors(rows, paths_[s].targets[t], t, n_alphas, members_[s + 1]->monitor,
                     sse.data() + s * n_alphas * n_targets);
    }
  });
}

template class WideSplits<double>;
template class WideSplits<float>;

}  // namespace elltwo
