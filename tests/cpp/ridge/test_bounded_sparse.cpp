#include <cmath>

#include "check.hpp"
#include "elltwo/bounded.hpp"
#include "solvers/coordinate/sparse_quadratic.hpp"
#include "support/sparse_data.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

struct SparseProblem {
  Matrix<double> dense;
  Compressed<double, std::int32_t> x;
  Matrix<double> y;
  std::vector<double> weight;
  std::vector<double> prior;
  double alpha = 0.3;

  SparseProblem(Index n, Index p, std::uint64_t seed)
      : dense(thin_matrix(n, p, 4, seed)),
        x(dense, true),
        y(random_matrix(n, 1, seed + 1)),
        weight(random_weights(n, seed + 2)),
        prior(random_values(p, seed + 3)) {
    weight[3] = 0.0;
  }

  RidgeData<double> data() const {
    return {.x = {nullptr, x.rows, x.cols, 0, 0},
            .y = y.view(),
            .alpha = {&alpha, 1},
            .penalty_factors = {},
            .prior_mean = prior,
            .sample_weight = weight};
  }
};

}  // namespace

TEST(bounded_sparse, moves_change_the_gradient_as_the_data_do) {
  for (const bool intercept : {false, true}) {
    for (const bool penalised : {false, intercept}) {
      const Case which("intercept", intercept, "penalised", penalised);
      const SparseProblem problem(60, 20, 2110);
      const auto data = problem.data();
      const RidgeOptions options{.fit_intercept = intercept, .penalize_intercept = penalised};
      Monitor monitor;
      SparseQuadratic<double> quadratic(checked_rows(problem.x.view(), 1), data, options, monitor);
      quadratic.begin({problem.alpha, {0}}, random_values(20, 2111));
      const double start = quadratic.slope(5);
      for (Index j = 0; j < 20; j += 3) quadratic.move(j, 0.5 - 0.1 * static_cast<double>(j));
      CHECK(std::abs(quadratic.slope(5) - start) > 1e-3);
      std::vector<double> moved;
      for (Index j = 0; j < 20; ++j) moved.push_back(quadratic.slope(j));
      quadratic.refresh();
      for (Index j = 0; j < 20; ++j) CHECK_CLOSE(quadratic.slope(j), moved[j], 1e-12);
      // A step of slope over curvature takes the slope away.
      quadratic.move(7, quadratic.slope(7) / quadratic.curvature(7));
      CHECK_CLOSE(quadratic.slope(7), 0.0, 1e-12);
      quadratic.refresh();
      CHECK_CLOSE(quadratic.slope(7), 0.0, 1e-12);
    }
  }
}

TEST(bounded_sparse, stops_when_asked_to) {
  const SparseProblem problem(400, 80, 2120);
  const std::vector<double> lower(80, 0.0);
  for (const auto solver : {SolverChoice::automatic, SolverChoice::cg}) {
    for (int at = 1; at <= 2; ++at) {
      StopAt stop{.at = at};
      auto monitor = stop.impatient_monitor();
      const RidgeOptions options{.solver = solver, .max_iter = 1000};
      std::vector<double> coef(80);
      double intercept = 0.0;
      const auto info = sparse_ridge_bounded(problem.x.view(), problem.data(), {lower, {}}, options,
                                             monitor, coef, {&intercept, 1});
      if (at == 1) CHECK_EQUAL(info.status, Status::interrupted);
      CHECK(!stop.polled_elsewhere);
    }
  }
}

}  // namespace elltwo::test
