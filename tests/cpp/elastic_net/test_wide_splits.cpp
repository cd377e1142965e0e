#include <algorithm>
#include <vector>

#include "check.hpp"
#include "elltwo/elastic_net.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"
#include "support/sparse_data.hpp"

namespace elltwo::test {
namespace {

/// Folds of rows of a wide problem.
struct FoldCase {
  Matrix<double> x;
  Matrix<double> y;
  std::vector<double> weight;
  std::vector<std::int32_t> group;
  std::vector<double> train;
  std::vector<double> test;
  ElasticNetOptions options{};
  Index n_folds;

  FoldCase(Index n, Index p, Index folds)
      : x(thin_matrix(n, p, 2, 41)),
        y(random_matrix(n, 2, 42)),
        weight(random_weights(n, 43)),
        train(folds * folds, 1.0),
        test(folds * folds, 0.0),
        n_folds(folds) {
    for (Index i = 0; i < n; ++i) {
      group.push_back(static_cast<std::int32_t>((7 * i) % folds));
      for (Index j = 0; j < 5; ++j) y(i, 0) += 2.0 * x(i, j);
    }
    for (Index s = 0; s < folds; ++s) {
      train[s * folds + s] = 0.0;
      test[s * folds + s] = 1.0;
    }
    options.n_alphas = 25;
    options.n_threads = 1;
    options.l1_ratio = 0.9;
  }

  RidgeData<double> data() const {
    return {.x = x.view(), .y = y.view(), .alpha = {}, .sample_weight = weight};
  }
  Splits splits() const { return {group, n_folds, train, test}; }
};

void check_same_path(const ElasticNetPath& got, const ElasticNetPath& wanted, Index p) {
  CHECK_EQUAL(got.alphas.size(), wanted.alphas.size());
  for (std::size_t k = 0; k < std::min(got.alphas.size(), wanted.alphas.size()); ++k) {
    const Case which("alpha", k);
    std::vector<double> difference(p, 0.0);
    for (auto e = got.starts[k]; e < got.starts[k + 1]; ++e) {
      difference[got.features[e]] += got.values[e];
    }
    for (auto e = wanted.starts[k]; e < wanted.starts[k + 1]; ++e) {
      difference[wanted.features[e]] -= wanted.values[e];
    }
    for (const double d : difference) CHECK_CLOSE(d, 0.0, 1e-9);
    CHECK_CLOSE(got.intercept[k], wanted.intercept[k], 1e-9);
    CHECK(got.converged[k] != 0);
    CHECK(got.gap[k] <= 1e-11);
  }
}

/// The error of one point of a path on the rows of a fold.
Wide squared_error(const FoldCase& folds, Index s, Index t, const ElasticNetPath& path,
                   std::size_t k) {
  Wide sum = 0.0L;
  for (Index i = 0; i < folds.x.rows; ++i) {
    if (folds.group[i] != s) continue;
    Wide error = static_cast<Wide>(folds.y(i, t)) - path.intercept[k];
    for (auto e = path.starts[k]; e < path.starts[k + 1]; ++e) {
      error -= static_cast<Wide>(folds.x(i, path.features[e])) * path.values[e];
    }
    sum += folds.weight[i] * error * error;
  }
  return sum;
}

/// Every path is that of the training rows alone; `fit(weight, alphas)` gives it.
template <class Fit>
void check_splits(const FoldCase& folds, const ElasticNetSplits& got, const Fit& fit) {
  const auto& alphas = got.all.targets[0].alphas;
  const auto n_alphas = static_cast<Index>(alphas.size());
  CHECK_EQUAL(n_alphas, folds.options.n_alphas);
  const auto all = fit(folds.weight, alphas);
  for (Index t = 0; t < 2; ++t) check_same_path(got.all.targets[t], all.targets[t], folds.x.cols);
  for (Index s = 0; s < folds.n_folds; ++s) {
    const Case which("split", s);
    auto weight = folds.weight;
    for (Index i = 0; i < folds.x.rows; ++i) {
      if (folds.group[i] == s) weight[i] = 0.0;
    }
    const auto wanted = fit(weight, alphas);
    for (Index t = 0; t < 2; ++t) {
      check_same_path(got.split[s].targets[t], wanted.targets[t], folds.x.cols);
      for (Index k = 0; k < n_alphas; ++k) {
        const Wide error = squared_error(folds, s, t, got.split[s].targets[t], k);
        CHECK_CLOSE(got.sse[(s * n_alphas + k) * 2 + t], error, 1e-11 * error);
      }
    }
  }
}

ElasticNetSplits splits_of(const FoldCase& folds, const ElasticNetOptions& options) {
  Monitor nobody;
  const NetRatios asked{options, {&options.l1_ratio, 1}};
  return std::move(elastic_net_splits(folds.data(), {}, folds.splits(), asked, nobody).front());
}

}  // namespace

TEST(elastic_net, wide_splits_equal_fits_to_training_sets) {
  const FoldCase folds(45, 130, 4);
  Monitor nobody;
  const auto got = splits_of(folds, folds.options);
  check_splits(folds, got, [&](const auto& weight, const auto& alphas) {
    auto data = folds.data();
    data.sample_weight = weight;
    data.alpha = alphas;
    return elastic_net(data, {}, folds.options, nobody);
  });
}

TEST(elastic_net, sparse_wide_splits_equal_fits_to_training_sets) {
  const FoldCase folds(45, 130, 4);
  const Compressed<double, std::int32_t> sparse(folds.x, false);
  Monitor nobody;
  auto data = folds.data();
  data.x = {};
  const NetRatios asked{folds.options, {&folds.options.l1_ratio, 1}};
  const auto got = std::move(
      sparse_elastic_net_splits(sparse.view(), data, {}, folds.splits(), asked, nobody).front());
  check_splits(folds, got, [&](const auto& weight, const auto& alphas) {
    auto own = data;
    own.sample_weight = weight;
    own.alpha = alphas;
    return sparse_elastic_net(sparse.view(), own, {}, folds.options, nobody);
  });
}

TEST(elastic_net, wide_splits_on_threads) {
  FoldCase folds(60, 400, 5);
  const auto wanted = splits_of(folds, folds.options);
  folds.options.n_threads = 3;
  const auto got = splits_of(folds, folds.options);
  CHECK(same_bits(got.sse, wanted.sse));
  CHECK(same_bits(got.all.targets[0].values, wanted.all.targets[0].values));
}

}  // namespace elltwo::test
