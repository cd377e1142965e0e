#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "check.hpp"
#include "solvers/logistic/problem.hpp"
#include "solvers/logistic_bounded/sparse_matrix.hpp"
#include "support/reference.hpp"
#include "support/sparse_data.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

std::vector<std::int32_t> random_labels(Index n, Index n_classes, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::int32_t> label(n);
  for (auto& value : label) value = static_cast<std::int32_t>(random.below(n_classes));
  return label;
}

LogisticRows rows_of(Index n, std::vector<Index> index, std::uint64_t seed) {
  LogisticRows rows;
  rows.n = index.empty() ? n : static_cast<Index>(index.size());
  rows.index = std::move(index);
  rows.weight = random_weights(rows.n, seed);
  return rows;
}

// [x^ | 1] of some rows, formed.
Matrix<double> formed(const Matrix<double>& x, const LogisticRows& rows, const LogisticFrame& frame,
                      bool has_intercept) {
  Matrix<double> full(rows.n, x.cols + (has_intercept ? 1 : 0));
  for (Index i = 0; i < rows.n; ++i) {
    for (Index j = 0; j < x.cols; ++j) {
      full(i, j) = (x(rows.row(i), j) - frame.shift[j]) * frame.scale[j];
    }
    if (has_intercept) full(i, x.cols) = 1.0;
  }
  return full;
}

}  // namespace

TEST(logistic_sparse_bounds, the_matrix_is_the_dense_one) {
  for (const bool has_intercept : {true, false}) {
    for (const Index outputs : {1, 3}) {
      constexpr Index n = 700, p = 30;
      auto x = thin_matrix(n, p, 3, 4010);
      for (Index i = 0; i < n; ++i) x(i, 4) = 50.0 + x(i, 5);  // no zeros, and a mean
      const Compressed<double, std::int32_t> compressed(x, true);
      std::vector<Index> index;
      for (Index i = 1; i < n; i += 2) index.push_back(i);
      const auto rows = rows_of(n, index, 4011);
      const LogisticOptions options{.n_threads = 2};
      Monitor monitor;
      SparseLogisticMatrix<double> matrix(checked_rows(compressed.view(), 1), options, monitor);
      const auto frame = matrix.prepare(rows, has_intercept);
      const auto full = formed(x, rows, frame, has_intercept);
      for (Index j = 0; j < p; ++j) {
        double square = 0.0, sum = 0.0;
        for (Index i = 0; i < rows.n; ++i) {
          square += rows.weight[i] * full(i, j) * full(i, j);
          sum += rows.weight[i] * full(i, j);
        }
        CHECK_CLOSE(frame.size[j], std::sqrt(square), 1e-12 * frame.size[j]);
        if (has_intercept) CHECK_CLOSE(sum, 0.0, 1e-10 * frame.size[j]);
      }
      std::vector<Index> columns{1, 4, 5, 20};
      if (has_intercept) columns.push_back(p);
      std::vector<double> values(columns.size());
      for (const Index i : {Index{0}, Index{17}, rows.n - 1}) {
        matrix.row(i, columns, values.data());
        for (std::size_t c = 0; c < columns.size(); ++c) {
          CHECK_CLOSE(values[c], full(i, columns[c]), 1e-13);
        }
      }
      const auto h = random_values(rows.n, 4012);  // of both signs
      const auto gram = matrix.gram(columns, h.data());
      for (std::size_t a = 0; a < columns.size(); ++a) {
        for (std::size_t b = a; b < columns.size(); ++b) {
          double wanted = 0.0;
          for (Index i = 0; i < rows.n; ++i)
            wanted += h[i] * full(i, columns[a]) * full(i, columns[b]);
          CHECK_CLOSE(gram(static_cast<Index>(a), static_cast<Index>(b)), wanted, 1e-9);
        }
      }
      const auto theta = random_values(outputs * full.cols, 4013);
      const auto map = [&](Index k0, Index kc, double* f, Index ld) {
        for (Index o = 0; o < outputs; ++o) {
          for (Index i = 0; i < kc; ++i) {
            f[o * ld + i] *= static_cast<double>((k0 + i) % 5) - static_cast<double>(o);
          }
        }
      };
      const auto found = matrix.pass(outputs, theta.data(), map);
      std::vector<double> wanted(found.size(), 0.0);
      for (Index i = 0; i < rows.n; ++i) {
        for (Index o = 0; o < outputs; ++o) {
          double f = 0.0;
          for (Index j = 0; j < full.cols; ++j) f += full(i, j) * theta[o * full.cols + j];
          f *= static_cast<double>(i % 5) - static_cast<double>(o);
          for (Index j = 0; j < full.cols; ++j) wanted[o * full.cols + j] += f * full(i, j);
        }
      }
      CHECK_CLOSE(relative_error(found, wanted), 0.0, 1e-12);
    }
  }
}

TEST(logistic_sparse_bounds, fits_are_those_of_dense_features_for_any_threads) {
  for (const auto& [n, p] : {std::array<Index, 2>{400, 25}, {90, 300}}) {
    const auto x = thin_matrix(n, p, 4, 4020);
    const Compressed<double, std::int32_t> compressed(x, false);
    for (const Index n_classes : {2, 4}) {
      const Case which(n, 'x', p, "with", n_classes, "classes");
      const Index k = n_classes == 2 ? 1 : n_classes;
      const auto label = random_labels(n, n_classes, 4021);
      LogisticData<double> data;
      data.label = label;
      data.n_classes = n_classes;
      const std::vector<double> lower(p, -0.05), upper(p, 0.1), alphas{3.0, 0.3};
      const Box box{lower, upper};
      const auto size = static_cast<std::size_t>(2 * k * p);
      std::vector<double> coef(size), intercept(2 * k), wanted(size), of_dense(2 * k);
      auto dense = data;
      dense.x = {x.values.data(), n, p, p, 1};
      bounded_logistic_path(dense, box, alphas, {}, {}, wanted, of_dense);
      std::vector<double> of_one_thread;
      for (const int n_threads : {1, 3}) {
        const LogisticOptions options{.n_threads = n_threads};
        const auto infos = sparse_bounded_logistic_path(compressed.view(), data, box, alphas,
                                                        options, {}, coef, intercept);
        for (const auto& info : infos) {
          CHECK_EQUAL(info.status, Status::converged);
          CHECK(info.optimality <= options.tol);
          CHECK(info.gap <= 1e-9);
        }
        CHECK_CLOSE(relative_error(coef, wanted), 0.0, 1e-8);
        CHECK(std::ranges::count(coef, -0.05) > 0 && std::ranges::count(coef, 0.1) > 0);
        if (n_threads == 1) of_one_thread = coef;
        CHECK(same_bits(coef, of_one_thread));
      }
    }
  }
}

TEST(logistic_sparse_bounds, a_fit_stops_when_asked_to) {
  constexpr Index n = 3000, p = 60;
  const auto x = thin_matrix(n, p, 3, 4030);
  const Compressed<double, std::int32_t> compressed(x, true);
  const auto label = random_labels(n, 3, 4031);
  LogisticData<double> data;
  data.label = label;
  data.n_classes = 3;
  const std::vector<double> lower(p, 0.0), alphas{1.0, 0.1};
  std::vector<double> coef(2 * 3 * p), intercept(2 * 3);
  for (const auto solver : {LogisticSolver::newton_cg, LogisticSolver::newton_cholesky}) {
    StopAt first;
    Monitor monitor = first.impatient_monitor();
    const LogisticOptions options{.solver = solver, .n_threads = 2};
    const auto infos = sparse_bounded_logistic_path(compressed.view(), data, {lower, {}}, alphas,
                                                    options, monitor, {}, coef, intercept);
    for (const auto& info : infos) CHECK_EQUAL(info.status, Status::interrupted);
    CHECK(!first.polled_elsewhere);
  }
}

}  // namespace elltwo::test
