#include <algorithm>
#include <cmath>

#include "check.hpp"
#include "elltwo/bounded.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

struct BoundedCase {
  RidgeCase ridge;
  std::vector<double> lower{};
  std::vector<double> upper{};
};

template <Real T>
RidgeAnswer solve_bounded(const BoundedCase& problem, const RidgeOptions& options) {
  const auto& r = problem.ridge;
  const auto x = converted<T>(r.x);
  RidgeAnswer answer{.coef = Matrix<double>(r.y.cols, r.x.cols),
                     .intercept = std::vector<double>(static_cast<std::size_t>(r.y.cols)),
                     .info = {}};
  const RidgeData<T> data{.x = x.view(),
                          .y = r.y.view(),
                          .alpha = r.alpha,
                          .penalty_factors = r.factors,
                          .prior_mean = r.prior,
                          .sample_weight = r.weight};
  Monitor monitor;
  answer.info = ridge_bounded(data, {problem.lower, problem.upper}, options, monitor,
                              answer.coef.values, answer.intercept);
  return answer;
}

template <Real T>
RidgeAnswer solve_bounded(const BoundedCase& problem) {
  auto options = problem.ridge.options();
  options.max_iter = 1000;
  return solve_bounded<T>(problem, options);
}

BoundedCase boxed(RidgeCase ridge, double lower, double upper) {
  const auto p = static_cast<std::size_t>(ridge.x.cols);
  return {.ridge = std::move(ridge),
          .lower = std::vector<double>(p, lower),
          .upper = std::vector<double>(p, upper)};
}

/// The answer solves the ridge problem in which all coefficients at bounds are pinned there, and
/// the objective rises from it towards the inside: moving one pinned coefficient inwards only makes
/// the reference's objective larger.
template <Real T>
void check_optimal(const BoundedCase& problem) {
  const auto got = solve_bounded<T>(problem);
  CHECK_EQUAL(got.info.status, Status::converged);
  CHECK_EQUAL(got.info.solver, Solver::coordinate_descent);
  CHECK(got.info.optimality <= 1e-12);
  const Index p = problem.ridge.x.cols;
  Index pinned = 0;
  for (Index t = 0; t < problem.ridge.y.cols; ++t) {
    RidgeCase face = problem.ridge;
    face.y = Matrix<double>(problem.ridge.y.rows, 1);
    for (Index i = 0; i < face.y.rows; ++i) face.y(i, 0) = problem.ridge.y(i, t);
    face.factors.assign(static_cast<std::size_t>(p), 1.0);
    face.prior.assign(static_cast<std::size_t>(p), 0.0);
    for (Index j = 0; j < p; ++j) {
      const double b = got.coef(t, j);
      CHECK(problem.lower[j] <= b && b <= problem.upper[j]);
      if (problem.lower[j] < b && b < problem.upper[j]) continue;
      face.factors[j] = inf;
      face.prior[j] = b;
      ++pinned;
    }
    const auto wanted = reference_ridge(face);
    CHECK(relative_error({got.coef.row(t), static_cast<std::size_t>(p)}, wanted.coef.values) <
          (std::same_as<T, float> ? 1e-9 : 1e-12));
  }
  CHECK(pinned > 0);  // or the bounds did not matter
}

}  // namespace

TEST(bounded, tall_and_wide) {
  for (const double alpha : {1e-2, 1.0, 30.0}) {
    for (auto ridge : {random_case(70, 9, 2, 1601), random_case(14, 37, 2, 1602)}) {
      const Case which(ridge.x.rows, 'x', ridge.x.cols, "alpha", alpha);
      ridge.alpha = {alpha};
      check_optimal<double>(boxed(ridge, -0.1, 0.15));
      check_optimal<float>(boxed(ridge, -0.1, 0.15));
      check_optimal<double>(boxed(ridge, 0.0, inf));
    }
  }
}

TEST(bounded, options) {
  for (auto ridge : {random_case(70, 9, 1, 1603), random_case(14, 37, 1, 1604)}) {
    ridge.weight = random_weights(ridge.x.rows, 1605);
    ridge.weight[2] = 0.0;
    check_optimal<double>(boxed(ridge, -0.1, 0.15));
    ridge.penalize_intercept = true;
    for (double& v : ridge.y.values) v += 3.0;
    check_optimal<double>(boxed(ridge, -0.1, 0.15));
    ridge.fit_intercept = ridge.penalize_intercept = false;
    check_optimal<double>(boxed(ridge, -0.1, 0.15));
  }
}

TEST(bounded, infinite_bounds_are_none) {
  const auto ridge = random_case(40, 7, 2, 1606);
  const auto plain = solve<double>(ridge);
  const auto got = solve_bounded<double>(boxed(ridge, -inf, inf));
  CHECK(same_bits(got.coef.values, plain.coef.values));
  CHECK(same_bits(solve_bounded<double>({.ridge = ridge}).coef.values, plain.coef.values));
}

TEST(bounded, one_side_alone) {
  auto problem = boxed(random_case(40, 7, 1, 1607), -inf, 0.1);
  const auto both = solve_bounded<double>(problem);
  problem.lower.clear();
  CHECK(same_bits(solve_bounded<double>(problem).coef.values, both.coef.values));
}

TEST(bounded, equal_bounds_fix_everything) {
  for (const auto& ridge : {random_case(40, 7, 1, 1608), random_case(7, 20, 1, 1609)}) {
    const auto got = solve_bounded<double>(boxed(ridge, 0.25, 0.25));
    CHECK_EQUAL(got.info.status, Status::converged);
    for (const double b : got.coef.values) CHECK_EQUAL(b, 0.25);
  }
}

TEST(bounded, sweeps_that_run_out_are_not_silent) {
  for (const auto& ridge : {random_case(90, 40, 1, 1610), random_case(20, 60, 1, 1611)}) {
    auto options = ridge.options();
    options.max_iter = 0;
    const auto got = solve_bounded<double>(boxed(ridge, 0.0, inf), options);
    CHECK_EQUAL(got.info.status, Status::max_iter_reached);
    CHECK(got.info.optimality > options.tol);
  }
}

TEST(bounded, invalid) {
  auto problem = boxed(random_case(20, 3, 1, 1612), 0.0, 1.0);
  problem.lower[2] = 2.0;
  CHECK_THROWS(std::invalid_argument, "lower <= upper, got 2 and 1 at feature 2",
               solve_bounded<double>(problem));
  problem.lower[2] = nan;
  CHECK_THROWS(std::invalid_argument, "must not be NaN, got NaN at feature 2",
               solve_bounded<double>(problem));
  problem.lower = {0.0};
  CHECK_THROWS(std::invalid_argument, "bounds must have 3 values a side, got 1",
               solve_bounded<double>(problem));
  problem = boxed(random_case(20, 3, 1, 1612), 0.5, 1.0);
  problem.ridge.factors = {1.0, inf, 1.0};
  CHECK_THROWS(std::invalid_argument, "around a prior_mean of 0 at feature 1",
               solve_bounded<double>(problem));
}

}  // namespace elltwo::test
