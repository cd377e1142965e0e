#include <algorithm>
#include <cmath>
#include <numeric>

#include "check.hpp"
#include "model/duality_gap.hpp"
#include "parallel/interruption.hpp"
#include "solvers/active_set/face_solver.hpp"
#include "support/face_problems.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

/// G = I and this c.
Slots orthonormal(const std::vector<double>& c, const std::vector<SlotPenalty>& penalties) {
  Slots slots;
  slots.append(penalties);
  for (Index s = 0; s < slots.size(); ++s) {
    std::fill_n(slots.gram(s), slots.size(), 0.0);
    slots.gram(s)[s] = 1.0;
    slots.c(s) = c[s];
  }
  return slots;
}

FaceProblem problem_of(std::uint64_t seed, Family family, double l1_ratio) {
  Random random(seed);
  return random_face_problem(random, family, {.l1_ratio = l1_ratio});
}

/// In units of the largest gradient at zero.
double relative_violation(const Slots& slots, const FaceSolver& solver, double alpha) {
  double largest = 0.0;
  for (Index s = 0; s < slots.size(); ++s) {
    largest = std::max(largest, std::abs(slots.c(s)) / std::sqrt(slots.gram(s, s)));
  }
  return worst_violation(slots, solver, alpha) / largest;
}

}  // namespace

TEST(face_solver, soft_thresholds_orthonormal_columns) {
  const Slots slots =
      orthonormal({5.0, -3.0, 1.0, 0.5}, std::vector<SlotPenalty>(4, SlotPenalty{}));
  Monitor monitor;
  FaceSolver solver(slots, monitor);
  CHECK(solver.solve(1.0, 1e-12).converged);
  CHECK_EQUAL(solver.point()[0], 4.0);
  CHECK_EQUAL(solver.point()[1], -2.0);
  CHECK_EQUAL(solver.point()[2], 0.0);
  CHECK_EQUAL(solver.place(0), Place::plus);
  CHECK_EQUAL(solver.place(1), Place::minus);
  CHECK_EQUAL(solver.place(2), Place::zero);
  CHECK_EQUAL(solver.active().size(), std::size_t{2});
  CHECK_EQUAL(solver.slopes()[3], 0.5);
}

TEST(face_solver, stops_at_bounds_of_every_kind) {
  const std::vector<SlotPenalty> penalties = {
      {.lower = 0.0},                  // 5 - 1 = 4
      {.lower = 0.0},                  // -3: at the bound, which is zero
      {.lower = -1.0, .upper = 2.0},   // 5 - 1 = 4: at 2
      {.lower = -1.0, .upper = 2.0},   // -3 + 1 = -2: at -1
      {.lower = 0.5, .upper = 2.0},    // 0: at 0.5, the bound that is nearest
      {.lower = -2.0, .upper = -0.5},  // 5: at -0.5
      {.lower = 0.25, .upper = 0.25},
      {.l1 = 0.0, .upper = 2.0},  // not penalised: 1.5
      {.l1 = 0.0, .upper = 2.0},  // 3: at 2
      {.l1 = 0.0, .lower = 0.0},  // -3: at zero
  };
  const Slots slots = orthonormal({5.0, -3.0, 5.0, -3.0, 0.1, 5.0, 9.0, 1.5, 3.0, -3.0}, penalties);
  Monitor monitor;
  FaceSolver solver(slots, monitor);
  const FaceReport report = solver.solve(1.0, 1e-12);
  CHECK(report.converged);
  CHECK_EQUAL(report.residual, 0.0);
  const double wanted[] = {4.0, 0.0, 2.0, -1.0, 0.5, -0.5, 0.25, 1.5, 2.0, 0.0};
  for (Index s = 0; s < slots.size(); ++s) CHECK_EQUAL(solver.point()[s], wanted[s]);
  CHECK_EQUAL(solver.place(1), Place::zero);
  CHECK_EQUAL(solver.place(2), Place::upper);
  CHECK_EQUAL(solver.place(3), Place::lower);
  CHECK_EQUAL(solver.place(8), Place::upper);
  // Coefficients come back from their bounds.
  solver.solve(4.5, 1e-12);
  CHECK_EQUAL(solver.point()[2], 0.5);
  CHECK_EQUAL(solver.point()[3], 0.0);
}

TEST(face_solver, gives_a_coefficient_to_the_first_of_equal_columns) {
  for (const double sign : {1.0, -1.0}) {
    FaceProblem problem = problem_of(41, Family::autoregressive, 1.0);
    for (Index i = 0; i < problem.x.rows; ++i) problem.x(i, 4) = sign * problem.x(i, 1);
    const Slots slots = problem.slots();
    Monitor monitor;
    FaceSolver solver(slots, monitor);
    const double top = largest_alpha(slots);
    for (double alpha = top; alpha > 1e-3 * top; alpha *= 0.8) {
      CHECK(solver.solve(alpha, 1e-12).converged);
      CHECK_EQUAL(solver.point()[4], 0.0);
    }
    CHECK(solver.point()[1] != 0.0);
  }
}

TEST(face_solver, leaves_out_dependent_columns_that_are_not_penalised) {
  FaceProblem problem = problem_of(42, Family::autoregressive, 1.0);
  for (Index i = 0; i < problem.x.rows; ++i) problem.x(i, 3) = problem.x(i, 0) - problem.x(i, 1);
  for (const Index j : {0, 1, 3}) problem.penalties[j] = {.l1 = 0.0};
  const Slots slots = problem.slots();
  Monitor monitor;
  FaceSolver solver(slots, monitor);
  const double top = largest_alpha(slots);
  for (double alpha = top; alpha > 1e-3 * top; alpha *= 0.8) {
    const FaceReport report = solver.solve(alpha, 1e-12);
    CHECK(report.converged);
    CHECK_EQUAL(report.left_out, 1);
    CHECK_CLOSE(relative_violation(slots, solver, alpha), 0.0, 1e-11);
  }
  CHECK_EQUAL(solver.point()[3], 0.0);
}

TEST(face_solver, finds_the_same_point_whatever_the_order_of_alphas) {
  for (const double l1_ratio : {1.0, 0.5}) {
    const FaceProblem problem = problem_of(43, Family::equicorrelated, l1_ratio);
    const Slots slots = problem.slots();
    const double top = largest_alpha(slots);
    Monitor monitor;
    FaceSolver solver(slots, monitor);
    for (const double part : {0.01, 0.5, 2.0, 0.3, 0.3, 1e-4, 0.03, 1.0 + 1e-9, 0.2}) {
      const Case which(l1_ratio, part);
      CHECK(solver.solve(part * top, 1e-12).converged);
      FaceSolver alone(slots, monitor);
      alone.solve(part * top, 1e-12);
      CHECK_CLOSE(relative_error(solver.point(), alone.point()), 0.0, part < 1.0 ? 1e-8 : 0.0);
    }
  }
}

TEST(face_solver, follows_slots_that_come_and_go) {
  for (const double l1_ratio : {1.0, 0.5}) {
    const FaceProblem problem = problem_of(44, Family::wide, l1_ratio);
    const std::vector<double> weight(problem.y.size(), 1.0);
    const Index p = problem.x.cols;
    std::vector<Index> columns(3);
    std::iota(columns.begin(), columns.end(), Index{0});
    Slots slots = problem.slots(columns, weight);
    Monitor monitor;
    FaceSolver solver(slots, monitor);
    const double top = largest_alpha(problem.slots());
    double alpha = top;
    for (Index first = 3; first < p; first += 4) {
      alpha *= 0.85;
      std::vector<SlotPenalty> penalties;
      for (Index j = first; j < std::min(first + 4, p); ++j) {
        columns.push_back(j);
        penalties.push_back(problem.penalties[j]);
      }
      const Index before = slots.size();
      slots.append(penalties);
      fill_slots(slots, before, problem, columns, weight);
      solver.take_appended();
      CHECK(solver.solve(alpha, 1e-12).converged);
      CHECK_CLOSE(relative_violation(slots, solver, alpha), 0.0, 1e-11);
    }
    std::vector<Index> kept;
    for (Index s = 0; s < slots.size(); ++s) {
      if (solver.place(s) != Place::zero || s % 5 == 0) kept.push_back(s);
    }
    const std::vector<double> before = solver.point();
    slots.keep(kept);
    solver.take_kept(kept);
    CHECK(solver.solve(alpha, 1e-12).converged);
    CHECK_CLOSE(relative_violation(slots, solver, alpha), 0.0, 1e-11);
    for (std::size_t i = 0; i < kept.size(); ++i) {
      CHECK_CLOSE(solver.point()[i], before[kept[i]], 1e-9);
    }
  }
}

TEST(face_solver, follows_a_new_quadratic_and_a_new_point) {
  for (const Family family : {Family::autoregressive, Family::wide, Family::duplicates}) {
    const Case which(name_of(family));
    FaceProblem problem = problem_of(45, family, 0.9);
    std::vector<Index> columns(problem.penalties.size());
    std::iota(columns.begin(), columns.end(), Index{0});
    std::vector<double> weight(problem.y.size(), 1.0);
    Slots slots = problem.slots();
    Monitor monitor;
    FaceSolver solver(slots, monitor);
    Random random(46);
    const double alpha = 0.05 * largest_alpha(slots);
    const auto solve_and_check = [&] {
      CHECK(solver.solve(alpha, 1e-12).converged);
      CHECK_CLOSE(relative_violation(slots, solver, alpha), 0.0, 1e-11);
    };
    solve_and_check();
    for (int i = 0; i < 10; ++i) {
      for (double& w : weight) w = 1.1 + random.uniform();
      fill_slots(slots, 0, problem, columns, weight);
      solver.take_new_quadratic();
      solve_and_check();
      for (Index s = 0; s < slots.size(); ++s) slots.c(s) *= 1.0 + 0.3 * random.uniform();
      solver.take_new_linear_term();
      solve_and_check();
      std::vector<double> point(columns.size(), 0.0);
      for (double& value : point) value = random.below(3) == 0 ? 0.0 : bell(random);
      solver.set_point(point.data());
      solve_and_check();
    }
  }
}

TEST(face_solver, differentiates_the_path) {
  for (const double l1_ratio : {1.0, 0.5}) {
    const FaceProblem problem = problem_of(47, Family::autoregressive, l1_ratio);
    const Slots slots = problem.slots();
    Monitor monitor;
    FaceSolver solver(slots, monitor);
    const double alpha = 0.1 * largest_alpha(slots);
    const double step = 1e-5 * alpha;
    solver.solve(alpha - step, 1e-13);
    const std::vector<double> below = solver.point();
    solver.solve(alpha + step, 1e-13);
    const std::vector<double> above = solver.point();
    solver.solve(alpha, 1e-13);
    const std::vector<double> derivative = solver.derivative();
    const std::vector<Index>& active = solver.active();
    double largest = 0.0;
    for (const double value : derivative) largest = std::max(largest, std::abs(value));
    for (std::size_t a = 0; a < active.size(); ++a) {
      const double wanted = (above[active[a]] - below[active[a]]) / (2.0 * step);
      CHECK_CLOSE(derivative[a], wanted, 1e-6 * largest);
    }
  }
}

TEST(face_solver, leaves_gaps_of_rounding_along_a_path_and_takes_one_round_a_point) {
  for (const double l1_ratio : {1.0, 0.5}) {
    const FaceProblem problem = problem_of(49, Family::autoregressive, l1_ratio);
    const Slots slots = problem.slots();
    const Index p = slots.size();
    Monitor monitor;
    FaceSolver solver(slots, monitor);
    const double top = largest_alpha(slots);
    int points = 0;
    int rounds = 0;
    for (double alpha = top * 0.93; alpha > 1e-3 * top; alpha *= 0.93, ++points) {
      rounds += solver.solve(alpha, 1e-11).rounds;
      const std::vector<double> l1(p, alpha * l1_ratio), l2(p, alpha * (1.0 - l1_ratio));
      double rss = 0.0;
      for (Index i = 0; i < problem.x.rows; ++i) {
        double r = problem.y[i];
        for (Index j = 0; j < p; ++j) r -= problem.x(i, j) * solver.point()[j];
        rss += r * r;
      }
      const ElasticNetTerms terms{.l1 = l1, .l2 = l2, .lower = {}, .upper = {}};
      const DualityGap gap =
          squared_loss_gap(rss, solver.point().data(), solver.slopes().data(), p, terms);
      CHECK_CLOSE(gap.gap, 0.0, 1e-11 * 0.5 * rss);
    }
    CHECK(rounds <= points + points / 4);
  }
}

TEST(face_solver, stops_when_it_is_asked_to) {
  const FaceProblem problem = problem_of(48, Family::wide, 1.0);
  const Slots slots = problem.slots();
  StopAt first;
  Monitor monitor = first.impatient_monitor();
  FaceSolver solver(slots, monitor);
  CHECK(!completed([&] { solver.solve(0.01 * largest_alpha(slots), 1e-12); }));
}

TEST(face_solver, solves_no_slots_and_slots_of_zeros) {
  Slots none;
  Monitor monitor;
  FaceSolver empty(none, monitor);
  CHECK(empty.solve(1.0, 1e-12).converged);
  Slots zeros;
  zeros.append(std::vector<SlotPenalty>(3));
  for (Index s = 0; s < 3; ++s) std::fill_n(zeros.gram(s), 3, 0.0);
  FaceSolver solver(zeros, monitor);
  CHECK(solver.solve(1.0, 1e-12).converged);
  for (const double value : solver.point()) CHECK_EQUAL(value, 0.0);
}

}  // namespace elltwo::test
