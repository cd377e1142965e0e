#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "check.hpp"
#include "solvers/ridge_sparse/cg.hpp"
#include "sparse/gram.hpp"
#include "sparse/pass.hpp"
#include "support/reference.hpp"
#include "support/sparse_data.hpp"

namespace elltwo::test {
namespace {

// X^T (X v) for a few right-hand sides, from the dense matrix.
std::vector<double> normal_product(const Matrix<double>& x, Index k, const std::vector<double>& v) {
  std::vector<double> out(x.cols * k, 0.0);
  for (Index i = 0; i < x.rows; ++i) {
    for (Index t = 0; t < k; ++t) {
      double u = 0.0;
      for (Index j = 0; j < x.cols; ++j) u += x(i, j) * v[j * k + t];
      for (Index j = 0; j < x.cols; ++j) out[j * k + t] += x(i, j) * u;
    }
  }
  return out;
}

std::vector<double> pass(const SparseRows<double>& x, Index k, int n_threads,
                         const std::vector<double>& v) {
  SparsePass<double> products(x, k, n_threads);
  std::vector<double> out(x.cols * k), sums(k);
  Monitor monitor;
  const RowTransform unchanged;
  products.run(k, v.data(), unchanged, monitor, out.data(), sums.data());
  return out;
}

}  // namespace

TEST(sparse_pass, pass_is_the_dense_product_for_any_threads) {
  // One shape streams the rows, the other is copied by columns.
  for (const auto& [n, p, every] : {std::array<Index, 3>{3000, 40, 2}, {150, 30000, 20}}) {
    const auto dense = thin_matrix(n, p, every, 2010);
    const Compressed<double, std::int32_t> x(dense, true);
    const auto rows = checked_rows(x.view(), 1);
    for (const Index k : {1, 2, 3, 8}) {
      const Case which(n, 'x', p, "for", k);
      const auto v = random_values(p * k, 2011);
      const auto one = pass(rows, k, 1, v);
      CHECK_CLOSE(relative_error(one, normal_product(dense, k, v)), 0.0, 1e-13);
      CHECK(same_bits(one, pass(rows, k, 2, v)));
      CHECK(same_bits(one, pass(rows, k, 5, v)));
    }
  }
}

TEST(sparse_pass, pass_weights_and_centres_rows) {
  // u = w (f - centre - target), and u = 0 for rows without weight.
  for (const auto& [n, p, every] : {std::array<Index, 3>{3000, 40, 2}, {150, 30000, 20}}) {
    auto dense = thin_matrix(n, p, every, 2012);
    auto weight = random_weights(n, 2013);
    weight[7] = 0.0;
    for (Index j = 0; j < p; ++j) dense(7, j) *= 1e300;
    const Compressed<double, std::int32_t> x(dense, true);
    const auto rows = checked_rows(x.view(), 1);
    for (const Index k : {1, 2, 3}) {
      const Case which(n, 'x', p, "for", k);
      const auto v = random_values(p * k, 2014);
      const auto centre = random_values(k, 2015);
      const auto y = random_values(5 * n, 2016);
      const std::vector<Index> column{4, 0, 2};
      const RowTransform transform{.weight = weight.data(),
                                   .centre = centre.data(),
                                   .target = y.data(),
                                   .column = column.data(),
                                   .target_stride = 5};
      std::vector<double> wanted(p * k, 0.0), wanted_sums(k, 0.0);
      for (Index i = 0; i < n; ++i) {
        for (Index t = 0; t < k && weight[i] > 0.0; ++t) {
          double u = -centre[t] - y[5 * i + column[t]];
          for (Index j = 0; j < p; ++j) u += dense(i, j) * v[j * k + t];
          wanted_sums[t] += weight[i] * u;
          for (Index j = 0; j < p; ++j) wanted[j * k + t] += weight[i] * u * dense(i, j);
        }
      }
      for (const int n_threads : {1, 2, 5}) {
        SparsePass<double> products(rows, k, n_threads);
        std::vector<double> out(p * k), sums(k);
        Monitor monitor;
        products.run(k, v.data(), transform, monitor, out.data(), sums.data());
        CHECK_CLOSE(relative_error(out, wanted), 0.0, 1e-13);
        CHECK_CLOSE(relative_error(sums, wanted_sums), 0.0, 1e-12);
      }
    }
  }
}

TEST(sparse_pass, column_sums_are_the_dense_ones_for_any_threads) {
  const auto dense = thin_matrix(5000, 30, 3, 2017);
  const auto weight = random_weights(5000, 2018);
  const auto y = random_values(5000, 2019);
  const Compressed<float, std::int32_t> x(dense, true);
  const auto rows = checked_rows(x.view(), 2);
  const auto one = column_sums(rows, weight.data(), y.data(), 1);
  const auto three = column_sums(rows, weight.data(), y.data(), 3);
  CHECK(same_bits(one.first, three.first));
  CHECK(same_bits(one.second, three.second));
  CHECK(same_bits(one.cross, three.cross));
  CHECK(column_sums(rows, weight.data(), nullptr, 1).cross.empty());
  for (Index j = 0; j < 30; ++j) {
    Wide first = 0.0, second = 0.0, cross = 0.0;
    for (Index i = 0; i < 5000; ++i) {
      const Wide value = static_cast<float>(dense(i, j));
      first += weight[i] * value;
      second += weight[i] * value * value;
      cross += weight[i] * value * y[i];
    }
    CHECK_CLOSE(one.first[j], first, 1e-10);
    CHECK_CLOSE(one.second[j], second, 1e-10);
    CHECK_CLOSE(one.cross[j], cross, 1e-10);
  }
}

TEST(sparse_pass, a_trial_ends_early_where_its_pace_promises_nothing) {
  // Columns that are nearly sums of each other: one iteration for every eigenvalue.
  const Index n = 500, p = 80;
  auto dense = thin_matrix(n, p, 2, 2050);
  for (Index j = 1; j < p; ++j) {
    const double part = std::pow(10.0, -4.0 * static_cast<double>(j) / p);
    for (Index i = 0; i < n; ++i) dense(i, j) = dense(i, 0) + part * dense(i, j);
  }
  const auto y = random_matrix(n, 1, 2051);
  const std::vector<double> alpha{1e-6};
  const RidgeData<double> data{.x = {nullptr, n, p, 0, 0},
                               .y = y.view(),
                               .alpha = alpha,
                               .penalty_factors = {},
                               .prior_mean = {},
                               .sample_weight = {}};
  const RidgeOptions options;
  Monitor monitor;
  Problem<double> problem(data, options, monitor);
  const Compressed<double, std::int32_t> x(dense, true);
  const SparseDesign<double> design(problem, checked_rows(x.view(), 1));
  SparsePass<double> products(design.x, 1, 1);
  const SparseBlock<double> block(problem, design, products, {{0, 1e-6}});
  const auto iterations = [&](int limit, bool is_trial) {
    std::vector<double> b(p, 0.0);
    SolveInfo info;
    SparseCg<double>(problem, block).solve(limit, is_trial, b.data(), info);
    CHECK(is_trial == (info.optimality > options.tol));
    return info.n_iter;
  };
  const int needed = iterations(100000, false);
  CHECK(needed > 80);
  CHECK(iterations(40, true) < 20);
}

}  // namespace elltwo::test
