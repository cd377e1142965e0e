#include <algorithm>
#include <cmath>
#include <random>

#include "check.hpp"
#include "model/row_gap.hpp"
#include "parallel/interruption.hpp"
#include "solvers/multi_task/row_scales.hpp"
#include "solvers/multi_task/row_solver.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

enum class Kind { correlated, wide, one_factor, integers, duplicates, near_duplicates, walks };

/// Columns of X and of Y one after another, about their means.
struct RowProblem {
  Index n = 0, p = 0, n_outputs = 0;
  double l1_ratio = 1.0;
  std::vector<double> x{}, y{};

  double l1(double alpha) const { return alpha * l1_ratio; }
  double l2(double alpha) const { return alpha * (1.0 - l1_ratio); }
};

double dot(const double* a, const double* b, Index n) {
  long double sum = 0.0L;
  for (Index i = 0; i < n; ++i) sum += static_cast<long double>(a[i]) * b[i];
  return static_cast<double>(sum);
}

void shape_columns(Kind kind, std::mt19937& engine, RowProblem& problem) {
  const Index n = problem.n, p = problem.p;
  auto& x = problem.x;
  std::normal_distribution<double> normal;
  const auto place = [&](Index end) { return static_cast<Index>(engine() % end); };
  for (Index j = 0; j < p; ++j) {
    const Index other = j > 0 ? place(j) : 0;
    const bool copies = j > 0 && place(2) == 0;
    const double sign = place(2) == 0 ? 1.0 : -1.0;
    const double shared = normal(engine);
    for (Index i = 0; i < n; ++i) {
      double& value = x[j * n + i];
      const double copied = x[other * n + i];
      if (kind == Kind::correlated || kind == Kind::wide) {
        if (j > 0) value = 0.9 * x[(j - 1) * n + i] + 0.4 * value;
      } else if (kind == Kind::one_factor) {
        if (j > 0) value = 0.3 * value + x[i];
      } else if (kind == Kind::integers) {
        value = std::round(value);
      } else if (kind == Kind::duplicates && copies) {
        value = sign * copied;
      } else if (kind == Kind::near_duplicates && copies) {
        value = copied + 1e-6 * value;
      } else if (kind == Kind::walks && i > 0) {
        value += x[j * n + i - 1];
      }
    }
    x[j * n + place(n)] += 1e-3 * shared;
  }
}

RowProblem random_rows(std::uint32_t seed, Kind kind, double l1_ratio) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  RowProblem problem{.n = 10 + static_cast<Index>(engine() % 40),
                     .p = 2 + static_cast<Index>(engine() % 60),
                     .n_outputs = 1 + static_cast<Index>(engine() % 5),
                     .l1_ratio = l1_ratio};
  if (kind == Kind::wide) problem.p = 4 * problem.n;
  const Index n = problem.n, p = problem.p;
  for (Index e = 0; e < n * p; ++e) problem.x.push_back(normal(engine));
  shape_columns(kind, engine, problem);
  for (Index t = 0; t < problem.n_outputs; ++t) {
    for (Index i = 0; i < n; ++i) {
      double value = normal(engine) / 2;
      for (Index j = 0; j < p; j += 7) value += problem.x[j * n + i] * double((j + t) % 3 - 1);
      problem.y.push_back(value);
    }
  }
  return problem;
}

RowSlots slots_of(const RowProblem& problem) {
  RowSlots slots(problem.n_outputs);
  const Index n = problem.n;
  const SlotPenalty penalty{.l1 = problem.l1_ratio, .l2 = 1.0 - problem.l1_ratio};
  slots.append(std::vector<SlotPenalty>(problem.p, penalty));
  for (Index j = 0; j < problem.p; ++j) {
    for (Index i = 0; i < problem.p; ++i) {
      slots.gram().gram(j)[i] = dot(&problem.x[i * n], &problem.x[j * n], n);
    }
    for (Index t = 0; t < problem.n_outputs; ++t) {
      slots.c(j)[t] = dot(&problem.x[j * n], &problem.y[t * n], n);
    }
  }
  return slots;
}

double total_of(const RowProblem& problem) {
  return dot(problem.y.data(), problem.y.data(), problem.n * problem.n_outputs);
}

double alpha_max(const RowProblem& problem, const RowSlots& slots) {
  double largest = 0.0;
  for (Index j = 0; j < problem.p; ++j) {
    largest = std::max(largest, row_norm(slots.c(j), problem.n_outputs) / problem.l1_ratio);
  }
  return largest;
}

/// Primal less dual objective, relative to the primal one, from the data.
double relative_gap(const RowProblem& problem, const std::vector<double>& b, double alpha) {
  const Index n = problem.n, p = problem.p, m = problem.n_outputs;
  std::vector<long double> r(problem.y.begin(), problem.y.end());
  for (Index j = 0; j < p; ++j) {
    for (Index t = 0; t < m; ++t) {
      for (Index i = 0; i < n; ++i)
        r[t * n + i] -= problem.x[j * n + i] * (long double)b[j * m + t];
    }
  }
  std::vector<long double> norm_q(p), norm_b(p);
  long double rss = 0.0L, ry = 0.0L, largest = 0.0L;
  for (Index e = 0; e < n * m; ++e) {
    rss += r[e] * r[e];
    ry += r[e] * problem.y[e];
  }
  for (Index j = 0; j < p; ++j) {
    for (Index t = 0; t < m; ++t) {
      long double q = 0.0L;
      for (Index i = 0; i < n; ++i) q += problem.x[j * n + i] * r[t * n + i];
      norm_q[j] += q * q;
      norm_b[j] += static_cast<long double>(b[j * m + t]) * b[j * m + t];
    }
    norm_q[j] = std::sqrt(norm_q[j]);
    norm_b[j] = std::sqrt(norm_b[j]);
    largest = std::max(largest, norm_q[j]);
  }
  const long double l1 = problem.l1(alpha), l2 = problem.l2(alpha);
  const long double scale = l2 > 0.0L ? 1.0L : std::min(1.0L, l1 / largest);
  long double primal = rss / 2, dual = scale * ry - scale * scale * rss / 2;
  for (Index j = 0; j < p; ++j) {
    primal += l1 * norm_b[j] + l2 / 2 * norm_b[j] * norm_b[j];
    const long double over = std::max(scale * norm_q[j] - l1, 0.0L);
    if (l2 > 0.0L) dual -= over * over / (2 * l2);
  }
  return static_cast<double>((primal - dual) / primal);
}

void check_path(const RowProblem& problem, double fall) {
  const auto slots = slots_of(problem);
  Monitor monitor;
  RowSolver solver(slots, total_of(problem), 1, monitor);
  const double first = alpha_max(problem, slots);
  for (double alpha = first; alpha > 1e-3 * first; alpha *= fall) {
    const Case at("alpha", alpha / first);
    const auto report = solver.solve(alpha, {.tol = 5e-11, .max_rounds = 1000});
    CHECK(report.finished);
    CHECK_CLOSE(relative_gap(problem, solver.point(), alpha), 0.0, 1e-9);
    if (alpha == first) {
      CHECK(std::ranges::all_of(solver.point(), [](double v) { return v == 0.0; }));
    }
  }
}

}  // namespace

TEST(multi_task, paths_of_every_kind_reach_the_tolerance) {
  for (const double l1_ratio : {1.0, 0.9, 0.3}) {
    for (int kind = 0; kind < 7; ++kind) {
      for (std::uint32_t seed = 0; seed < 4; ++seed) {
        const Case at("l1_ratio", l1_ratio, "kind", kind, "seed", seed);
        check_path(random_rows(seed, static_cast<Kind>(kind), l1_ratio), seed < 2 ? 0.7 : 0.1);
      }
    }
  }
}

TEST(multi_task, norms_of_rows_have_the_same_minimum) {
  for (std::uint32_t seed = 0; seed < 6; ++seed) {
    const Case at("seed", seed);
    const auto problem = random_rows(seed, Kind::near_duplicates, seed % 2 == 0 ? 1.0 : 0.8);
    const auto slots = slots_of(problem);
    Monitor monitor;
    const double alpha = 0.05 * alpha_max(problem, slots);
    std::vector<Index> rows;
    std::vector<double> q;
    for (Index s = 0; s < slots.size(); ++s) {
      rows.push_back(s);
      q.insert(q.end(), slots.c(s), slots.c(s) + slots.n_outputs());
    }
    const std::vector<double> zero(q.size(), 0.0);
    const auto b = RowScales(slots, alpha, rows, monitor).minimise(zero.data(), q.data());
    CHECK_CLOSE(relative_gap(problem, b, alpha), 0.0, 1e-9);
  }
}

TEST(multi_task, slots_come_and_go_within_a_path) {
  const auto problem = random_rows(5, Kind::correlated, 0.9);
  const auto all = slots_of(problem);
  Monitor monitor;
  const double alpha = 0.05 * alpha_max(problem, all);
  RowSolver whole(all, total_of(problem), 1, monitor);
  static_cast<void>(whole.solve(alpha, {.tol = 1e-14}));

  RowSlots some(problem.n_outputs);
  RowSolver solver(some, total_of(problem), 1, monitor);
  std::vector<Index> kept;
  for (Index s = 0; s < all.size(); ++s) {
    some.append({all.gram().penalty(s)});
    for (Index i = 0; i <= s; ++i) some.gram().gram(s)[i] = all.gram().gram(i, s);
    some.gram().mirror(s);
    std::copy_n(all.c(s), problem.n_outputs, some.c(s));
    solver.take_appended();
    if (s % 5 == 4) static_cast<void>(solver.solve(alpha, {}));
    if (whole.point()[s * problem.n_outputs] != 0.0) kept.push_back(s);
  }
  static_cast<void>(solver.solve(alpha, {.tol = 1e-14}));
  some.keep(kept);
  solver.take_kept(kept);
  static_cast<void>(solver.solve(alpha, {.tol = 1e-14}));
  for (std::size_t k = 0; k < kept.size(); ++k) {
    for (Index t = 0; t < problem.n_outputs; ++t) {
      CHECK_CLOSE(solver.point()[k * problem.n_outputs + t],
                  whole.point()[kept[k] * problem.n_outputs + t], 1e-7);
    }
  }
}

TEST(multi_task, gap_is_the_primal_less_the_dual_objective) {
  const auto problem = random_rows(3, Kind::correlated, 0.6);
  const auto slots = slots_of(problem);
  const double alpha = 0.2 * alpha_max(problem, slots);
  Monitor monitor;
  RowSolver solver(slots, total_of(problem), 1, monitor);
  const auto report = solver.solve(2 * alpha, {});
  const auto n = static_cast<std::size_t>(slots.size());
  const std::vector<double> l1(n, problem.l1(alpha)), l2(n, problem.l2(alpha));
  const CoefficientRows rows{solver.point().data(), solver.slopes().data(), slots.size(),
                             problem.n_outputs};
  const auto gap = squared_loss_row_gap(report.rss, rows, {l1, l2});
  const double objective = report.rss / 2 + row_penalty(rows, {l1, l2});
  CHECK(gap.gap <= relative_gap(problem, solver.point(), alpha) * objective * (1.0 + 1e-9));
  if (gap.scale == 1.0) {
    CHECK_CLOSE(gap.gap / objective, relative_gap(problem, solver.point(), alpha), 1e-12);
  }
}

TEST(multi_task, stops_when_asked) {
  const auto problem = random_rows(1, Kind::wide, 1.0);
  const auto slots = slots_of(problem);
  StopAt stop;
  auto monitor = stop.impatient_monitor();
  RowSolver solver(slots, total_of(problem), 1, monitor);
  CHECK(!completed([&] { static_cast<void>(solver.solve(1e-3, {})); }));
}

}  // namespace elltwo::test
