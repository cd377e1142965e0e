#include <algorithm>

#include "elltwo/elastic_net.hpp"
#include "parallel/interruption.hpp"
#include "solvers/elastic_net/held_out.hpp"
#include "solvers/elastic_net/validate.hpp"
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

// Fits all rows, then the training rows of each split by themselves, with weights that are 0
// elsewhere. `fit(data, options)` gives the paths.
template <Real T, class Fit>
ElasticNetSplits by_refits(const RidgeData<T>& data, const Splits& splits,
                           const ElasticNetOptions& options, Monitor& monitor,
                           const SparseRows<double>* sparse, Fit fit) {
  ElasticNetSplits result;
  result.all = fit(data, options);
  const auto alphas = shared_alphas(result.all);
  const auto n_alphas = static_cast<Index>(alphas.size()), n_targets = data.y.cols;
  result.sse.assign(splits.size() * n_alphas * n_targets, 0.0);
  auto own_options = options;
  own_options.start = {};
  const bool done = completed([&] {
    for (Index s = 0; s < splits.size(); ++s) {
      if (result.all.info.status == Status::interrupted) throw Interrupted{};
      const SplitSets sets(splits, s, data.sample_weight);
      result.weight.push_back(sets.test_total);
      auto own = data;
      own.sample_weight = sets.train_weight;
      own.alpha = alphas;
      result.split.push_back(fit(own, own_options));
      if (result.split.back().info.status == Status::interrupted) throw Interrupted{};
      const TestRows<T> rows{data.x, sparse, data.y, sets};
      for (Index t = 0; t < n_targets; ++t) {
        squared_errors(rows, result.split.back().targets[t], t, n_alphas, monitor,
                       result.sse.data() + s * n_alphas * n_targets);
      }
    }
  });
  if (!done) result.all.info.status = Status::interrupted;
  return result;
}

}  // namespace

template <Real T>
ElasticNetSplits elastic_net_splits(const RidgeData<T>& data, const Box& box, const Splits& splits,
                                    const ElasticNetOptions& options, Monitor& monitor) {
  validate_elastic_net(data, box, options);
  validate_splits(splits, data.x.rows);
  return by_refits(
      data, splits, options, monitor, nullptr,
      [&](const auto& own, const auto& asked) { return elastic_net(own, box, asked, monitor); });
}

template <Real T>
ElasticNetSplits sparse_elastic_net_splits(const SparseView<T>& x, const RidgeData<T>& data,
                                           const Box& box, const Splits& splits,
                                           const ElasticNetOptions& options, Monitor& monitor) {
  RidgeData<T> shaped = data;
  shaped.x = {nullptr, x.rows, x.cols, 0, 0};
  validate_elastic_net(shaped, box, options);
  validate_splits(splits, x.rows);
  const auto rows = widened(checked_rows(x, options.n_threads));
  return by_refits(shaped, splits, options, monitor, &rows,
                   [&](const auto& own, const auto& asked) {
                     return sparse_elastic_net(x, own, box, asked, monitor);
                   });
}

template ElasticNetSplits elastic_net_splits<double>(const RidgeData<double>&, const Box&,
                                                     const Splits&, const ElasticNetOptions&,
                                                     Monitor&);
template ElasticNetSplits elastic_net_splits<float>(const RidgeData<float>&, const Box&,
                                                    const Splits&, const ElasticNetOptions&,
                                                    Monitor&);
template ElasticNetSplits sparse_elastic_net_splits<double>(const SparseView<double>&,
                                                            const RidgeData<double>&, const Box&,
                                                            const Splits&, const ElasticNetOptions&,
                                                            Monitor&);
template ElasticNetSplits sparse_elastic_net_splits<float>(const SparseView<float>&,
                                                           const RidgeData<float>&, const Box&,
                                                           const Splits&, const ElasticNetOptions&,
                                                           Monitor&);

}  // namespace elltwo
