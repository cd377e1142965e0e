#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "model/duality_gap.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

struct Penalty {
  std::vector<double> l1, l2, lower, upper;
  ElasticNetTerms terms() const { return {l1, l2, lower, upper}; }
};

/// 40 rows, 12 columns; weights, some of them zero.
struct GapCase {
  Matrix<double> x = random_matrix(40, 12, 81);
  std::vector<double> y = random_values(40, 82);
  std::vector<double> weight = random_weights(40, 83);
  Penalty penalty;
  Index unpenalised = -1;

  GapCase(double l1_ratio, bool free_column, bool bounds) {
    const auto factors = random_weights(12, 84);
    for (Index i = 0; i < 3; ++i) weight[i] = 0.0;
    for (Index j = 0; j < 12; ++j) {
      const double factor = free_column && j == 2 ? 0.0 : 0.5 * factors[j] + 0.5;
      penalty.l1.push_back(0.6 * factor * l1_ratio);
      penalty.l2.push_back(0.6 * factor * (1.0 - l1_ratio));
    }
    if (free_column) unpenalised = 2;
    for (Index i = 0; i < 40; ++i) y[i] += x(i, 0) - 2.0 * x(i, 1);
    if (!bounds) return;
    penalty.lower.assign(12, 0.0);
    penalty.upper.assign(12, inf);
    penalty.upper[0] = 0.3;
    penalty.lower[1] = -1.0;
    penalty.lower[3] = 0.1;
    penalty.lower[2] = -inf;
  }

  Wide residual(const std::vector<Wide>& b, Index i) const {
    Wide r = y[i];
    for (Index j = 0; j < 12; ++j) r -= static_cast<Wide>(x(i, j)) * b[j];
    return r;
  }

  Wide slope(const std::vector<Wide>& b, Index j) const {
    Wide q = 0.0;
    for (Index i = 0; i < 40; ++i) q += static_cast<Wide>(weight[i]) * x(i, j) * residual(b, i);
    return q;
  }

  Wide h(Index j, Wide v) const {
    return penalty.l1[j] * std::abs(v) + 0.5L * penalty.l2[j] * v * v;
  }

  Wide lower(Index j) const { return penalty.lower.empty() ? -inf : penalty.lower[j]; }
  Wide upper(Index j) const { return penalty.upper.empty() ? inf : penalty.upper[j]; }

  Wide objective(const std::vector<Wide>& b) const {
    Wide sum = 0.0;
    for (Index i = 0; i < 40; ++i) sum += 0.5L * weight[i] * residual(b, i) * residual(b, i);
    for (Index j = 0; j < 12; ++j) sum += h(j, b[j]);
    return sum;
  }

  /// The dual objective at t r, with the largest value of v x - h(x) found among its candidates.
  Wide dual(const std::vector<Wide>& b, Wide t) const {
    Wide sum = 0.0;
    for (Index i = 0; i < 40; ++i) {
      const Wide r = residual(b, i);
      sum += weight[i] * (t * r * y[i] - 0.5L * t * t * r * r);
    }
    for (Index j = 0; j < 12; ++j) {
      if (j == unpenalised) continue;
      const Wide v = t * slope(b, j);
      Wide best = -inf;
      std::vector<Wide> candidates = {lower(j), Wide{0.0}, upper(j)};
      if (penalty.l2[j] > 0.0) {
        for (const Wide sign : {-1.0L, 1.0L})
          candidates.push_back((v - sign * penalty.l1[j]) / penalty.l2[j]);
      }
      for (const Wide at : candidates) {
        if (std::isinf(at) || at < lower(j) || at > upper(j)) continue;
        best = std::max(best, v * at - h(j, at));
      }
      sum -= best;
    }
    return sum;
  }

  /// One coordinate to its minimum.
  void update(std::vector<Wide>& b, Index j) const {
    Wide square = 0.0;
    for (Index i = 0; i < 40; ++i) square += static_cast<Wide>(weight[i]) * x(i, j) * x(i, j);
    const Wide z = slope(b, j) + square * b[j];
    const Wide excess = std::max(std::abs(z) - penalty.l1[j], Wide{0.0});
    b[j] = std::clamp(std::copysign(excess, z) / (square + penalty.l2[j]), lower(j), upper(j));
  }

  DualityGap gap(const std::vector<Wide>& b) const {
    std::vector<double> at(b.begin(), b.end());
    std::vector<double> q(12);
    Wide rss = 0.0;
    for (Index i = 0; i < 40; ++i) rss += weight[i] * residual(b, i) * residual(b, i);
    for (Index j = 0; j < 12; ++j) q[j] = static_cast<double>(slope(b, j));
    return squared_loss_gap(static_cast<double>(rss), at.data(), q.data(), 12, penalty.terms());
  }
};

/// Rounds the point to double and keeps the column that is not penalised at its minimum.
void round_point(const GapCase& problem, std::vector<Wide>& b) {
  for (Wide& value : b) value = static_cast<double>(value);
  if (problem.unpenalised >= 0) problem.update(b, problem.unpenalised);
}

}  // namespace

TEST(duality_gap, is_primal_less_dual_objective) {
  for (const double l1_ratio : {1.0, 0.5, 0.0}) {
    for (const bool free_column : {false, true}) {
      for (const bool bounds : {false, true}) {
        const Case which(l1_ratio, free_column, bounds);
        const GapCase problem(l1_ratio, free_column, bounds);
        std::vector<Wide> b(12, 0.0);
        for (Index j = 0; j < 12; ++j)
          b[j] = std::clamp(Wide{0.0}, problem.lower(j), problem.upper(j));
        Random random(85);
        for (int sweep = 0; sweep < 400; ++sweep) {
          for (Index j = 0; j < 12; ++j) problem.update(b, j);
          if (sweep % 40 != 0 && sweep < 399) continue;
          round_point(problem, b);
          const DualityGap got = problem.gap(b);
          const Wide primal = problem.objective(b);
          const Wide wanted = primal - problem.dual(b, got.scale);
          CHECK(got.gap >= 0.0);
          CHECK_CLOSE(got.gap, wanted, 1e-15L * primal + 1e-10L * std::abs(wanted));
          if (sweep == 399) CHECK_CLOSE(got.gap / primal, 0.0, 2e-15);
          if (sweep == 399) CHECK_CLOSE(got.violation, 0.0, 1e-14);
        }
      }
    }
  }
}

TEST(duality_gap, is_infinite_nowhere_and_bounds_the_distance_to_the_minimum) {
  const GapCase problem(1.0, false, false);
  std::vector<Wide> b(12, 0.0);
  const DualityGap at_zero = problem.gap(b);
  CHECK(at_zero.scale < 1.0);
  CHECK(at_zero.gap > 0.0);
  for (int sweep = 0; sweep < 400; ++sweep) {
    for (Index j = 0; j < 12; ++j) problem.update(b, j);
  }
  const std::vector<Wide> zeros(12, 0.0);
  CHECK(at_zero.gap >= problem.objective(zeros) - problem.objective(b));
}

TEST(duality_gap, measures_violations_in_units_of_the_penalty) {
  const std::vector<double> l1 = {2.0, 2.0, 2.0, 0.0};
  const std::vector<double> l2 = {0.0, 0.0, 0.0, 0.0};
  const std::vector<double> lower = {-inf, 0.0, -inf, -inf};
  const std::vector<double> upper = {inf, inf, 1.0, inf};
  const std::vector<double> b = {0.0, 0.0, 1.0, 3.0};
  const auto violation = [&](const std::vector<double>& q) {
    return squared_loss_gap(1.0, b.data(), q.data(), 4, {l1, l2, lower, upper}).violation;
  };
  CHECK_EQUAL(violation({2.0, -9.0, 9.0, 0.0}), 0.0);
  CHECK_EQUAL(violation({-3.0, -9.0, 9.0, 0.0}), 0.5);
  CHECK_EQUAL(violation({0.0, 4.0, 9.0, 0.0}), 1.0);
  CHECK_EQUAL(violation({0.0, 0.0, 1.0, 0.0}), 0.5);
  CHECK_EQUAL(violation({0.0, 0.0, 2.0, -1.0}), 0.5);
}

}  // namespace elltwo::test
