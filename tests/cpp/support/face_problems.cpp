#include "support/face_problems.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace elltwo::test {

void fill_slots(Slots& slots, Index first, const FaceProblem& problem,
                const std::vector<Index>& columns, const std::vector<double>& weight) {
  const auto product = [&](auto left, auto right) {
    double sum = 0.0;
    for (Index i = 0; i < problem.x.rows; ++i) sum += weight[i] * left(i) * right(i);
    return sum;
  };
  const auto column = [&](Index s) {
    return [&problem, j = columns[s]](Index i) { return problem.x(i, j); };
  };
  for (Index s = first; s < slots.size(); ++s) {
    for (Index i = 0; i <= s; ++i) slots.gram(s)[i] = product(column(i), column(s));
    slots.c(s) = product(column(s), [&](Index i) { return problem.y[i]; });
  }
  slots.mirror(first);
}

Slots FaceProblem::slots(const std::vector<Index>& columns,
                         const std::vector<double>& weight) const {
  Slots result;
  std::vector<SlotPenalty> chosen;
  for (const Index j : columns) chosen.push_back(penalties[j]);
  result.append(chosen);
  fill_slots(result, 0, *this, columns, weight);
  return result;
}

Slots FaceProblem::slots() const {
  std::vector<Index> all(penalties.size());
  std::iota(all.begin(), all.end(), Index{0});
  return slots(all, std::vector<double>(y.size(), 1.0));
}

std::string name_of(Family family) {
  switch (family) {
    case Family::autoregressive:
      return "autoregressive";
    case Family::equicorrelated:
      return "equicorrelated";
    case Family::wide:
      return "wide";
    case Family::integers:
      return "integers";
    case Family::duplicates:
      return "duplicates";
  }
  return "";
}

double bell(Random& random) {
  double sum = 0.0;
  for (int i = 0; i < 6; ++i) sum += random.uniform();
  return sum / std::sqrt(2.0);
}

namespace {

void fill_rows(Random& random, Family family, Matrix<double>& x) {
  const double rho = 0.5 + 0.49 * random.uniform();
  for (Index i = 0; i < x.rows; ++i) {
    const double common = bell(random);
    double last = bell(random);
    for (Index j = 0; j < x.cols; ++j) {
      const double own = bell(random);
      double& value = x(i, j);
      if (family == Family::autoregressive)
        last = value = rho * last + std::sqrt(1.0 - rho * rho) * own;
      else if (family == Family::equicorrelated)
        value = std::sqrt(rho) * common + std::sqrt(1.0 - rho) * own;
      else if (family == Family::integers) value = static_cast<double>(random.below(3));
      else value = own;
      if (family == Family::duplicates && j % 3 == 1)
        value = (j % 2 == 1 ? 1.0 : -1.0) * x(i, j - 1);
    }
  }
}

SlotPenalty random_penalty(Random& random, const FaceTraits& traits) {
  double factor = traits.factors ? 1.3 + random.uniform() : 1.0;
  if (traits.unpenalised && random.below(8) == 0) factor = 0.0;
  SlotPenalty penalty{.l1 = factor * traits.l1_ratio, .l2 = factor * (1.0 - traits.l1_ratio)};
  if (!traits.bounds) return penalty;
  switch (random.below(7)) {
    case 0:
      penalty.lower = 0.0;
      break;
    case 1:
      penalty.lower = -0.2, penalty.upper = 0.3;
      break;
    case 2:
      penalty.lower = 0.1, penalty.upper = 0.5;
      break;
    case 3:
      penalty.lower = -1.0, penalty.upper = -0.05;
      break;
    case 4:
      if (random.below(3) == 0) penalty.lower = penalty.upper = 0.2;
      break;
    default:
      break;
  }
  return penalty;
}

}  // namespace

FaceProblem random_face_problem(Random& random, Family family, const FaceTraits& traits) {
  FaceProblem problem;
  const Index p = 5 + random.below(60);
  const Index n = family == Family::wide ? 4 + random.below(30) : p + 5 + random.below(60);
  problem.x = Matrix<double>(n, p);
  fill_rows(random, family, problem.x);
  for (Index i = 0; i < n; ++i) {
    double sum = 0.5 * bell(random);
    for (Index j = 0; j < std::min<Index>(p, 8); ++j)
      sum += (j % 2 == 1 ? 1.0 : -1.0) * problem.x(i, j);
    problem.y.push_back(sum);
  }
  for (Index j = 0; j < p; ++j) problem.penalties.push_back(random_penalty(random, traits));
  return problem;
}

double largest_alpha(const Slots& slots) {
  double alpha = 0.0;
  for (Index s = 0; s < slots.size(); ++s) {
    const double l1 = slots.penalty(s).l1;
    if (l1 > 0.0) alpha = std::max(alpha, std::abs(slots.c(s)) / l1);
  }
  return alpha;
}

double worst_violation(const Slots& slots, const FaceSolver& solver, double alpha) {
  const std::vector<double>& b = solver.point();
  double worst = 0.0;
  for (Index s = 0; s < slots.size(); ++s) {
    const SlotPenalty& penalty = slots.penalty(s);
    if (!(b[s] >= penalty.lower && b[s] <= penalty.upper)) return inf;
    if (penalty.l1 > 0.0 && (solver.place(s) == Place::zero) != (b[s] == 0.0)) return inf;
    Wide slope = slots.c(s) - static_cast<Wide>(alpha) * penalty.l2 * b[s];
    for (Index i = 0; i < slots.size(); ++i) slope -= static_cast<Wide>(slots.gram(i, s)) * b[i];
    const Wide l1 = static_cast<Wide>(alpha) * penalty.l1;
    const Wide up = b[s] < penalty.upper ? slope - (b[s] >= 0.0 ? l1 : -l1) : 0.0L;
    const Wide down = b[s] > penalty.lower ? (b[s] > 0.0 ? l1 : -l1) - slope : 0.0L;
    const double length = std::sqrt(slots.gram(s, s));
    if (length > 0.0) worst = std::max(worst, static_cast<double>(std::max(up, down)) / length);
  }
  return worst;
}

Wide face_objective(const Slots& slots, const std::vector<double>& b, double alpha) {
  Wide sum = 0.0;
  for (Index s = 0; s < slots.size(); ++s) {
    Wide half = 0.0;
    for (Index i = 0; i < slots.size(); ++i) half += static_cast<Wide>(slots.gram(i, s)) * b[i];
    const SlotPenalty& penalty = slots.penalty(s);
    sum += b[s] * (0.5L * half - slots.c(s));
    sum +=
        static_cast<Wide>(alpha) * (penalty.l1 * std::abs(b[s]) + 0.5L * penalty.l2 * b[s] * b[s]);
  }
  return sum;
}

}  // namespace elltwo::test
