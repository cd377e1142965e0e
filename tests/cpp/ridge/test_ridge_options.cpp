#include <algorithm>

#include "check.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

template <Real T>
void check_fit(const RidgeCase& problem) {
  const Case which(problem.x.rows, 'x', problem.x.cols, std::same_as<T, float> ? "float" : "double",
                   "alpha", problem.alpha[0], problem.weight.empty() ? "" : "weights",
                   problem.factors.empty() ? "" : "factors", problem.prior.empty() ? "" : "prior",
                   problem.fit_intercept ? "intercept" : "",
                   problem.penalize_intercept ? "(penalised)" : "");
  const auto wanted = reference_ridge(problem);
  for (const auto solver : {SolverChoice::automatic, SolverChoice::svd}) {
    auto options = problem.options();
    options.solver = solver;
    const Case choice("solver", static_cast<int>(solver));
    const auto got = solve<T>(problem, options);
    CHECK_EQUAL(got.info.status, Status::converged);
    check_same_fit(got, wanted, std::same_as<T, float> ? 2e-10 : 2e-12);
  }
}

/// Tall and wide, in both types.
template <class Change>
void check_everywhere(Change change) {
  for (auto problem : {random_case(70, 9, 2, 1201), random_case(14, 37, 2, 1202)}) {
    change(problem);
    check_fit<double>(problem);
    check_fit<float>(problem);
  }
}

void some_factors(RidgeCase& problem) {
  problem.factors = random_weights(problem.x.cols, 1203);
  problem.factors[0] = 0.0;
  problem.factors[3] = inf;
  problem.factors[7] = 0.0;
}

void a_prior(RidgeCase& problem) { problem.prior = random_values(2 * problem.x.cols, 1204); }

void weights(RidgeCase& problem) {
  problem.weight = random_weights(problem.x.rows, 1205);
  problem.weight[2] = 0.0;
}

}  // namespace

TEST(ridge_options, weights) { check_everywhere(weights); }

TEST(ridge_options, factors_with_zero_and_infinity) {
  for (const double alpha : {1e-3, 1.0, 1e6, inf}) {
    check_everywhere([&](RidgeCase& problem) {
      some_factors(problem);
      problem.alpha = {alpha};
    });
  }
}

TEST(ridge_options, an_infinite_factor_pins_without_alpha) {
  check_everywhere([](RidgeCase& problem) {
    problem.factors.assign(problem.x.cols, inf);
    problem.factors[1] = problem.factors[2] = 1.0;
    problem.alpha = {0.0};
    a_prior(problem);
  });
}

TEST(ridge_options, everything_pinned) {
  check_everywhere([](RidgeCase& problem) {
    problem.factors.assign(problem.x.cols, inf);
    a_prior(problem);
  });
}

TEST(ridge_options, prior_mean) {
  check_everywhere(a_prior);
  check_everywhere([](RidgeCase& problem) {
    a_prior(problem);
    some_factors(problem);
    problem.alpha = {20.0};
  });
  check_everywhere([](RidgeCase& problem) {
    a_prior(problem);
    problem.alpha = {inf};
  });
}

TEST(ridge_options, penalised_intercept) {
  for (const double alpha : {0.0, 1e-2, 3.0, 1e4, inf}) {
    check_everywhere([&](RidgeCase& problem) {
      problem.penalize_intercept = true;
      problem.alpha = {alpha};
      if (problem.x.cols > problem.x.rows && alpha == 0.0) problem.alpha = {1.0};
      for (double& v : problem.y.values) v += 5.0;
    });
  }
}

TEST(ridge_options, penalised_intercept_with_means_far_from_zero) {
  check_everywhere([](RidgeCase& problem) {
    problem.penalize_intercept = true;
    for (double& v : problem.x.values) v += 8.0;
    for (double& v : problem.y.values) v += 100.0;
  });
}

TEST(ridge_options, penalised_intercept_with_weights) {
  check_everywhere([](RidgeCase& problem) {
    problem.penalize_intercept = true;
    weights(problem);
    problem.alpha = {20.0};
    for (double& v : problem.x.values) v += 2.0;
    for (double& v : problem.y.values) v += 5.0;
  });
}

TEST(ridge_options, all_at_once) {
  for (const bool intercept : {true, false}) {
    for (const bool penalised : {true, false}) {
      check_everywhere([&](RidgeCase& problem) {
        weights(problem);
        some_factors(problem);
        a_prior(problem);
        problem.alpha = {0.3, 30.0};
        problem.fit_intercept = intercept;
        problem.penalize_intercept = penalised && intercept;
      });
    }
  }
}

TEST(ridge_options, a_weight_of_two_is_the_row_twice_and_zero_leaves_it_out) {
  auto problem = random_case(30, 5, 1, 1206);
  auto repeated = problem;
  problem.weight.assign(30, 1.0);
  problem.weight[4] = 2.0;
  problem.weight[29] = 0.0;
  std::copy_n(problem.x.row(4), 5, &repeated.x(29, 0));
  repeated.y(29, 0) = problem.y(4, 0);
  check_same_fit(solve<double>(problem), solve<double>(repeated), 1e-13);
}

TEST(ridge_options, a_row_of_weight_zero_may_hold_anything_finite) {
  for (auto problem : {random_case(400, 5, 1, 1207), random_case(20, 45, 1, 1208)}) {
    problem.weight.assign(problem.x.rows, 1.0);
    problem.weight[0] = 0.0;
    const auto wanted = solve<double>(problem);
    for (Index j = 0; j < problem.x.cols; ++j) problem.x(0, j) = 1e12;
    problem.y(0, 0) = -1e12;
    check_same_fit(solve<double>(problem), wanted, 1e-11);
  }
}

TEST(ridge_options, weights_of_any_scale_with_alpha_alike) {
  for (const double scale : {0x1p-900, 0x1p900}) {
    for (auto problem : {random_case(40, 5, 1, 1209), random_case(10, 45, 1, 1210)}) {
      problem.weight = random_weights(problem.x.rows, 1211);
      const auto wanted = solve<double>(problem);
      for (double& w : problem.weight) w *= scale;
      problem.alpha[0] *= scale;
      check_same_fit(solve<double>(problem), wanted, 1e-12);
    }
  }
}

TEST(ridge_options, many_large_tall_samples_in_float) {
  auto problem = random_case(3000, 30, 2, 1212);
  weights(problem);
  problem.penalize_intercept = true;
  problem.alpha = {500.0};
  for (double& v : problem.y.values) v += 3.0;
  check_fit<float>(problem);
}

}  // namespace elltwo::test
