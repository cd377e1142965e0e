#include <cmath>
#include <random>

#include "check.hpp"
#include "elltwo/elastic_net.hpp"

namespace elltwo::test {
namespace {

constexpr Index n = 90, p = 7, folds = 3;

struct SplitCase {
  std::vector<double> x, y, weight;
  std::vector<std::int32_t> group;
  std::vector<double> train, test;

  Splits splits() const { return {group, folds, train, test}; }
  RidgeData<double> data() const {
    return {.x = row_major<double>(x.data(), n, p),
            .y = row_major<double>(y.data(), n, 1),
            .alpha = {},
            .sample_weight = weight};
  }
};

SplitCase split_case(double noise) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> normal;
  SplitCase made;
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < p; ++j) made.x.push_back(normal(random) + 1.0);
    made.y.push_back(2 * made.x[i * p] - made.x[i * p + 1] + noise * normal(random));
    made.group.push_back(static_cast<std::int32_t>(i % folds));
    made.weight.push_back(i % 11 == 0 ? 0.0 : 1.0 + 0.01 * static_cast<double>(i));
  }
  for (Index s = 0; s < folds; ++s) {
    for (Index g = 0; g < folds; ++g) {
      made.train.push_back(g == s ? 0.0 : 1.0);
      made.test.push_back(g == s ? 1.0 : 0.0);
    }
  }
  return made;
}

double error_of(const SplitCase& made, const ElasticNetPath& path, Index a, Index fold) {
  double sum = 0.0;
  for (Index i = 0; i < n; ++i) {
    if (made.group[i] != fold) continue;
    double r = made.y[i] - path.intercept[a];
    for (auto e = path.starts[a]; e < path.starts[a + 1]; ++e) {
      r -= made.x[i * p + path.features[e]] * path.values[e];
    }
    sum += made.weight[i] * r * r;
  }
  return sum;
}

ElasticNetSplits splits_of(const SplitCase& made, const ElasticNetOptions& options) {
  Monitor nobody;
  const NetRatios asked{options, {&options.l1_ratio, 1}};
  return std::move(elastic_net_splits(made.data(), {}, made.splits(), asked, nobody).front());
}

// Of little noise the errors are lost in the rounding of moments, and rows give them.
TEST(elastic_net_splits, agree_with_fits_of_the_training_rows) {
  for (const double noise : {1.0, 1e-6}) {
    const Case named("noise", noise);
    const auto made = split_case(noise);
    ElasticNetOptions options{.l1_ratio = 0.7, .n_alphas = 30, .alpha_min_ratio = 1e-4};
    Monitor nobody;
    const auto got = splits_of(made, options);
    CHECK_EQUAL(got.all.info.status, Status::converged);
    CHECK_EQUAL(got.sse.size(), std::size_t{folds * 30});
    for (Index s = 0; s < folds; ++s) {
      auto data = made.data();
      std::vector<double> weight;
      for (Index i = 0; i < n; ++i) weight.push_back(made.group[i] == s ? 0.0 : made.weight[i]);
      data.sample_weight = weight;
      data.alpha = got.all.targets[0].alphas;
      const auto alone = elastic_net(data, {}, options, nobody).targets[0];
      const auto& path = got.split[s].targets[0];
      CHECK_EQUAL(path.alphas.size(), alone.alphas.size());
      for (Index a = 0; a < 30; ++a) {
        CHECK_EQUAL(path.n_active[a], alone.n_active[a]);
        CHECK_CLOSE(path.intercept[a], alone.intercept[a], 1e-12);
        const double error = error_of(made, path, a, s);
        CHECK_CLOSE(got.sse[s * 30 + a], error, 1e-9 * error);
      }
    }
  }
}

TEST(elastic_net_splits, threads_change_no_bit) {
  const auto made = split_case(1.0);
  ElasticNetOptions options{.n_threads = 1};
  const auto one = splits_of(made, options);
  options.n_threads = 3;
  const auto three = splits_of(made, options);
  CHECK(one.sse == three.sse);
  CHECK(one.split[1].targets[0].values == three.split[1].targets[0].values);
}

TEST(elastic_net_splits, of_several_ratios_are_those_of_each) {
  const auto made = split_case(1.0);
  Monitor nobody;
  const std::vector<double> ratios{1.0, 0.3, 0.7};
  const auto all = elastic_net_splits(made.data(), {}, made.splits(), {{}, ratios}, nobody);
  CHECK(all.size() == ratios.size());
  for (std::size_t k = 0; k < ratios.size(); ++k) {
    const auto one = splits_of(made, {.l1_ratio = ratios[k]});
    CHECK(all[k].sse == one.sse);
    CHECK(all[k].all.targets[0].alphas == one.all.targets[0].alphas);
    CHECK(all[k].split[2].targets[0].values == one.split[2].targets[0].values);
  }
}

}  // namespace
}  // namespace elltwo::test
