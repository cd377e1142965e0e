#include <algorithm>
#include <optional>

#include "elltwo/elastic_net.hpp"
#include "parallel/interruption.hpp"
#include "solvers/elastic_net/fold_nets.hpp"
#include "solvers/elastic_net/grid.hpp"
#include "solvers/elastic_net/grouped_targets.hpp"
#include "solvers/elastic_net/held_out.hpp"
#include "solvers/elastic_net/paths.hpp"
#include "solvers/elastic_net/validate.hpp"
#include "solvers/elastic_net/wide_splits.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

// The alphas that all paths share: those given, or the grid of all rows.
std::vector<double> shared_alphas(const ElasticNetPaths& all) {
  std::vector<double> alphas;
  for (const auto& path : all.targets) {
    if (path.alphas.size() > alphas.size()) alphas = path.alphas;
  }
  return alphas;
}

void require_done(const ElasticNetPaths& paths) {
  if (paths.info.status == Status::interrupted) throw Interrupted{};
}

// All paths have all alphas, unless fewer features were asked for.
void require_whole(const ElasticNetPaths& paths, const ElasticNetOptions& options) {
  for (const auto& path : paths.targets) {
    if (path.stopped_early && options.max_features == 0) throw_too_many_features();
  }
}

/// Fits all rows and the training rows of every split, for one l1_ratio after another, which share
/// the Gram matrices of folds. `Fit` fits rows with the weights of its data: fit(data, options).
template <Real T, class Fit>
class NetSplits {
 public:
  NetSplits(const SplitData<T>& given, const ElasticNetOptions& options, Monitor& monitor, Fit fit)
      : given_(given), options_(options), monitor_(monitor), fit_(fit) {
    for (Index s = 0; s < given.splits.size(); ++s) {
      weight_.push_back(SplitSets(given.splits, s, given.data.sample_weight).test_total);
    }
  }

  ElasticNetSplits run(double l1_ratio) {
    ElasticNetSplits result;
    result.weight = weight_;
    options_.l1_ratio = l1_ratio;
    const bool done = completed([&] {
      if (!by_folds(result) && !by_columns(result)) by_refits(result);
    });
    if (!done) result.all.info.status = Status::interrupted;
    return result;
  }

 private:
  void reserve(ElasticNetSplits& result, std::size_t n_alphas) const {
    result.sse.assign(weight_.size() * n_alphas * given_.data.y.cols, 0.0);
  }

  // False where folds have no Gram matrices that serve.
  bool by_folds(ElasticNetSplits& result) {
    const DividedAlphas alphas(given_.data.alpha, options_.l1_ratio);
    if (!FoldNets<T>::suits(given_) || !alphas.ridge.empty()) return false;
    if (!folds_) {
      folds_.emplace(given_, options_, monitor_);
      folds_serve_ = folds_->compute();
    }
    if (!folds_serve_) return false;
    auto& folds = *folds_;
    folds.use_l1_ratio(options_.l1_ratio);
    result.all = folds.all(alphas.l1);
    require_done(result.all);
    const auto shared = shared_alphas(result.all);
    reserve(result, shared.size());
    folds.score(shared, result.split, result.sse);
    finish_paths(given_.data.x.cols, options_, result.all);
    for (auto& paths : result.split) finish_paths(given_.data.x.cols, options_, paths);
    return true;
  }

  // False where paths cannot share passes over the columns of X.
  bool by_columns(ElasticNetSplits& result) {
    const DividedAlphas alphas(given_.data.alpha, options_.l1_ratio);
    if (joins_targets(options_, given_.data.y.cols)) return false;
    if (!WideSplits<T>::suits(given_, options_) || !alphas.ridge.empty()) return false;
    WideSplits<T> paths(given_, options_, monitor_);
    if (!paths.compute()) return false;
    const auto& x = given_.data.x;
    result.all = solve_paths(
        paths, {alphas.l1, given_.data.y.cols, default_ratio(x.rows, x.cols), options_});
    require_done(result.all);
    const auto shared = shared_alphas(result.all);
    reserve(result, shared.size());
    paths.score(static_cast<Index>(shared.size()), result.sse);
    result.split = paths.take_paths();
    finish_paths(x.cols, options_, result.all);
    for (auto& split : result.split) finish_paths(x.cols, options_, split);
    return true;
  }

  void by_refits(ElasticNetSplits& result) {
    result.all = fit_(given_.data, options_);
    require_done(result.all);
    require_whole(result.all, options_);
    const auto alphas = shared_alphas(result.all);
    const auto n_alphas = static_cast<Index>(alphas.size()), n_targets = given_.data.y.cols;
    reserve(result, alphas.size());
    auto options = options_;
    options.start = {};
    options.max_features = 0;
    for (Index s = 0; s < given_.splits.size(); ++s) {
      const SplitSets sets(given_.splits, s, given_.data.sample_weight);
      auto own = given_.data;
      own.sample_weight = sets.train_weight;
      own.alpha = alphas;
      result.split.push_back(fit_(own, options));
      require_done(result.split.back());
      require_whole(result.split.back(), options);
      const TestRows<T> rows{own.x, given_.sparse, own.y, sets};
      for (Index t = 0; t < n_targets; ++t) {
        squared_errors(rows, result.split.back().targets[t], t, n_alphas, monitor_,
                       result.sse.data() + s * n_alphas * n_targets);
      }
    }
  }

  const SplitData<T>& given_;
  ElasticNetOptions options_;
  Monitor& monitor_;
  Fit fit_;
  std::vector<double> weight_;
  std::optional<FoldNets<T>> folds_;  // once they were asked for
  bool folds_serve_ = false;
};

template <Real T, class Fit>
std::vector<ElasticNetSplits> run_splits(const SplitData<T>& given, const NetRatios& asked,
                                         Monitor& monitor, Fit fit) {
  NetSplits<T, Fit> splits(given, asked.options, monitor, fit);
  std::vector<ElasticNetSplits> results;
  for (const double ratio : asked.l1_ratios) {
    results.push_back(splits.run(ratio));
    if (results.back().all.info.status == Status::interrupted) break;
  }
  return results;
}

template <Real T>
void validate_ratios(const RidgeData<T>& data, const Box& box, const NetRatios& asked) {
  auto options = asked.options;
  for (const double ratio : asked.l1_ratios) {
    options.l1_ratio = ratio;
    validate_elastic_net(data, box, options);
  }
}

}  // namespace

template <Real T>
std::vector<ElasticNetSplits> elastic_net_splits(const RidgeData<T>& data, const Box& box,
                                                 const Splits& splits, const NetRatios& asked,
                                                 Monitor& monitor) {
  validate_ratios(data, box, asked);
  validate_splits(splits, data.x.rows);
  const SplitData<T> given{data, nullptr, {}, box, splits};
  return run_splits(given, asked, monitor, [&](const auto& own, const auto& options) {
    return elastic_net(own, box, options, monitor);
  });
}

template <Real T>
std::vector<ElasticNetSplits> sparse_elastic_net_splits(const SparseView<T>& x,
                                                        const RidgeData<T>& data, const Box& box,
                                                        const Splits& splits,
                                                        const NetRatios& asked, Monitor& monitor) {
  const RidgeData<double> shaped{.x = {nullptr, x.rows, x.cols, 0, 0},
                                 .y = data.y,
                                 .alpha = data.alpha,
                                 .penalty_factors = data.penalty_factors,
                                 .prior_mean = data.prior_mean,
                                 .sample_weight = data.sample_weight};
  validate_ratios(shaped, box, asked);
  validate_splits(splits, x.rows);
  const auto rows = widened(checked_rows(x, asked.options.n_threads));
  const SplitData<double> given{shaped, &rows, {}, box, splits};
  return run_splits(given, asked, monitor, [&](const auto& own, const auto& options) {
    RidgeData<T> typed = data;
    typed.alpha = own.alpha;
    typed.sample_weight = own.sample_weight;
    return sparse_elastic_net(x, typed, box, options, monitor);
  });
}

template std::vector<ElasticNetSplits> elastic_net_splits<double>(const RidgeData<double>&,
                                                                  const Box&, const Splits&,
                                                                  const NetRatios&, Monitor&);
template std::vector<ElasticNetSplits> elastic_net_splits<float>(const RidgeData<float>&,
                                                                 const Box&, const Splits&,
                                                                 const NetRatios&, Monitor&);
template std::vector<ElasticNetSplits> sparse_elastic_net_splits<double>(const SparseView<double>&,
                                                                         const RidgeData<double>&,
                                                                         const Box&, const Splits&,
                                                                         const NetRatios&,
                                                                         Monitor&);
template std::vector<ElasticNetSplits> sparse_elastic_net_splits<float>(const SparseView<float>&,
                                                                        const RidgeData<float>&,
                                                                        const Box&, const Splits&,
                                                                        const NetRatios&, Monitor&);

}  // namespace elltwo
