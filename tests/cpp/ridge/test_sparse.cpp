#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "check.hpp"
#include "elltwo/sparse_ridge.hpp"
#include "sparse/gram.hpp"
#include "support/reference.hpp"
#include "support/sparse_data.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

template <Real T>
RidgeAnswer solve_sparse(const RidgeCase& problem, const SparseView<T>& x,
                         const RidgeOptions& options) {
  const RidgeData<T> data{.x = {},
                          .y = problem.y.view(),
                          .alpha = problem.alpha,
                          .penalty_factors = problem.factors,
                          .prior_mean = problem.prior,
                          .sample_weight = problem.weight};
  RidgeAnswer answer{.coef = Matrix<double>(problem.y.cols, x.cols),
                     .intercept = std::vector<double>(problem.y.cols, nan),
                     .info = {}};
  Monitor monitor;
  answer.info = sparse_ridge(x, data, options, monitor, answer.coef.values, answer.intercept);
  return answer;
}

template <Real T, class I>
void check_fits(const RidgeCase& problem) {
  for (const bool by_rows : {true, false}) {
    const Compressed<T, I> x(problem.x, by_rows);
    for (const auto solver : {SolverChoice::cholesky, SolverChoice::svd, SolverChoice::cg}) {
      const Case which(by_rows ? "rows," : "columns,", "solver", static_cast<int>(solver));
      auto options = problem.options();
      options.solver = solver;
      options.tol = 1e-13;
      check_same_fit(solve_sparse(problem, x.view(), options), reference_ridge(problem), 1e-11);
    }
  }
}

}  // namespace

TEST(sparse, ridge_is_the_reference) {
  for (const Index p : {7, 60}) {
    auto problem = random_case(40, p, 3, 2001);
    problem.x = thin_matrix(40, p, 3, 2002);
    for (const bool intercept : {true, false}) {
      problem.fit_intercept = intercept;
      check_fits<double, std::int32_t>(problem);
      check_fits<double, std::int64_t>(problem);
      check_fits<float, std::int32_t>(problem);
    }
    problem.fit_intercept = true;
    problem.penalize_intercept = true;
    problem.weight = random_weights(40, 2003);
    problem.alpha = {0.5, 2.0, 2.0};
    problem.prior = random_values(3 * p, 2004);
    problem.factors = random_weights(p, 2005);
    problem.factors[1] = inf;
    check_fits<double, std::int32_t>(problem);
  }
}

TEST(sparse, gram_is_the_dense_one_for_any_threads) {
  const auto dense = thin_matrix(4000, 30, 3, 2020);
  const auto weight = random_weights(4000, 2021);
  const Compressed<double, std::int64_t> x(dense, false);
  const auto rows = checked_rows(x.view(), 2);
  Monitor monitor;
  const auto one = sparse_gram(rows, weight.data(), rows.cols, 1, monitor);
  const auto three = sparse_gram(rows, weight.data(), rows.cols, 3, monitor);
  CHECK(same_bits({one.data(), 900}, {three.data(), 900}));
  for (Index i = 0; i < 30; ++i) {
    for (Index j = i; j < 30; ++j) {
      Wide sum = 0.0;
      for (Index r = 0; r < 4000; ++r) sum += Wide(weight[r]) * dense(r, i) * dense(r, j);
      CHECK_CLOSE(one[i * 30 + j], sum, 1e-10);
    }
  }
}

TEST(sparse, rows_are_sorted_and_duplicates_added) {
  const std::vector<double> values{1.0, 2.0, 4.0, 8.0, 16.0};
  const std::vector<std::int32_t> indices{2, 0, 2, 1, 1}, starts{0, 3, 3, 5};
  const SparseView<double> view{3,
                                3,
                                true,
                                values,
                                std::span<const std::int32_t>(indices),
                                std::span<const std::int32_t>(starts)};
  const auto x = checked_rows(view, 1);
  CHECK_EQUAL(x.nonzeros(), 3);
  CHECK_EQUAL(x.start[1], 2);
  CHECK_EQUAL(x.column[0], 0);
  CHECK_EQUAL(x.value[0], 2.0);
  CHECK_EQUAL(x.column[1], 2);
  CHECK_EQUAL(x.value[1], 5.0);
  CHECK_EQUAL(x.column[2], 1);
  CHECK_EQUAL(x.value[2], 24.0);
}

TEST(sparse, malformed_matrices) {
  const auto dense = thin_matrix(20, 9, 3, 2030);
  for (const bool by_rows : {true, false}) {
    const auto check = [&](const std::string& message, auto spoil) {
      Compressed<double, std::int64_t> x(dense, by_rows);
      spoil(x);
      CHECK_THROWS(std::invalid_argument, message, checked_rows(x.view(), 2));
    };
    check("indptr must have", [](auto& x) { x.starts.pop_back(); });
    check("indptr must start at 0, got 1", [](auto& x) { x.starts[0] = 1; });
    check("indptr must not decrease", [](auto& x) { x.starts[3] = -5; });
    check("indptr must not decrease", [](auto& x) { x.starts[3] = std::int64_t{1} << 60; });
    check("indptr ends at", [](auto& x) { x.starts.back() += 1; });
    check("data and indices have", [](auto& x) { x.values.pop_back(); });
    check("indices must be in [0, ", [](auto& x) { x.indices[4] = 20; });
    check("got -1 at position 0", [](auto& x) { x.indices[0] = -1; });
    check("got 4294967296 at", [](auto& x) { x.indices[0] = std::int64_t{1} << 32; });
    check("X contains NaN at row", [](auto& x) { x.values[2] = nan; });
    check("X contains infinity at row", [](auto& x) { x.values.back() = -inf; });
  }
}

TEST(sparse, interruption) {
  auto problem = random_case(60, 8, 1, 2040);
  const Compressed<double, std::int32_t> x(problem.x, true);
  const RidgeData<double> data{.x = {},
                               .y = problem.y.view(),
                               .alpha = problem.alpha,
                               .penalty_factors = {},
                               .prior_mean = {},
                               .sample_weight = {}};
  for (const auto solver : {SolverChoice::cholesky, SolverChoice::svd, SolverChoice::cg}) {
    auto options = problem.options();
    options.solver = solver;
    std::vector<double> coef(8);
    double intercept = 0.0;
    StopAt first;
    Monitor monitor = first.impatient_monitor();
    const auto info = sparse_ridge(x.view(), data, options, monitor, coef, {&intercept, 1});
    CHECK_EQUAL(info.status, Status::interrupted);
    CHECK(!first.polled_elsewhere);
  }
}

}  // namespace elltwo::test
