#include <algorithm>
#include <cmath>

#include "check.hpp"
#include "support/face_problems.hpp"

namespace elltwo::test {
namespace {

struct Reached {
  int exchanges = 0;
  int monotone_rounds = 0;
  int steps = 0;
  int left_out = 0;
  int most_rounds = 0;
};

/// Solves a path of each of `n` problems, alphas falling by `ratio`, to the optimality conditions.
Reached solve_family(Family family, const FaceTraits& traits, int n, double ratio,
                     double last = 1e-3) {
  Random random(static_cast<std::uint64_t>(1000.0 * ratio) + static_cast<std::uint64_t>(family));
  Reached reached;
  double worst = 0.0;
  for (int i = 0; i < n; ++i) {
    FaceTraits mixed = traits;
    if (i % 3 == 2 && traits.l1_ratio == 1.0) mixed.l1_ratio = 0.5;
    const FaceProblem problem = random_face_problem(random, family, mixed);
    const Slots slots = problem.slots();
    Monitor monitor;
    FaceSolver solver(slots, monitor);
    const double top = largest_alpha(slots);
    const double unit = top * mixed.l1_ratio / std::sqrt(slots.gram(0, 0));
    for (double alpha = top * ratio; alpha > top * last; alpha *= ratio) {
      const FaceReport report = solver.solve(alpha, 1e-11);
      CHECK(report.converged);
      worst = std::max(worst, worst_violation(slots, solver, alpha) / unit);
      reached.exchanges += report.exchanges;
      reached.monotone_rounds += report.monotone_rounds;
      reached.steps += report.steps;
      reached.left_out += report.left_out;
      reached.most_rounds = std::max(reached.most_rounds, report.rounds);
    }
  }
  CHECK_CLOSE(worst, 0.0, 1e-9);
  return reached;
}

}  // namespace

TEST(face_solver, solves_paths_of_every_family) {
  for (const Family family : families) {
    const Case which(name_of(family));
    const Reached near = solve_family(family, {}, 60, 0.93);
    CHECK(near.most_rounds <= 20);
    const Reached far = solve_family(family, {}, 120, 0.3);
    CHECK(far.steps > 0);
    if (family == Family::wide) CHECK(far.exchanges > 0);
    if (family == Family::wide) CHECK(far.monotone_rounds > 0);
  }
}

TEST(face_solver, solves_paths_with_factors_bounds_and_columns_that_are_not_penalised) {
  for (const Family family : families) {
    const Case which(name_of(family));
    solve_family(family, {.factors = true}, 40, 0.8);
    solve_family(family, {.bounds = true}, 40, 0.8);
    const Reached unpenalised = solve_family(family, {.unpenalised = true}, 60, 0.8);
    if (family == Family::duplicates) CHECK(unpenalised.left_out > 0);
    const FaceTraits all{.factors = true, .unpenalised = true, .bounds = true};
    const Reached far = solve_family(family, all, 200, 0.3);
    if (family == Family::wide) CHECK(far.monotone_rounds > 0);
  }
}

TEST(face_solver, solves_paths_with_almost_no_square_penalty) {
  for (const double l1_ratio : {0.9, 0.999, 0.99999}) {
    for (const Family family : {Family::wide, Family::duplicates}) {
      const Case which(name_of(family), l1_ratio);
      solve_family(family, {.l1_ratio = l1_ratio}, 30, 0.8, 1e-6);
    }
  }
}

}  // namespace elltwo::test
