#include <cmath>

#include "check.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

struct SmallFit {
  bool taken = false;
  RidgeAnswer answer;
};

SmallFit small(MatrixView<double> x, MatrixView<double> y, double alpha, bool fit_intercept) {
  SmallFit fit{.answer = {.coef = Matrix<double>(1, x.cols), .intercept = {nan}, .info = {}}};
  fit.taken = ridge_small(x, y, alpha, fit_intercept, fit.answer.coef.values.data(),
                          fit.answer.intercept.data(), fit.answer.info);
  return fit;
}

SmallFit small(const RidgeCase& problem) {
  return small(problem.x.view(), problem.y.view(), problem.alpha[0], problem.fit_intercept);
}

bool refused(const RidgeCase& problem) { return !small(problem).taken; }

void check_agrees(const RidgeCase& problem) {
  const Case which(problem.x.rows, 'x', problem.x.cols, "alpha", problem.alpha[0],
                   problem.fit_intercept ? "intercept" : "");
  const auto fit = small(problem);
  CHECK(fit.taken);
  if (!fit.taken) return;
  check_same_fit(fit.answer, solve<double>(problem), 1e-12);
  CHECK_EQUAL(fit.answer.info.status, Status::converged);
  CHECK_EQUAL(fit.answer.info.solver, Solver::cholesky);
  CHECK_EQUAL(fit.answer.info.rank, problem.x.cols);
  CHECK_EQUAL(fit.answer.info.n_threads, 1);
  CHECK(fit.answer.info.optimality < 1e-14);
  CHECK(fit.answer.info.rcond > 0.0 && fit.answer.info.rcond <= 1.0 + 4.0 * eps);
}

}  // namespace

TEST(ridge_small, agrees_with_ridge_at_every_width) {
  for (Index p = 1; p <= ridge_small_max_features; ++p) {
    for (const Index n : {6 * p, Index{64}, Index{65}, Index{200}, Index{400}}) {
      if (n < 6 * p) continue;
      auto problem = random_case(n, p, 1, 1401);
      for (const bool intercept : {true, false}) {
        problem.fit_intercept = intercept;
        for (const double alpha : {0.5, 10.0}) {
          problem.alpha = {alpha};
          check_agrees(problem);
        }
      }
    }
  }
}

TEST(ridge_small, least_squares_and_strong_penalties) {
  for (const double alpha : {0.0, 1e-8, 1e6}) {
    auto problem = random_case(300, 6, 1, 1402);
    problem.alpha = {alpha};
    check_agrees(problem);
  }
}

TEST(ridge_small, as_few_samples_as_features) {
  auto problem = random_case(5, 5, 1, 1403);
  problem.alpha = {2.0};
  check_agrees(problem);
}

TEST(ridge_small, means_of_a_million) {
  auto problem = random_case(100, 5, 1, 1404);
  const auto wanted = reference_ridge(problem);
  for (double& v : problem.x.values) v += 1e6;
  for (double& v : problem.y.values) v -= 1e6;
  const auto fit = small(problem);
  CHECK(fit.taken);
  CHECK_CLOSE(relative_error(fit.answer.coef.values, wanted.coef.values), 0.0, 1e-10);
}

TEST(ridge_small, moderate_conditioning_is_corrected) {
  auto problem = random_case(200, 4, 1, 1405);
  problem.alpha = {0.0};
  for (Index i = 0; i < 200; ++i) problem.x(i, 1) = problem.x(i, 0) + 0.03125 * problem.x(i, 1);
  const auto fit = small(problem);
  CHECK(fit.taken);
  CHECK(fit.answer.info.rcond < 1e-3);
  CHECK_EQUAL(fit.answer.info.n_iter, 1);
  check_same_fit(fit.answer, reference_ridge(problem), 1e-13);
}

TEST(ridge_small, rcond_is_a_lower_bound) {
  RidgeCase problem{.x = Matrix<double>(4, 2), .y = Matrix<double>(4, 1)};
  for (Index i = 0; i < 4; ++i) {
    problem.x(i, 0) = i % 2 == 0 ? 1.0 : -1.0;
    problem.x(i, 1) = i < 2 ? 1.0 : 0.5;
    problem.y(i, 0) = problem.x(i, 0);
  }
  problem.x(3, 1) = -0.5;
  problem.alpha = {0.0};
  problem.fit_intercept = false;
  const double r = std::abs(1.0 * 1.0 - 1.0 + 0.5 + 0.5) / std::sqrt(4.0 * 2.5);  // correlation
  const auto fit = small(problem);
  CHECK(fit.taken);
  CHECK(fit.answer.info.rcond <= (1.0 - r) / (1.0 + r) + eps);
  CHECK(fit.answer.info.rcond > 0.1 * (1.0 - r) / (1.0 + r));
}

TEST(ridge_small, layout_does_not_matter) {
  const auto problem = random_case(90, 11, 1, 1406);
  const auto wanted = solve<double>(problem);
  for (const auto& layout : layouts) {
    const Case which(layout.name);
    const auto x = lay_out<double>(layout, problem.x);
    const auto y = lay_out<double>(layout, problem.y);
    const auto fit = small(x.view, y.view, 1.0, true);
    CHECK(fit.taken);
    check_same_fit(fit.answer, wanted, 1e-12);
  }
}

TEST(ridge_small, refuses_what_it_is_not_made_for) {
  const auto good = random_case(100, 4, 1, 1407);
  CHECK(!refused(good));
  CHECK(refused(random_case(100, ridge_small_max_features + 1, 1, 1408)));
  CHECK(refused(random_case(4, 5, 1, 1409)));
  for (const double alpha : {-1.0, nan, inf, -inf}) {
    auto problem = good;
    problem.alpha = {alpha};
    CHECK(refused(problem));
  }
}

TEST(ridge_small, refuses_data_that_are_not_finite) {
  for (const double bad : {nan, inf, -inf}) {
    for (const bool intercept : {true, false}) {
      for (const Index row : {0, 3, 60, 99}) {
        auto in_x = random_case(100, 4, 1, 1410);
        in_x.fit_intercept = intercept;
        auto in_y = in_x;
        in_x.x(row, 2) = bad;
        in_y.y(row, 0) = bad;
        CHECK(refused(in_x));
        CHECK(refused(in_y));
      }
    }
  }
}

TEST(ridge_small, refuses_poor_conditioning_and_extreme_scales) {
  auto collinear = random_case(100, 4, 1, 1411);
  collinear.alpha = {0.0};
  for (Index i = 0; i < 100; ++i) collinear.x(i, 1) = collinear.x(i, 0) + 1e-4 * collinear.x(i, 1);
  CHECK(refused(collinear));
  auto constant = random_case(100, 4, 1, 1412);
  constant.alpha = {0.0};
  for (Index i = 0; i < 100; ++i) constant.x(i, 2) = 3.0;
  CHECK(refused(constant));
  for (const double scale : {1e-150, 1e150}) {
    auto extreme = random_case(100, 4, 1, 1413);
    for (double& v : extreme.x.values) v *= scale;
    CHECK(refused(extreme));
  }
}

TEST(ridge_small, constant_columns_get_exact_zeros) {
  auto problem = random_case(100, 4, 1, 1415);
  for (Index i = 0; i < 100; ++i) problem.x(i, 2) = 0.1;
  const auto fit = small(problem);
  CHECK(fit.taken);
  CHECK_EQUAL(fit.answer.coef.values[2], 0.0);
  check_same_fit(fit.answer, solve<double>(problem), 1e-13);
}

TEST(ridge_small, first_rows_that_misjudge_the_mean_cost_no_digits) {
  auto problem = random_case(150000, 2, 1, 1414);
  for (Index i = 0; i < 8; ++i) problem.x(i, 0) += 1e7;
  const auto fit = small(problem);
  if (fit.taken) check_same_fit(fit.answer, solve<double>(problem), 1e-12);
}

}  // namespace elltwo::test
