#include <cmath>
#include <vector>

#include "check.hpp"
#include "elltwo/elastic_net_batch.hpp"
#include "support/reference.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

/// Problems of one size, with penalties of their own.
struct NetBatch {
  Index k, n, p, t;
  Matrix<double> x, y;
  std::vector<double> alpha, weight;

  NetBatch(Index problems, Index rows, Index features, Index targets)
      : k(problems),
        n(rows),
        p(features),
        t(targets),
        x(random_matrix(k * n, p, 2101)),
        y(random_matrix(k * n, t, 2102)) {
    for (Index i = 0; i < k; ++i) alpha.push_back(0.1 * static_cast<double>(1 + i % 7));
  }

  BatchData<double> data() const {
    auto one_x = x.view();
    auto one_y = y.view();
    one_x.rows = one_y.rows = n;
    return {.n_problems = k,
            .x = one_x,
            .x_stride = n * one_x.row_stride,
            .y = one_y,
            .y_stride = n * one_y.row_stride,
            .alpha = alpha,
            .penalty_factors = {},
            .prior_mean = {},
            .sample_weight = weight};
  }

  RidgeData<double> problem(Index i) const {
    auto data = this->data();
    data.x.data += i * data.x_stride;
    data.y.data += i * data.y_stride;
    const auto size = static_cast<std::size_t>(n);
    return {.x = data.x,
            .y = data.y,
            .alpha = std::span(alpha).subspan(i, 1),
            .penalty_factors = {},
            .prior_mean = {},
            .sample_weight = weight.empty() ? std::span<const double>()
                                            : std::span(weight).subspan(i * n, size)};
  }
};

struct NetAnswers {
  std::vector<double> coef, intercept, gap, violation;
  std::vector<std::int64_t> n_active;
  ElasticNetBatchInfo info;

  NetAnswers(const NetBatch& batch, const ElasticNetOptions& options, Monitor& monitor)
      : coef(batch.k * batch.t * batch.p, nan),
        intercept(batch.k * batch.t, nan),
        gap(batch.k, nan),
        violation(batch.k, nan),
        n_active(batch.k, -1) {
    const auto data = batch.data();
    info = elastic_net_batch(data, Box{}, options, monitor,
                             {coef, intercept, gap, violation, n_active});
  }
};

void require_bits_of_single_fits(const NetBatch& batch, const NetAnswers& answers,
                                 ElasticNetOptions options) {
  options.n_threads = 1;
  for (Index i = 0; i < batch.k; ++i) {
    Monitor nobody;
    const auto single = elastic_net(batch.problem(i), Box{}, options, nobody);
    std::int64_t n_active = 0;
    for (Index u = 0; u < batch.t; ++u) {
      const auto& path = single.targets[u];
      std::vector<double> coef(batch.p, 0.0);
      for (std::size_t s = 0; s < path.features.size(); ++s) {
        coef[path.features[s]] = path.values[s];
      }
      for (Index j = 0; j < batch.p; ++j) {
        CHECK(answers.coef[(i * batch.t + u) * batch.p + j] == coef[j]);
      }
      CHECK(answers.intercept[i * batch.t + u] == path.intercept[0]);
      CHECK(answers.gap[i] >= path.gap[0]);
      n_active += path.n_active[0];
    }
    CHECK(answers.n_active[i] == n_active);
  }
}

TEST(elastic_net_batch, has_the_bits_of_single_fits) {
  for (const Index targets : {1, 2}) {
    for (const bool weighted : {false, true}) {
      NetBatch batch(19, 25, 5, targets);
      if (weighted) batch.weight.assign(batch.k * batch.n, 1.5);
      for (const double l1_ratio : {0.0, 0.4, 1.0}) {
        const ElasticNetOptions options{.l1_ratio = l1_ratio};
        Monitor nobody;
        const NetAnswers answers(batch, options, nobody);
        CHECK(answers.info.status == Status::converged);
        require_bits_of_single_fits(batch, answers, options);
      }
    }
  }
}

TEST(elastic_net_batch, does_not_depend_on_threads) {
  const NetBatch batch(600, 40, 12, 1);
  Monitor nobody;
  const NetAnswers one(batch, {.n_threads = 1}, nobody);
  const NetAnswers three(batch, {.n_threads = 3}, nobody);
  CHECK(one.coef == three.coef);
  CHECK(one.intercept == three.intercept);
  CHECK(one.info.objective == three.info.objective);
  CHECK(one.info.n_iter == three.info.n_iter);
}

TEST(elastic_net_batch, names_the_problem_that_holds_nan) {
  NetBatch batch(9, 20, 4, 1);
  batch.x(7 * batch.n + 3, 2) = nan;
  Monitor nobody;
  CHECK_THROWS(std::invalid_argument, "of problem 7", NetAnswers(batch, {}, nobody));
}

TEST(elastic_net_batch, stops_between_problems) {
  const NetBatch batch(4000, 30, 6, 1);
  for (const int n_threads : {1, 2}) {
    StopAt first;
    Monitor monitor = first.impatient_monitor();
    const NetAnswers got(batch, {.n_threads = n_threads}, monitor);
    CHECK_EQUAL(got.info.status, Status::interrupted);
    CHECK(!first.polled_elsewhere);
    CHECK(std::isnan(got.coef.back()));
  }
}

TEST(elastic_net_batch, of_no_problems) {
  const NetBatch batch(0, 20, 4, 1);
  Monitor nobody;
  const NetAnswers answers(batch, {}, nobody);
  CHECK(answers.info.status == Status::converged);
}

}  // namespace
}  // namespace elltwo::test
