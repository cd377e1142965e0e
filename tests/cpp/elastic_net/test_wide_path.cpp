#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "check.hpp"
#include "elltwo/elastic_net.hpp"
#include "solvers/elastic_net/paths.hpp"
#include "solvers/elastic_net/validate.hpp"
#include "solvers/elastic_net/wide_path.hpp"
#include "sparse/reshape.hpp"
#include "support/data.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"
#include "support/sparse_data.hpp"

namespace elltwo::test {
namespace {

/// A problem with everything that an elastic net may have.
struct NetCase {
  Matrix<double> x;
  Matrix<double> y;
  std::vector<double> alphas{};
  std::vector<double> factors{};
  std::vector<double> prior{};
  std::vector<double> weight{};
  std::vector<double> lower{};
  std::vector<double> upper{};
  std::vector<double> start{};
  ElasticNetOptions options{};

  template <Real T>
  RidgeData<T> data(MatrixView<T> view) const {
    return {.x = view,
            .y = y.view(),
            .alpha = alphas,
            .penalty_factors = factors,
            .prior_mean = prior,
            .sample_weight = weight};
  }
  Box box() const { return {lower, upper}; }
};

NetCase net_case(Index n, Index p, std::uint64_t seed, bool fit_intercept) {
  NetCase made{random_matrix(n, p, seed), Matrix<double>(n, 1)};
  Random random(seed + 1);
  for (Index i = 0; i < n; ++i) {
    made.y(i, 0) = 3.0 + random.coarse();
    for (Index j = 1; j < p; ++j) made.x(i, j) += 0.5 * made.x(i, j - 1);
    for (Index j = 0; j < std::min<Index>(p, 6); ++j) made.y(i, 0) += made.x(i, j) * (j - 2.5);
  }
  made.options.fit_intercept = fit_intercept;
  made.options.n_alphas = 30;
  made.options.n_threads = 1;
  return made;
}

NetTerms terms_of(const NetCase& net) {
  return {net.options.l1_ratio, net.factors, net.prior, net.box()};
}

WideOptions wide_options(const NetCase& net) {
  return {net.options.tol, net.options.max_iter, net.options.n_threads};
}

PathRequest request_of(const NetCase& net) {
  return {net.alphas, net.y.cols, default_ratio(net.x.rows, net.x.cols), net.options};
}

template <Real T>
ElasticNetPaths solve_wide(const NetCase& net, MatrixView<T> view) {
  const auto alphas = l2_alphas(net.alphas, net.options.l1_ratio);
  auto data = net.data<T>(view);
  data.alpha = alphas;
  Monitor nobody;
  const auto ridge = ridge_options_of(net.options);
  Problem<T> problem(data, ridge, nobody);
  const NetDesign<T> design(problem);
  const auto solver = wide_path(design, terms_of(net), wide_options(net), nobody);
  return solve_paths(*solver, request_of(net));
}

ElasticNetPaths solve_wide(const NetCase& net) { return solve_wide<double>(net, net.x.view()); }

ElasticNetPaths solve_sparse(const NetCase& net, const SparseView<double>& x) {
  const auto alphas = l2_alphas(net.alphas, net.options.l1_ratio);
  auto data = net.data<double>({nullptr, x.rows, x.cols, 0, 0});
  data.alpha = alphas;
  Monitor nobody;
  const auto ridge = ridge_options_of(net.options);
  Problem<double> problem(data, ridge, nobody);
  auto rows = checked_rows(x, 1);
  auto options = wide_options(net);
  if (net.options.fit_intercept) options.shift = shift_full_columns(rows);
  const NetDesign<double> design(problem, std::move(rows));
  const auto solver = wide_path(design, terms_of(net), options, nobody);
  return solve_paths(*solver, request_of(net));
}

std::vector<double> dense_coef(const ElasticNetPath& path, std::size_t k, Index p) {
  std::vector<double> b(p, 0.0);
  for (auto e = path.starts[k]; e < path.starts[k + 1]; ++e) {
    b[path.features[e]] = path.values[e];
  }
  return b;
}

/// Same alphas and supports, and coefficients to `tolerance` of the largest.
void check_same(const ElasticNetPaths& got, const ElasticNetPaths& wanted, Index p,
                double tolerance) {
  CHECK_EQUAL(got.targets.size(), wanted.targets.size());
  for (std::size_t t = 0; t < wanted.targets.size(); ++t) {
    const auto& a = got.targets[t];
    const auto& b = wanted.targets[t];
    CHECK_EQUAL(a.alphas.size(), b.alphas.size());
    CHECK_CLOSE(a.alpha_max, b.alpha_max, 1e-12 * b.alpha_max);
    CHECK_CLOSE(a.null_objective, b.null_objective, 1e-11 * b.null_objective);
    for (std::size_t k = 0; k < std::min(a.alphas.size(), b.alphas.size()); ++k) {
      const Case which("target", t, "alpha", k);
      CHECK_CLOSE(a.alphas[k], b.alphas[k], 1e-12 * b.alphas[k]);
      CHECK(a.converged[k] != 0);
      CHECK(a.gap[k] <= 1e-11);
      CHECK_EQUAL(a.n_active[k], b.n_active[k]);
      const auto x = dense_coef(a, k, p);
      const auto z = dense_coef(b, k, p);
      double size = 1.0;
      for (const double v : z) size = std::max(size, std::abs(v));
      for (Index j = 0; j < p; ++j) CHECK_CLOSE(x[j], z[j], tolerance * size);
      CHECK_CLOSE(a.intercept[k], b.intercept[k], 10.0 * tolerance * size);
      CHECK_CLOSE(a.objective[k], b.objective[k], 1e-10 * b.objective[k]);
    }
  }
}

/// The same by the Gram matrix of all features, for data with more rows than features.
void check_against_gram(const NetCase& net) {
  Monitor nobody;
  const auto wanted = elastic_net(net.data<double>(net.x.view()), net.box(), net.options, nobody);
  check_same(solve_wide(net), wanted, net.x.cols, 1e-9);
}

}  // namespace

TEST(elastic_net, wide_path_equals_gram_path) {
  for (const bool intercept : {true, false}) {
    for (const double l1_ratio : {1.0, 0.5, 0.05}) {
      const Case which(intercept ? "intercept" : "none", l1_ratio);
      auto net = net_case(70, 40, 21, intercept);
      net.options.l1_ratio = l1_ratio;
      check_against_gram(net);
      net.weight = random_weights(70, 22);
      net.weight[3] = net.weight[60] = 0.0;
      check_against_gram(net);
    }
  }
}

TEST(elastic_net, wide_path_with_factors_bounds_and_priors) {
  for (const double l1_ratio : {1.0, 0.5}) {
    const Case which(l1_ratio);
    auto net = net_case(70, 40, 23, true);
    net.options.l1_ratio = l1_ratio;
    net.factors.assign(40, 1.0);
    for (Index j = 0; j < 40; j += 7) net.factors[j] = 0.0;
    for (Index j = 3; j < 40; j += 9) net.factors[j] = inf;
    for (Index j = 5; j < 40; j += 6) net.factors[j] = 2.5;
    check_against_gram(net);
    net.prior.assign(40, 0.0);
    net.prior[2] = 0.75;
    net.prior[11] = -0.25;
    check_against_gram(net);
    net.prior.clear();
    net.lower.assign(40, -0.25);
    net.upper.assign(40, inf);
    net.lower[1] = 0.5;
    net.upper[1] = 2.0;
    net.upper[4] = 1.0;
    check_against_gram(net);
    net.factors.clear();
    net.lower.assign(40, 0.0);
    net.upper.clear();
    check_against_gram(net);
  }
}

TEST(elastic_net, wide_path_of_several_targets) {
  auto net = net_case(50, 30, 24, true);
  const auto noise = random_matrix(50, 3, 25);
  Matrix<double> y(50, 3);
  for (Index i = 0; i < 50; ++i) {
    for (Index t = 0; t < 3; ++t) y(i, t) = net.y(i, 0) * t + 4.0 * noise(i, t);
  }
  net.y = y;
  check_against_gram(net);
}

TEST(elastic_net, wide_path_at_single_alphas) {
  auto net = net_case(60, 150, 26, true);
  net.options.l1_ratio = 0.9;
  const auto path = solve_wide(net);
  for (const std::size_t k : {5, 17, 29}) {
    const Case which("alpha", k);
    net.alphas = {path.targets[0].alphas[k]};
    net.start.clear();
    net.options.start = {};
    const auto alone = solve_wide(net);
    net.start = dense_coef(path.targets[0], 10, 150);
    net.options.start = net.start;
    const auto warm = solve_wide(net);
    const auto wanted = dense_coef(path.targets[0], k, 150);
    for (const auto* one : {&alone, &warm}) {
      CHECK(one->targets[0].converged[0] != 0);
      CHECK(one->targets[0].gap[0] <= 1e-12);
      const auto got = dense_coef(one->targets[0], 0, 150);
      for (Index j = 0; j < 150; ++j) CHECK_CLOSE(got[j], wanted[j], 1e-9);
    }
  }
}

TEST(elastic_net, wide_path_in_every_layout_and_type) {
  auto net = net_case(40, 90, 27, true);
  net.options.l1_ratio = 0.8;
  net.x = converted<double>(converted<float>(net.x));
  const auto wanted = solve_wide(net);
  for (const Layout& layout : layouts) {
    const Case which(layout.name);
    check_same(solve_wide<double>(net, lay_out<double>(layout, net.x).view), wanted, 90, 1e-11);
    check_same(solve_wide<float>(net, lay_out<float>(layout, net.x).view), wanted, 90, 1e-11);
  }
}

TEST(elastic_net, wide_path_of_sparse_columns) {
  for (const bool intercept : {true, false}) {
    for (const double l1_ratio : {1.0, 0.5}) {
      const Case which(intercept ? "intercept" : "none", l1_ratio);
      auto net = net_case(80, 50, 28, intercept);
      net.x = thin_matrix(80, 50, 3, 29);
      for (Index i = 0; i < 80; ++i) net.x(i, 7) = 1000.0 + net.y(i, 0) / 8.0;
      net.options.l1_ratio = l1_ratio;
      net.weight = random_weights(80, 30);
      const Compressed<double, std::int32_t> sparse(net.x, true);
      check_same(solve_sparse(net, sparse.view()), solve_wide(net), 50, 1e-9);
    }
  }
}

TEST(elastic_net, wide_path_on_threads) {
  auto net = net_case(300, 3000, 31, true);
  net.options.n_alphas = 20;
  const auto wanted = solve_wide(net);
  for (const int n_threads : {2, 3}) {
    net.options.n_threads = n_threads;
    const auto got = solve_wide(net);
    CHECK(same_bits(got.targets[0].values, wanted.targets[0].values));
    CHECK(same_bits(got.targets[0].intercept, wanted.targets[0].intercept));
  }
}

TEST(elastic_net, wide_path_keeps_its_points_where_features_are_too_many) {
  auto net = net_case(30, 120, 27, true);
  net.options.l1_ratio = 0.9;
  const auto whole = solve_wide(net).targets[0];
  Monitor nobody;
  const auto ridge = ridge_options_of(net.options);
  const auto data = net.data<double>(net.x.view());
  Problem<double> problem(data, ridge, nobody);
  const NetDesign<double> design(problem);
  auto options = wide_options(net);
  options.most_features = 15;
  const auto limited = [&](const std::vector<double>& alphas) {
    const auto solver = wide_path(design, terms_of(net), options, nobody);
    auto request = request_of(net);
    request.alphas = alphas;
    return solve_paths(*solver, request).targets[0];
  };
  const auto part = limited({});
  CHECK(part.stopped_early && !whole.stopped_early);
  CHECK(part.alphas.size() > 1 && part.alphas.size() < whole.alphas.size());
  CHECK_EQUAL(part.starts.size(), part.alphas.size() + 1);
  for (std::size_t k = 0; k < part.alphas.size(); ++k) {
    const auto x = dense_coef(part, k, net.x.cols), z = dense_coef(whole, k, net.x.cols);
    for (Index j = 0; j < net.x.cols; ++j) CHECK_CLOSE(x[j], z[j], 1e-10);
    CHECK(part.converged[k] != 0);
  }
  CHECK_THROWS(std::length_error, "more features of X at a time", limited({whole.alphas.back()}));
}

}  // namespace elltwo::test
