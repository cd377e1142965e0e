#include <cmath>
#include <string>

#include "check.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

constexpr SolverChoice solvers[] = {SolverChoice::automatic, SolverChoice::svd};

template <Real T>
RidgeAnswer solve_by(SolverChoice solver, const RidgeCase& problem) {
  auto options = problem.options();
  options.solver = solver;
  const auto answer = solve<T>(problem, options);
  CHECK_EQUAL(answer.info.status, Status::converged);
  return answer;
}

RidgeCase without_column(const RidgeCase& problem, Index dropped) {
  auto less = problem;
  less.x = Matrix<double>(problem.x.rows, problem.x.cols - 1);
  for (Index i = 0; i < problem.x.rows; ++i) {
    for (Index j = 0; j < less.x.cols; ++j) less.x(i, j) = problem.x(i, j < dropped ? j : j + 1);
  }
  return less;
}

/// b is a combination of the centred rows of X, so no shorter b predicts the same.
void check_in_row_space(const RidgeCase& problem, const double* b, double tolerance) {
  const Index p = problem.x.cols;
  const Index first = problem.fit_intercept ? 1 : 0;
  Matrix<Wide> rows(p, problem.x.rows - first);
  std::vector<Wide> wanted(b, b + p);
  for (Index j = 0; j < p; ++j) {
    for (Index i = 0; i < rows.cols; ++i) {
      rows(j, i) = Wide(problem.x(i + first, j)) - (first == 1 ? problem.x(0, j) : 0.0);
    }
  }
  const auto z = least_squares(rows, wanted);
  for (Index j = 0; j < p; ++j) {
    Wide fit = 0.0L;
    for (Index i = 0; i < rows.cols; ++i) fit += rows(j, i) * z[i];
    CHECK_CLOSE(b[j], fit, tolerance);
  }
}

void check_interpolates(const RidgeCase& problem, const RidgeAnswer& answer, double tolerance) {
  for (Index i = 0; i < problem.x.rows; ++i) {
    Wide fit = answer.intercept[0];
    for (Index j = 0; j < problem.x.cols; ++j)
      fit += static_cast<Wide>(problem.x(i, j)) * answer.coef(0, j);
    CHECK_CLOSE(fit, problem.y(i, 0), tolerance);
  }
}

}  // namespace

TEST(ridge_rank, a_column_given_twice_shares_its_coefficient) {
  auto problem = random_case(80, 6, 1, 1101);
  problem.alpha = {0.0};
  for (Index i = 0; i < 80; ++i) problem.x(i, 4) = problem.x(i, 1);
  const auto wanted = reference_ridge(without_column(problem, 4));
  for (const auto solver : solvers) {
    const auto got = solve_by<double>(solver, problem);
    const auto single = solve_by<float>(solver, problem);
    CHECK_EQUAL(got.info.rank, 5);
    CHECK_EQUAL(single.info.rank, 5);
    CHECK_EQUAL(got.info.solver, Solver::svd);
    for (const auto* answer : {&got, &single}) {
      CHECK_CLOSE(answer->coef(0, 1), wanted.coef(0, 1) / 2.0, 1e-12);
      CHECK_CLOSE(answer->coef(0, 4), wanted.coef(0, 1) / 2.0, 1e-12);
      CHECK_CLOSE(answer->coef(0, 5), wanted.coef(0, 4), 1e-12);
      CHECK_CLOSE(answer->intercept[0], wanted.intercept[0], 1e-12);
    }
  }
  CHECK(std::string(solve<double>(problem).info.fallback) != "");
}

TEST(ridge_rank, a_constant_column_without_a_penalty_gets_zero) {
  auto problem = random_case(80, 5, 1, 1102);
  problem.alpha = {0.0};
  for (Index i = 0; i < 80; ++i) problem.x(i, 2) = 0.1;
  const auto wanted = reference_ridge(without_column(problem, 2));
  for (const auto solver : solvers) {
    const auto got = solve_by<double>(solver, problem);
    CHECK_EQUAL(got.coef(0, 2), 0.0);
    CHECK_EQUAL(got.info.rank, 4);
    CHECK_CLOSE(got.coef(0, 3), wanted.coef(0, 2), 1e-12);
    CHECK_CLOSE(got.intercept[0], wanted.intercept[0], 1e-12);
  }
}

TEST(ridge_rank, a_column_constant_wherever_weights_count_gets_zero) {
  auto problem = random_case(80, 5, 1, 1108);
  problem.alpha = {0.0};
  problem.weight.assign(80, 1.0);
  for (Index i = 0; i < 80; ++i) {
    if (i < 10) problem.weight[i] = 0.0;
    else problem.x(i, 2) = 0.7F;
  }
  const auto wanted = reference_ridge(without_column(problem, 2));
  for (const auto& got : {solve<double>(problem), solve<float>(problem)}) {
    CHECK_CLOSE(got.coef(0, 2), 0.0, 1e-12);
    CHECK_EQUAL(got.info.rank, 4);
    CHECK_CLOSE(got.coef(0, 3), wanted.coef(0, 2), 1e-11);
    CHECK_CLOSE(got.intercept[0], wanted.intercept[0], 1e-11);
  }
}

TEST(ridge_rank, wide_least_squares_is_the_shortest_interpolation) {
  for (const bool intercept : {true, false}) {
    auto problem = random_case(12, 50, 1, 1103);
    problem.alpha = {0.0};
    problem.fit_intercept = intercept;
    for (const auto solver : solvers) {
      for (const bool single : {false, true}) {
        const Case which(intercept, "intercept, solver", static_cast<int>(solver), "float", single);
        const auto got =
            single ? solve_by<float>(solver, problem) : solve_by<double>(solver, problem);
        check_interpolates(problem, got, 1e-11);
        check_in_row_space(problem, got.coef.row(0), 1e-11);
        CHECK_EQUAL(got.info.rank, intercept ? 11 : 12);
      }
    }
  }
}

TEST(ridge_rank, a_wide_matrix_with_rows_given_twice) {
  auto problem = random_case(14, 50, 1, 1104);
  problem.alpha = {0.0};
  for (Index j = 0; j < 50; ++j) problem.x(13, j) = problem.x(0, j);
  problem.y(13, 0) = problem.y(0, 0) + 1.0;  // half-way is the best that can be done
  for (const auto solver : solvers) {
    const auto got = solve_by<double>(solver, problem);
    CHECK_EQUAL(got.info.rank, 12);
    auto merged = problem;
    merged.x.rows = merged.y.rows = 13;
    merged.x.values.resize(13 * 50);
    merged.y(0, 0) += 0.5;
    check_interpolates(merged, got, 1e-10);
    check_in_row_space(merged, got.coef.row(0), 1e-10);
  }
}

TEST(ridge_rank, a_penalty_makes_dependent_columns_unique) {
  auto problem = random_case(80, 6, 2, 1105);
  problem.alpha = {0.5};
  for (Index i = 0; i < 80; ++i) problem.x(i, 4) = problem.x(i, 1);
  const auto got = solve<double>(problem);
  check_same_fit(got, reference_ridge(problem), 1e-12);
  CHECK_EQUAL(got.info.solver, Solver::cholesky);
  CHECK_EQUAL(got.info.rank, 6);
}

TEST(ridge_rank, one_row_and_one_column) {
  auto problem = random_case(1, 1, 1, 1106);
  for (const double alpha : {0.0, 1.0}) {
    problem.alpha = {alpha};
    const auto got = solve<double>(problem);  // the intercept explains it all
    CHECK_EQUAL(got.coef(0, 0), 0.0);
    CHECK_EQUAL(got.intercept[0], problem.y(0, 0));
    CHECK_EQUAL(got.info.status, Status::converged);
  }
}

TEST(ridge_rank, all_zeros) {
  for (const Index p : {3, 30}) {
    for (const double alpha : {0.0, 1.0}) {
      RidgeCase problem{.x = Matrix<double>(10, p), .y = random_matrix(10, 1, 1107)};
      problem.alpha = {alpha};
      double mean = 0.0;
      for (const double v : problem.y.values) mean += v / 10.0;
      const auto got = solve<double>(problem);
      for (const double b : got.coef.values) CHECK_EQUAL(b, 0.0);
      CHECK_CLOSE(got.intercept[0], mean, 1e-15);
      CHECK_EQUAL(got.info.status, Status::converged);
      CHECK(std::isfinite(got.info.optimality) && std::isfinite(got.info.rcond));
    }
  }
}

}  // namespace elltwo::test
