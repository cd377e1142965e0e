#include <algorithm>
#include <cmath>

#include "check.hpp"
#include "solvers/logistic/early_descent.hpp"
#include "solvers/logistic/kernel_hessian.hpp"
#include "support/data.hpp"

namespace elltwo::test {
namespace {

/// Two classes, one feature pinned by its factor and one row without weight.
struct Rows {
  Index n, p;
  std::vector<double> x = random_values(n * p, 611), weight = std::vector<double>(n, 1.5),
                      factor = std::vector<double>(p, 2.0);
  std::vector<std::int32_t> label = std::vector<std::int32_t>(n);

  Rows(Index rows, Index features) : n(rows), p(features) {
    for (Index i = 0; i < n; ++i) label[i] = x[i * p] + x[i * p + 1] > 0.3 * x[i * p + 2] ? 1 : 0;
    weight[2] = 0.0;
    weight[3] = 0.5;
    factor[1] = infinity;
    factor[4] = 0.5;
  }

  LogisticData<double> data() const {
    return {.x = row_major(x.data(), n, p),
            .label = label,
            .penalty_factors = factor,
            .sample_weight = weight};
  }
};

/// |H M^-1 g - g| over |g|, with the exact Hessian H of the objective.
double solution_error(const LogisticObjective<double>& objective, const LogisticPoint& at,
                      const LogisticMetric& metric) {
  Buffer<double> step(at.slope.size()), back;
  metric.solve(at.slope.data(), step.data());
  objective.hessian_product(at, step.data(), back);
  double off = 0.0, size = 0.0;
  for (Index j = 0; j < back.size(); ++j) {
    off = std::max(off, std::abs(back[j] - at.slope[j]));
    size = std::max(size, std::abs(at.slope[j]));
  }
  return off / size;
}

LogisticPoint some_point(const LogisticProblem<double>& problem,
                         const LogisticObjective<double>& objective) {
  auto at = objective.new_point();
  const auto theta = random_values(at.theta.size(), 612);
  for (Index j = 0; j < at.theta.size(); ++j) {
    const bool held = j < problem.n_features() && !problem.moves(j);
    at.theta[j] = held ? 0.0 : 0.2 * theta[j];
  }
  objective.evaluate(at);
  return at;
}

}  // namespace

TEST(kernel_hessian, solves_with_the_hessian) {
  for (const bool fit_intercept : {false, true}) {
    for (const Index p : {30, 45, 90}) {
      const Rows rows(40, p);
      const auto data = rows.data();
      const LogisticOptions options{.fit_intercept = fit_intercept};
      Monitor monitor;
      LogisticProblem<double> problem(data, options, monitor);
      problem.prepare();
      // The second alpha needs double precision.
      for (const double alpha : {0.7, 1e-7}) {
        problem.set_alpha(alpha);
        const LogisticObjective<double> objective(problem, problem.rows());
        const RoundedRows rounded(problem);
        const auto at = some_point(problem, objective);
        KernelHessian<double> metric(problem, rounded);
        metric.refresh(at, problem.rows());
        CHECK(solution_error(objective, at, metric) < 1e-3);
        CHECK(metric.rcond() > 0.0 && metric.rcond() <= 1.0);
        CHECK_EQUAL(metric.rank(), p - 1 + (fit_intercept ? 1 : 0));
      }
    }
  }
}

TEST(kernel_hessian, follows_the_penalty) {
  const Rows rows(40, 60);
  const auto data = rows.data();
  const LogisticOptions options{};
  Monitor monitor;
  LogisticProblem<double> problem(data, options, monitor);
  problem.prepare();
  problem.set_alpha(1.0);
  const LogisticObjective<double> objective(problem, problem.rows());
  const RoundedRows rounded(problem);
  auto at = some_point(problem, objective);
  KernelHessian<double> metric(problem, rounded);
  metric.refresh(at, problem.rows());
  problem.set_alpha(30.0);
  objective.penalise(at);
  metric.change_penalty();
  CHECK(solution_error(objective, at, metric) < 1e-4);
}

TEST(early_descent, reaches_the_tolerance_or_says_that_it_has_not) {
  const Rows rows(60, 50);
  const auto data = rows.data();
  const LogisticOptions options{};
  Monitor monitor;
  LogisticProblem<double> problem(data, options, monitor);
  problem.prepare();
  problem.set_alpha(1.0);
  const LogisticObjective<double> objective(problem, problem.rows());
  const RoundedRows rounded(problem);
  for (const double tol : {1e-3, 1e-10}) {
    for (const double hessian_cost : {1.0, 1e6}) {
      EarlyDescent<double> early(objective, rounded, hessian_cost);
      auto at = objective.new_point();
      const auto origin = problem.origin();
      std::copy(origin.begin(), origin.end(), at.theta.begin());
      LogisticInfo info;
      const bool reached = early.run({.tol = tol, .max_iter = 500}, at, info);
      CHECK_EQUAL(reached, objective.optimality(at) <= tol);
      // Ten steps are made in any case, and reach the larger tolerance.
      CHECK_EQUAL(reached, hessian_cost > 10.0 || tol > 1e-10);
      CHECK(reached || info.n_iter == 0);
      CHECK(early.rcond() > 0.0 && early.rcond() <= 1.0);
    }
  }
}

}  // namespace elltwo::test
