#include <algorithm>
#include <cmath>

#include "check.hpp"
#include "support/face_problems.hpp"

namespace elltwo::test {
namespace {

Matrix<double> bells(Random& random, Index rows, Index cols) {
  Matrix<double> x(rows, cols);
  for (double& value : x.values) value = bell(random);
  return x;
}

void standardise(std::vector<double>& values) {
  double square = 0.0;
  for (const double value : values) square += value * value;
  for (double& value : values) value /= std::sqrt(square / static_cast<double>(values.size()));
}

/// y = X b + noise with `k` coefficients that are not zero.
FaceProblem with_target(Random& random, Matrix<double> x, Index k, double noise, double l1_ratio) {
  FaceProblem problem;
  problem.x = std::move(x);
  std::vector<double> b(problem.x.cols, 0.0);
  for (Index i = 0; i < k; ++i) b[random.below(problem.x.cols)] = bell(random);
  problem.y.assign(problem.x.rows, 0.0);
  for (Index i = 0; i < problem.x.rows; ++i) {
    for (Index j = 0; j < problem.x.cols; ++j) problem.y[i] += problem.x(i, j) * b[j];
  }
  standardise(problem.y);
  for (double& value : problem.y) value += noise * bell(random);
  problem.penalties.assign(problem.x.cols, {.l1 = l1_ratio, .l2 = 1.0 - l1_ratio});
  return problem;
}

struct Counts {
  int exchanges = 0;
  int monotone_rounds = 0;
  double worst = 0.0;
};

/// Solves `n` alphas from the largest down to `last` times that.
Counts solve_path(const FaceProblem& problem, double last, int n = 60) {
  const Slots slots = problem.slots();
  Monitor monitor;
  FaceSolver solver(slots, monitor);
  const double top = largest_alpha(slots);
  double length = infinity;
  for (Index s = 0; s < slots.size(); ++s) length = std::min(length, std::sqrt(slots.gram(s, s)));
  Counts counts;
  for (int i = 0; i < n; ++i) {
    const double alpha = top * std::pow(last, static_cast<double>(i) / (n - 1));
    const FaceReport report = solver.solve(alpha, 1e-11);
    CHECK(report.converged);
    const double unit = top * slots.penalty(0).l1;
    counts.worst = std::max(counts.worst, worst_violation(slots, solver, alpha) * length / unit);
    counts.exchanges += report.exchanges;
    counts.monotone_rounds += report.monotone_rounds;
  }
  CHECK_CLOSE(counts.worst, 0.0, 1e-9);
  return counts;
}

}  // namespace

TEST(face_solver_hard, near_duplicates_are_exchanged) {
  Random random(31);
  const Matrix<double> half = bells(random, 150, 80);
  Matrix<double> x(150, 160);
  for (Index i = 0; i < 150; ++i) {
    for (Index j = 0; j < 80; ++j) {
      x(i, j) = half(i, j);
      x(i, 80 + j) = half(i, j) + 1e-6 * bell(random);
    }
  }
  for (const double l1_ratio : {1.0, 0.999999}) {
    const Case which(l1_ratio);
    const FaceProblem problem = with_target(random, x, 15, 0.5, l1_ratio);
    const Counts counts = solve_path(problem, 1e-4);
    if (l1_ratio == 1.0) CHECK(counts.exchanges > 0);
  }
}

TEST(face_solver_hard, random_walks_and_step_functions) {
  Random random(32);
  Matrix<double> walk = bells(random, 200, 120);
  Matrix<double> steps(120, 120);
  for (Index i = 0; i < 200; ++i) {
    for (Index j = 0; j < 120; ++j) {
      if (i > 0) walk(i, j) += walk(i - 1, j);
      if (i < 120) steps(i, j) = i >= j ? 1.0 : 0.0;
    }
  }
  solve_path(with_target(random, walk, 20, 0.3, 1.0), 1e-5);
  solve_path(with_target(random, walk, 20, 0.3, 0.5), 1e-5);
  FaceProblem fused = with_target(random, steps, 10, 0.2, 1.0);
  solve_path(fused, 1e-4);
}

TEST(face_solver_hard, rank_six_and_saturated) {
  Random random(33);
  const Matrix<double> base = bells(random, 60, 6);
  const Matrix<double> mix = bells(random, 6, 60);
  Matrix<double> x(60, 66);
  for (Index i = 0; i < 60; ++i) {
    for (Index j = 0; j < 6; ++j) x(i, j) = base(i, j);
    for (Index j = 0; j < 60; ++j) {
      for (Index k = 0; k < 6; ++k) x(i, 6 + j) += base(i, k) * mix(k, j);
    }
  }
  solve_path(with_target(random, x, 5, 0.1, 1.0), 1e-3);
  solve_path(with_target(random, bells(random, 40, 200), 30, 0.3, 1.0), 1e-4);
  const Counts almost = solve_path(with_target(random, bells(random, 40, 200), 30, 0.3, 0.9), 1e-5);
  CHECK(almost.worst < 1e-11);
}

TEST(face_solver_hard, columns_of_very_different_lengths) {
  Random random(34);
  Matrix<double> x = bells(random, 200, 120);
  FaceProblem problem = with_target(random, x, 20, 0.5, 1.0);
  for (Index j = 0; j < 120; ++j) {
    const double scale = std::pow(10.0, 3.0 * random.uniform());
    for (Index i = 0; i < 200; ++i) problem.x(i, j) *= scale;
  }
  solve_path(problem, 1e-5);
}

TEST(face_solver_hard, few_alphas_far_apart_and_signs) {
  Random random(35);
  solve_path(with_target(random, bells(random, 300, 150), 60, 0.3, 1.0), 1e-4, 4);
  Matrix<double> signs = bells(random, 30, 150);
  for (double& value : signs.values) value = value > 0.0 ? 1.0 : -1.0;
  solve_path(with_target(random, signs, 30, 0.3, 1.0), 1e-3);
}

}  // namespace elltwo::test
