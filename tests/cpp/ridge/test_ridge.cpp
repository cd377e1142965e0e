#include <algorithm>

#include "check.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

template <Real T>
constexpr double tolerance = std::same_as<T, float> ? 1e-10 : 1e-12;

/// Fits, compares with the reference and checks the diagnostics of the fit.
template <Real T>
SolveInfo check_fit(const RidgeCase& problem, SolverChoice solver = SolverChoice::automatic) {
  auto options = problem.options();
  options.solver = solver;
  const Case which(problem.x.rows, 'x', problem.x.cols, 'x', problem.y.cols,
                   std::same_as<T, float> ? "float" : "double", "alpha", problem.alpha[0], "solver",
                   static_cast<int>(solver));
  const auto got = solve<T>(problem, options);
  check_same_fit(got, reference_ridge(problem), tolerance<T>);
  CHECK_EQUAL(got.info.status, Status::converged);
  CHECK(got.info.optimality <= got.info.tolerance);
  CHECK_EQUAL(got.info.tolerance, options.tol);
  CHECK(got.info.rcond > 0.0 && got.info.rcond <= 1.0 + 4.0 * eps);
  CHECK(got.info.n_iter >= 0 && got.info.n_iter <= options.max_iter);
  CHECK(got.info.n_threads >= 1);
  CHECK(std::string(got.info.reason) != "");
  return got.info;
}

template <Real T>
void check_shapes(const std::vector<std::pair<Index, Index>>& shapes, Solver solver) {
  for (const auto& [n, p] : shapes) {
    for (const Index n_targets : {1, 3}) {
      auto problem = random_case(n, p, n_targets, 1001);
      for (const bool intercept : {true, false}) {
        problem.fit_intercept = intercept;
        CHECK_EQUAL(check_fit<T>(problem).solver, solver);
      }
    }
  }
}

constexpr SolverChoice solvers[] = {SolverChoice::automatic, SolverChoice::cholesky,
                                    SolverChoice::svd};

}  // namespace

TEST(ridge, tall_shapes) {
  const std::vector<std::pair<Index, Index>> shapes{{2, 1},   {5, 3},    {8, 8},    {60, 7},
                                                    {64, 64}, {130, 33}, {700, 20}, {2000, 12}};
  check_shapes<double>(shapes, Solver::cholesky);
  check_shapes<float>(shapes, Solver::cholesky);
}

TEST(ridge, wide_shapes) {
  const std::vector<std::pair<Index, Index>> shapes{{1, 2}, {2, 9}, {8, 9}, {20, 70}, {33, 120}};
  check_shapes<double>(shapes, Solver::dual_cholesky);
  check_shapes<float>(shapes, Solver::dual_cholesky);
}

TEST(ridge, any_alpha_by_any_solver) {
  for (const double alpha : {1e-6, 1e-2, 1.0, 1e3, 1e9}) {
    for (const auto solver : solvers) {
      for (auto problem : {random_case(90, 11, 2, 1002), random_case(15, 40, 2, 1003)}) {
        problem.alpha = {alpha};
        check_fit<double>(problem, solver);
        check_fit<float>(problem, solver);
      }
    }
  }
}

TEST(ridge, least_squares_without_a_penalty) {
  auto problem = random_case(200, 13, 2, 1004);
  problem.alpha = {0.0};
  for (const auto solver : solvers) {
    CHECK_EQUAL(check_fit<double>(problem, solver).rank, 13);
    CHECK_EQUAL(check_fit<float>(problem, solver).rank, 13);
  }
}

TEST(ridge, an_alpha_per_target) {
  for (auto problem : {random_case(90, 11, 5, 1005), random_case(15, 40, 5, 1006)}) {
    problem.alpha = {1.0, 100.0, inf, 1.0, 1e-3};
    check_fit<double>(problem);
    check_fit<float>(problem);
  }
}

TEST(ridge, infinite_alpha_leaves_the_intercept) {
  for (auto problem : {random_case(50, 4, 2, 1007), random_case(4, 50, 2, 1008)}) {
    problem.alpha = {inf};
    check_fit<double>(problem);
    problem.fit_intercept = false;
    check_fit<double>(problem);
  }
}

TEST(ridge, a_mean_of_a_million_costs_no_digits) {
  for (auto problem : {random_case(400, 9, 2, 1009), random_case(9, 40, 2, 1010)}) {
    auto wanted = reference_ridge(problem);
    for (double& v : problem.x.values) v += 1e6;  // exact
    const auto got = solve<double>(problem);
    for (Index t = 0; t < 2; ++t) {
      for (Index j = 0; j < problem.x.cols; ++j) wanted.intercept[t] -= 1e6 * wanted.coef(t, j);
    }
    check_same_fit(got, wanted, 1e-12);
  }
}

TEST(ridge, ill_conditioned_features_keep_the_digits_of_an_orthogonal_method) {
  auto problem = random_case(300, 8, 1, 1011);
  problem.alpha = {0.0};
  for (Index i = 0; i < 300; ++i) problem.x(i, 1) = problem.x(i, 0) + 0x1p-22 * problem.x(i, 1);
  const auto wanted = reference_ridge(problem);
  for (const auto solver : solvers) {
    auto options = problem.options();
    options.solver = solver;
    const auto got = solve<double>(problem, options);
    CHECK_EQUAL(got.info.status, Status::converged);
    check_same_fit(got, wanted, 1e-8);  // condition number 1e7; normal equations alone leave 1e-2
  }
}

TEST(ridge, many_targets_of_ill_conditioned_features_need_no_correction) {
  for (const double size : {0x1p-6, 0x1p-9}) {  // the second needs one
    auto problem = random_case(400, 8, 120, 1012);
    problem.alpha = {1e-9};
    problem.weight.assign(400, 0.5);
    problem.weight[3] = 2.0;
    for (Index i = 0; i < 400; ++i) problem.x(i, 1) = problem.x(i, 0) + size * problem.x(i, 1);
    for (const bool intercept : {true, false}) {
      problem.fit_intercept = intercept;
      const auto got = solve<double>(problem);
      CHECK_EQUAL(got.info.n_iter, size == 0x1p-6 ? 0 : 1);
      CHECK(got.info.rcond < 1e-4);
      CHECK(got.info.optimality <= 1e-13);
      check_same_fit(got, reference_ridge(problem), 1e-11);
    }
  }
}

TEST(ridge, layout_does_not_matter) {
  for (const auto& problem : {random_case(120, 19, 2, 1012), random_case(19, 120, 2, 1013)}) {
    const auto wanted = solve<double>(problem);
    for (const auto& layout : layouts) {
      const Case which(layout.name);
      const auto x = lay_out<double>(layout, problem.x);
      const auto y = lay_out<double>(layout, problem.y);
      auto got = wanted;
      const RidgeData<double> data{.x = x.view,
                                   .y = y.view,
                                   .alpha = problem.alpha,
                                   .penalty_factors = {},
                                   .prior_mean = {},
                                   .sample_weight = {}};
      Monitor monitor;
      ridge(data, problem.options(), monitor, got.coef.values, got.intercept);
      check_same_fit(got, wanted, 1e-13);
    }
  }
}

TEST(ridge, bits_do_not_depend_on_threads) {
  for (auto problem : {random_case(20000, 40, 3, 1014), random_case(300, 600, 3, 1015),
                       random_case(1000, 330, 1, 1016)}) {
    for (const auto solver : {SolverChoice::automatic, SolverChoice::svd}) {
      auto options = problem.options();
      options.solver = solver;
      options.n_threads = 1;
      const auto alone = solve<double>(problem, options);
      CHECK_EQUAL(alone.info.n_threads, 1);
      for (const int n_threads : {2, 3, 5}) {
        options.n_threads = n_threads;
        const auto got = solve<double>(problem, options);
        CHECK(same_bits(got.coef.values, alone.coef.values));
        CHECK(same_bits(got.intercept, alone.intercept));
      }
    }
  }
}

TEST(ridge, huge_and_tiny_data) {
  for (const int power : {-400, 400}) {
    for (auto problem : {random_case(60, 5, 1, 1017), random_case(5, 60, 1, 1018)}) {
      auto wanted = reference_ridge(problem);
      for (double& v : problem.x.values) v = std::ldexp(v, power);
      problem.alpha = {std::ldexp(problem.alpha[0], 2 * power)};
      for (double& b : wanted.coef.values) b = std::ldexp(b, -power);
      const auto got = solve<double>(problem);
      CHECK_CLOSE(relative_error(got.coef.values, wanted.coef.values), 0.0, 1e-12);
      CHECK_CLOSE(relative_error(got.intercept, wanted.intercept), 0.0, 1e-11);
    }
  }
}

TEST(ridge, no_correction_is_made_beyond_max_iter) {
  auto problem = random_case(100, 6, 1, 1019);
  for (Index i = 0; i < 100; ++i) problem.x(i, 1) = problem.x(i, 0) + 1e-3 * problem.x(i, 1);
  auto options = problem.options();
  for (const int max_iter : {0, 1, 2}) {
    options.max_iter = max_iter;
    CHECK(solve<double>(problem, options).info.n_iter <= max_iter);
    CHECK(solve<float>(problem, options).info.n_iter <= max_iter);
  }
}

TEST(ridge, an_unreachable_tolerance_is_told) {
  const auto problem = random_case(100, 6, 1, 1020);
  auto options = problem.options();
  options.tol = 0.0;
  const auto info = solve<double>(problem, options).info;
  CHECK_EQUAL(info.status == Status::converged, info.optimality == 0.0);
  CHECK(info.optimality < 1e-14);
}

}  // namespace elltwo::test
