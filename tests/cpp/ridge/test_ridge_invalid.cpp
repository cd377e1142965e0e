#include <algorithm>
#include <stdexcept>

#include "check.hpp"
#include "elltwo/cross_validation.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

constexpr double untouched = 77.0;

/// Valid arguments, of which tests change one at a time.
template <Real T>
struct Arguments {
  RidgeCase problem;
  Matrix<T> x;
  RidgeOptions options;
  Index x_rows, x_cols, y_rows, y_cols;

  Arguments(Index n, Index p)
      : problem(random_case(n, p, 2, 1301)),
        x(converted<T>(problem.x)),
        options(problem.options()),
        x_rows(n),
        x_cols(p),
        y_rows(n),
        y_cols(2) {}

  RidgeData<T> data() const {
    return {.x = {x.values.data(), x_rows, x_cols, x.cols, 1},
            .y = {problem.y.values.data(), y_rows, y_cols, 2, 1},
            .alpha = problem.alpha,
            .penalty_factors = problem.factors,
            .prior_mean = problem.prior,
            .sample_weight = problem.weight};
  }
};

/// Fails unless ridge throws before it writes anything, and names the argument.
template <Real T>
void check_rejected(const Arguments<T>& arguments, const std::string& message) {
  const Case which(arguments.x_rows, 'x', arguments.x_cols, '"' + message + '"');
  std::vector<double> coef((2 * arguments.x.cols), untouched);
  std::vector<double> intercept(2, untouched);
  const auto data = arguments.data();
  Monitor monitor;
  CHECK_THROWS(std::invalid_argument, message,
               ridge(data, arguments.options, monitor, coef, intercept));
  CHECK(std::ranges::all_of(coef, [](double v) { return v == untouched; }));
  CHECK(std::ranges::all_of(intercept, [](double v) { return v == untouched; }));
}

/// spoil(arguments) must make tall and wide problems in both types throw `message`.
template <class Spoil>
void check_rejected_everywhere(const std::string& message, Spoil spoil) {
  const auto check = [&](auto arguments) {
    spoil(arguments);
    check_rejected(arguments, message);
  };
  check(Arguments<double>(40, 6));
  check(Arguments<double>(6, 40));
  check(Arguments<float>(40, 6));
  check(Arguments<float>(6, 40));
}

}  // namespace

TEST(ridge_invalid, shapes) {
  check_rejected_everywhere("X must have at least one row",
                            [](auto& a) { a.x_rows = a.y_rows = 0; });
  check_rejected_everywhere("one column", [](auto& a) { a.x_cols = 0; });
  check_rejected_everywhere("y must have one row per row of X", [](auto& a) { a.y_rows = 5; });
  check_rejected_everywhere("y must", [](auto& a) { a.y_cols = 0; });
  check_rejected_everywhere("alpha must have 2 values, got 3",
                            [](auto& a) { a.problem.alpha = {1, 2, 3}; });
  check_rejected_everywhere("alpha", [](auto& a) { a.problem.alpha = {}; });
  check_rejected_everywhere("penalty_factors must have",
                            [](auto& a) { a.problem.factors = {1.0}; });
  check_rejected_everywhere("prior_mean must have", [](auto& a) { a.problem.prior = {1.0}; });
  check_rejected_everywhere("sample_weight must have", [](auto& a) { a.problem.weight = {1.0}; });
}

TEST(ridge_invalid, alpha) {
  check_rejected_everywhere("alpha must be in [0, inf], got -1",
                            [](auto& a) { a.problem.alpha = {-1.0}; });
  check_rejected_everywhere("alpha", [](auto& a) { a.problem.alpha = {nan}; });
  check_rejected_everywhere("at position 1", [](auto& a) { a.problem.alpha = {1.0, -inf}; });
}

TEST(ridge_invalid, penalty_factors) {
  for (const double bad : {-0.5, nan, -inf}) {
    check_rejected_everywhere("penalty_factors must be in [0, inf]", [&](auto& a) {
      a.problem.factors.assign(a.x_cols, 1.0);
      a.problem.factors.back() = bad;
    });
  }
}

TEST(ridge_invalid, prior_mean) {
  for (const double bad : {inf, -inf, nan}) {
    check_rejected_everywhere("prior_mean must be finite", [&](auto& a) {
      a.problem.prior.assign((2 * a.x_cols), 0.0);
      a.problem.prior[1] = bad;
    });
  }
}

TEST(ridge_invalid, sample_weight) {
  const auto check = [](const std::string& message, double first, double rest) {
    check_rejected_everywhere(message, [&](auto& a) {
      a.problem.weight.assign(a.x_rows, rest);
      a.problem.weight[0] = first;
    });
  };
  check("sample_weight must be in [0, inf), got -1 at position 0", -1.0, 1.0);
  check("sample_weight contains NaN at row 0", nan, 1.0);
  check("sample_weight contains infinity at row 0", inf, 1.0);
  check("sample_weight must not be all zero", 0.0, 0.0);
}

TEST(ridge_invalid, options) {
  for (const double bad : {-1e-3, nan, inf}) {
    check_rejected_everywhere("tol must be", [&](auto& a) { a.options.tol = bad; });
  }
  check_rejected_everywhere("max_iter must be >= 0, got -1",
                            [](auto& a) { a.options.max_iter = -1; });
  check_rejected_everywhere("n_threads must be", [](auto& a) { a.options.n_threads = -2; });
}

TEST(ridge_invalid, data_that_are_not_finite_whatever_the_penalty) {
  for (const double alpha : {0.0, 1.0, inf}) {
    for (const auto solver : {SolverChoice::automatic, SolverChoice::cholesky, SolverChoice::svd}) {
      for (const bool intercept : {true, false}) {
        const auto check = [&](const std::string& message, auto spoil) {
          check_rejected_everywhere(message, [&](auto& a) {
            a.problem.alpha = {alpha};
            a.options.solver = solver;
            a.options.fit_intercept = intercept;
            spoil(a);
          });
        };
        check("X contains NaN at row 3, column 2",
              [](auto& a) { a.x(3, 2) = std::numeric_limits<float>::quiet_NaN(); });
        check("X contains infinity at row 0, column 5",
              [](auto& a) { a.x(0, 5) = -std::numeric_limits<float>::infinity(); });
        check("y contains NaN at row 5, column 1", [](auto& a) { a.problem.y(5, 1) = nan; });
        check("y contains infinity at row 0, column 0", [](auto& a) { a.problem.y(0, 0) = inf; });
      }
    }
  }
}

TEST(ridge_invalid, data_that_are_not_finite_though_nothing_looks_at_them) {
  check_rejected_everywhere("X contains NaN at row 2", [](auto& a) {
    a.problem.weight.assign(a.x_rows, 1.0);
    a.problem.weight[2] = 0.0;
    a.x(2, 0) = std::numeric_limits<float>::quiet_NaN();
  });
  check_rejected_everywhere("X contains NaN at row 2", [](auto& a) {
    a.problem.factors.assign(a.x_cols, 1.0);
    a.problem.factors[1] = inf;
    a.x(2, 1) = std::numeric_limits<float>::quiet_NaN();
  });
  check_rejected_everywhere("X contains infinity at row 2", [](auto& a) {
    a.problem.factors.assign(a.x_cols, 1.0);
    a.problem.factors[1] = 0.0;
    a.x(2, 1) = std::numeric_limits<float>::infinity();
  });
}

namespace {

void check_folds_rejected(const RidgeCase& problem, const std::string& message,
                          const std::vector<std::int32_t>& fold, Index n_folds,
                          const std::vector<double>& alphas) {
  const RidgeData<double> data{.x = problem.x.view(),
                               .y = problem.y.view(),
                               .alpha = {},
                               .penalty_factors = {},
                               .prior_mean = {},
                               .sample_weight = problem.weight};
  std::vector<double> sse(100), weight(20);
  std::vector<double> train(n_folds * n_folds, 1.0), test(n_folds * n_folds, 0.0);
  for (Index f = 0; f < n_folds; ++f) std::swap(train[f * n_folds + f], test[f * n_folds + f]);
  const Splits splits{.group = fold, .n_groups = n_folds, .train = train, .test = test};
  const auto options = problem.options();
  Monitor monitor;
  CHECK_THROWS(std::invalid_argument, message,
               RidgeSplits<double>(data, splits, options, monitor).score(alphas, sse, weight));
}

}  // namespace

TEST(ridge_invalid, folds) {
  auto problem = random_case(10, 3, 1, 1302);
  const std::vector<std::int32_t> fold{0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  check_folds_rejected(problem, "a group for each of the 10 rows of X", {0, 1}, 2, {1.0});
  check_folds_rejected(problem, "alphas must be in [0, inf], got -2", fold, 2, {1.0, -2.0});
  for (const std::int32_t bad : {-1, 2}) {
    auto wrong = fold;
    wrong[9] = bad;
    check_folds_rejected(problem, "group must be in [0, 2), got " + std::to_string(bad), wrong, 2,
                         {1.0});
  }
  problem.weight.assign(10, 1.0);
  for (std::size_t i = 1; i < 10; i += 2) problem.weight[i] = 0.0;
  check_folds_rejected(problem, "sample_weight must not be all zero on a", fold, 2, {1.0});
}

TEST(ridge_invalid, folds_of_data_that_are_not_finite) {
  const std::vector<std::int32_t> fold{0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  for (const Index p : {3, 30}) {
    auto problem = random_case(10, p, 1, 1303);
    problem.x(4, 1) = nan;
    check_folds_rejected(problem, "X contains NaN at row 4, column 1", fold, 2, {1.0});
    problem = random_case(10, p, 1, 1304);
    problem.y(7, 0) = -inf;
    check_folds_rejected(problem, "y contains infinity at row 7", fold, 2, {1.0});
  }
}

}  // namespace elltwo::test
