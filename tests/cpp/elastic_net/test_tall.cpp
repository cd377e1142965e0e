#include <algorithm>
#include <cmath>
#include <random>

#include "check.hpp"
#include "elltwo/bounded.hpp"
#include "elltwo/elastic_net.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo::test {
namespace {

/// A problem and what is asked of it. Empty vectors stand for what is not given.
struct NetCase {
  Index n = 60, p = 8;
  std::vector<double> x{}, y{}, weight{}, factors{}, prior{}, lower{}, upper{}, alphas{};
  double l1_ratio = 1.0;
  bool intercept = true;

  RidgeData<double> data() const {
    return {.x = row_major<double>(x.data(), n, p),
            .y = row_major<double>(y.data(), n, 1),
            .alpha = alphas,
            .penalty_factors = factors,
            .prior_mean = prior,
            .sample_weight = weight};
  }
  double w(Index i) const { return weight.empty() ? 1.0 : weight[i]; }
  double f(Index j) const { return factors.empty() ? 1.0 : factors[j]; }
  double m(Index j) const { return prior.empty() ? 0.0 : prior[j]; }
  double low(Index j) const { return lower.empty() ? -infinity : lower[j]; }
  double high(Index j) const { return upper.empty() ? infinity : upper[j]; }
};

NetCase random_case(unsigned seed, Index n = 60, Index p = 8) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  NetCase net{.n = n, .p = p};
  for (Index i = 0; i < n; ++i) {
    double sum = normal(random) + 3.0;
    for (Index j = 0; j < p; ++j) {
      net.x.push_back(normal(random) + 0.5 * (j > 0 ? net.x.back() : 2.0));
      sum += j % 3 == 0 ? net.x.back() : 0.0;
    }
    net.y.push_back(sum);
  }
  return net;
}

ElasticNetPath solve(const NetCase& net, const ElasticNetOptions& given = {}) {
  auto options = given;
  options.l1_ratio = net.l1_ratio;
  options.fit_intercept = net.intercept;
  Monitor nobody;
  auto paths = elastic_net(net.data(), {net.lower, net.upper}, options, nobody);
  CHECK_EQUAL(paths.info.status, Status::converged);
  return std::move(paths.targets[0]);
}

std::vector<double> coefficients(const ElasticNetPath& path, Index a, Index p) {
  std::vector<double> b(p, 0.0);
  for (auto e = path.starts[a]; e < path.starts[a + 1]; ++e) b[path.features[e]] = path.values[e];
  return b;
}

/// Cyclic coordinate descent in long double on centred rows, to rounding.
std::vector<double> reference(const NetCase& net, double alpha) {
  using Real = long double;
  const Index n = net.n, p = net.p;
  Real total = 0;
  std::vector<Real> x(net.x.begin(), net.x.end()), r(net.y.begin(), net.y.end()), b(p, 0);
  for (Index i = 0; i < n; ++i) total += net.w(i);
  const auto centre = [&](auto at) {
    Real mean = 0;
    for (Index i = 0; i < n; ++i) mean += net.w(i) * at(i) / total;
    for (Index i = 0; net.intercept && i < n; ++i) at(i) -= mean;
  };
  for (Index j = 0; j < p; ++j) centre([&](Index i) -> Real& { return x[i * p + j]; });
  centre([&](Index i) -> Real& { return r[i]; });
  for (Index j = 0; j < p; ++j) {
    b[j] = std::min<Real>(std::max<Real>(net.m(j), net.low(j)), net.high(j));
    for (Index i = 0; i < n; ++i) r[i] -= b[j] * x[i * p + j];
  }
  for (int sweep = 0; sweep < 20000; ++sweep) {
    Real moved = 0;
    for (Index j = 0; j < p; ++j) {
      if (std::isinf(net.f(j))) continue;
      Real q = 0, h = 0;
      for (Index i = 0; i < n; ++i) {
        q += net.w(i) * x[i * p + j] * r[i];
        h += net.w(i) * x[i * p + j] * x[i * p + j];
      }
      if (h < 1e-20L) continue;
      const Real l1 = alpha * net.f(j) * net.l1_ratio, l2 = alpha * net.f(j) * (1 - net.l1_ratio);
      const Real z = q + h * (b[j] - net.m(j)), size = std::max<Real>(std::abs(z) - l1, 0);
      Real next = net.m(j) + (z > 0 ? size : -size) / (h + l2);
      next = std::min<Real>(std::max<Real>(next, net.low(j)), net.high(j));
      for (Index i = 0; i < n; ++i) r[i] -= (next - b[j]) * x[i * p + j];
      moved = std::max(moved, std::abs(next - b[j]));
      b[j] = next;
    }
    if (moved < 1e-17L) break;
  }
  return {b.begin(), b.end()};
}

void check_against_reference(const NetCase& net) {
  const auto path = solve(net);
  CHECK_EQUAL(path.alphas.size(), net.alphas.size());
  for (std::size_t a = 0; a < path.alphas.size(); ++a) {
    const auto got = coefficients(path, static_cast<Index>(a), net.p);
    const auto wanted = reference(net, path.alphas[a]);
    CHECK(path.gap[a] <= 1e-13);
    for (Index j = 0; j < net.p; ++j) {
      CHECK_CLOSE(got[j], wanted[j], 1e-12);
      if (std::abs(wanted[j] - net.m(j)) < 1e-15) CHECK_EQUAL(got[j], net.m(j));
      if (std::abs(wanted[j] - net.low(j)) < 1e-15) CHECK_EQUAL(got[j], net.low(j));
    }
  }
}

TEST(elastic_net, agrees_with_coordinate_descent_in_long_double) {
  for (const double l1_ratio : {1.0, 0.5, 0.05}) {
    const Case named("l1_ratio", l1_ratio);
    auto net = random_case(1);
    net.l1_ratio = l1_ratio;
    net.alphas = {200.0, 40.0, 5.0, 0.1};
    check_against_reference(net);
    net.intercept = false;
    check_against_reference(net);
    net.intercept = true;
    for (Index i = 0; i < net.n; ++i) net.weight.push_back(i % 7 == 0 ? 0.0 : 0.5 + 0.01 * i);
    check_against_reference(net);
    net.factors = {1.0, 2.0, 0.0, 0.5, infinity, 1.0, 1.0, 3.0};
    check_against_reference(net);
    net.prior = {0.0, 1.0, 0.0, -1.0, 0.5, 0.0, 2.0, 0.0};
    check_against_reference(net);
    net.lower.assign(net.p, -0.25);
    net.upper.assign(net.p, 2.5);
    net.prior[3] = 0.0;
    check_against_reference(net);
  }
}

TEST(elastic_net, grid_begins_at_alpha_max_where_all_is_zero) {
  auto net = random_case(2);
  ElasticNetOptions options;
  options.n_alphas = 20;
  const auto path = solve(net, options);
  CHECK_EQUAL(path.alphas.size(), std::size_t{20});
  CHECK_EQUAL(path.alphas[0], path.alpha_max);
  CHECK_EQUAL(path.n_active[0], 0);
  CHECK(path.n_active[1] > 0);
  CHECK_CLOSE(path.alphas.back() / path.alpha_max, 1e-3, 1e-15);
  CHECK_CLOSE(path.objective[0], path.null_objective, 1e-10);
  net.alphas = {path.alpha_max * 0.999};
  CHECK_EQUAL(solve(net).n_active[0], 1);
}

TEST(elastic_net, positive_alpha_max_counts_one_direction) {
  auto net = random_case(3);
  for (double& v : net.y) v = -v;
  net.lower.assign(net.p, 0.0);
  const auto path = solve(net, {.n_alphas = 5});
  CHECK_EQUAL(path.n_active[0], 0);
  net.alphas = {path.alpha_max * 0.99};
  CHECK(path.alpha_max == 0.0 || solve(net).n_active[0] == 1);
}

TEST(elastic_net, is_ridge_regression_where_l1_ratio_or_alpha_is_zero) {
  auto net = random_case(4);
  net.weight.assign(net.n, 1.0);
  for (const double l1_ratio : {0.0, 1.0}) {
    net.l1_ratio = l1_ratio;
    const double alpha = l1_ratio == 0.0 ? 3.0 : 0.0;
    net.alphas = {alpha};
    const auto path = solve(net);
    std::vector<double> coef(net.p), intercept(1);
    CHECK_EQUAL(ridge_bounded(net.data(), {}, {}, coef, intercept).status, Status::converged);
    const auto got = coefficients(path, 0, net.p);
    CHECK(std::ranges::equal(got, coef));
    CHECK_EQUAL(path.intercept[0], intercept[0]);
    CHECK(path.gap[0] <= 1e-15);
  }
}

TEST(elastic_net, is_the_small_ridge_fit_where_there_is_nothing_else_to_heed) {
  auto net = random_case(4);
  net.l1_ratio = 0.0;
  net.alphas = {3.0};
  const auto path = solve(net);
  std::vector<double> coef(net.p);
  double intercept = 0.0;
  SolveInfo info;
  const auto data = net.data();
  CHECK(ridge_small(data.x, data.y, 3.0, true, coef.data(), &intercept, info));
  CHECK(std::ranges::equal(coefficients(path, 0, net.p), coef));
  CHECK_EQUAL(path.intercept[0], intercept);
}

TEST(elastic_net, stops_before_more_than_max_features) {
  auto net = random_case(5);
  const auto path = solve(net, {.max_features = 3});
  CHECK(path.stopped_early);
  CHECK(path.alphas.size() < 100);
  CHECK(*std::ranges::max_element(path.n_active) <= 3);
}

TEST(elastic_net, weights_scaled_with_alpha_change_no_bit) {
  auto net = random_case(6);
  net.alphas = {40.0, 5.0};
  net.weight.assign(net.n, 1.0);
  const auto path = solve(net);
  for (double& w : net.weight) w = 0x1p-300;
  for (double& alpha : net.alphas) alpha *= 0x1p-300;
  const auto scaled = solve(net);
  CHECK(std::ranges::equal(path.values, scaled.values));
  CHECK(std::ranges::equal(path.intercept, scaled.intercept));
}

TEST(elastic_net, rows_give_the_digits_that_moments_have_not) {
  auto net = random_case(7);
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  for (Index i = 0; i < net.n; ++i) {
    net.y[i] = net.x[i * net.p] - 2 * net.x[i * net.p + 3] + 1e-7 * normal(random);
  }
  ElasticNetOptions options{.alpha_min_ratio = 1e-7, .tol = 1e-12};
  Monitor nobody;
  const auto paths = elastic_net(net.data(), {}, options, nobody);
  CHECK(paths.info.n_passes > 1);
  CHECK_EQUAL(paths.info.status, Status::converged);
}

TEST(elastic_net, scales_of_columns_leave_digits_alone) {
  auto net = random_case(8);
  net.l1_ratio = 0.5;
  net.alphas = {20.0};
  const auto path = solve(net);
  for (const double unit : {0x1p-1000, 0x1p-600, 0x1p600, 0x1p1000}) {
    const Case named("unit", unit);
    auto other = net;
    other.l1_ratio = 1.0;
    const auto wanted = [&] {
      auto plain = net;
      plain.l1_ratio = 1.0;
      return coefficients(solve(plain), 0, net.p);
    }();
    other.factors.assign(net.p, 1.0);
    other.factors[0] = unit;
    for (Index i = 0; i < net.n; ++i) other.x[i * net.p] *= unit;
    const auto got = coefficients(solve(other), 0, net.p);
    for (Index j = 0; j < net.p; ++j) {
      CHECK_CLOSE(got[j] * (j == 0 ? unit : 1.0), wanted[j], 1e-13);
    }
  }
}

TEST(elastic_net, small_fits_agree_with_the_general_ones) {
  for (const double l1_ratio : {1.0, 0.4}) {
    auto net = random_case(10, 50, 12);
    net.l1_ratio = l1_ratio;
    for (const double alpha : {300.0, 30.0, 0.3}) {
      net.alphas = {alpha};
      const auto wanted = solve(net);
      const auto data = net.data();
      ElasticNetPath path;
      ElasticNetInfo info{.tolerance = 1e-10};
      CHECK(elastic_net_small(data.x, data.y, {alpha, l1_ratio, true}, path, info));
      CHECK(path.gap[0] <= 1e-13);
      CHECK_EQUAL(path.features.size(), wanted.features.size());
      const auto got = coefficients(path, 0, net.p), general = coefficients(wanted, 0, net.p);
      for (Index j = 0; j < net.p; ++j) CHECK_CLOSE(got[j], general[j], 1e-12);
      CHECK_CLOSE(path.intercept[0], wanted.intercept[0], 1e-11);
      CHECK_CLOSE(path.alpha_max, wanted.alpha_max, 1e-10);
    }
  }
}

TEST(elastic_net, small_fits_leave_dependent_columns_to_the_general_road) {
  auto net = random_case(11, 40, 4);
  for (Index i = 0; i < net.n; ++i) net.x[i * net.p + 1] = 2.0;
  ElasticNetPath path;
  ElasticNetInfo info{.tolerance = 1e-10};
  CHECK(!elastic_net_small(net.data().x, net.data().y, {1.0, 1.0, true}, path, info));
}

TEST(elastic_net, dependent_columns_without_penalty_have_the_least_norm) {
  auto net = random_case(12);
  for (Index i = 0; i < net.n; ++i) net.x[i * net.p + 5] = net.x[i * net.p + 2];
  net.factors.assign(net.p, 1.0);
  net.factors[2] = net.factors[5] = 0.0;
  net.alphas = {20.0};
  const auto path = solve(net);
  const auto b = coefficients(path, 0, net.p);
  CHECK(b[2] != 0.0);
  CHECK_CLOSE(b[2], b[5], 1e-12);
  CHECK(path.gap[0] <= 1e-13);
}

TEST(elastic_net, names_what_is_wrong) {
  auto net = random_case(9);
  Monitor nobody;
  const auto fit = [&](const ElasticNetOptions& options) {
    static_cast<void>(elastic_net(net.data(), {net.lower, net.upper}, options, nobody));
  };
  CHECK_THROWS(std::invalid_argument, "l1_ratio must lie in [0, 1], got 2", fit({.l1_ratio = 2.0}));
  CHECK_THROWS(std::invalid_argument, "alphas must be given", fit({.l1_ratio = 0.0}));
  CHECK_THROWS(std::invalid_argument, "n_alphas", fit({.n_alphas = 0}));
  net.x[13] = std::nan("");
  CHECK_THROWS(std::invalid_argument, "X contains NaN at row 1, column 5", fit({}));
}

}  // namespace
}  // namespace elltwo::test
