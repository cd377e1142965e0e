#include "solvers/multi_task/row_solver.hpp"

#include <algorithm>
#include <cmath>

#include "model/row_gap.hpp"
#include "parallel/interruption.hpp"
#include "solvers/multi_task/row_descent.hpp"
#include "solvers/multi_task/row_scales.hpp"

namespace elltwo {
namespace {

/// Alphas fall by this at most; on the way to one farther away the points need few digits.
constexpr double farthest_fall = 0.4;
constexpr double step_on_the_way = 0.5;
constexpr double tol_on_the_way = 1e-2;

/// Newton's steps are halved this often before coordinate descent takes over.
constexpr int most_step_halvings = 6;

/// Conjugate gradients reduce a residual by this at most before Newton's matrix is renewed.
constexpr double loosest_direction = 0.03;
constexpr double tightest_direction = 1e-3;
constexpr double loosest_last_direction = 0.1;

/// Rounds in a row in which the gap does not halve, before directions are computed in double,
/// before coordinate descent helps, and before the norms of rows are minimised over.
constexpr int rounds_before_precise = 3;
constexpr int rounds_before_descent = 5;
constexpr int rounds_before_scales = 8;

/// A fall of the objective, relative to it, that is rounding, and how many rounds in a row end a
/// search in which it falls by no more.
constexpr double falls_of_rounding = 1e-15;
constexpr int most_still_rounds = 6;

/// A violation of the optimality conditions, relative to a1, that is rounding.
constexpr double violation_of_rounding = 1e-14;

}  // namespace

struct RowSolver::Search {
  double alpha = 0.0;
  double tol = 0.0;
  std::vector<double> l1, l2;    // times alpha
  std::vector<Index> active;     // rows that are not zero
  std::vector<Index> violators;  // rows at zero that are to enter
  RowReport report;
  double objective = 0.0;
  double relative_gap = infinity;
  double best_gap = infinity;  // of the rounds before
  int still_rounds = 0;        // in a row, in which the objective fell by rounding alone
  double fall = 0.0;           // of the objective in this round
  double damping = 0.0;        // added to the curvature, in units of that of the loss
  int poor_rounds = 0;         // in a row, in which the gap fell little
  bool descend_next = false;   // Newton's method failed
  bool precise = false;        // directions need more digits than float has

  RowTerms terms() const { return {l1, l2}; }
};

RowSolver::RowSolver(const RowSlots& slots, double total, int n_threads, Monitor& monitor)
    : slots_(slots),
      total_(total),
      n_threads_(n_threads),
      monitor_(monitor),
      history_(slots.n_outputs()),
      quick_(slots, n_threads, monitor),
      precise_(slots, n_threads, monitor) {
  take_appended();
}

void RowSolver::take_appended() {
  const Index n = slots_.n_outputs(), m = slots_.size();
  const Index first = static_cast<Index>(b_.size()) / n;
  b_.resize(static_cast<std::size_t>(m * n), 0.0);
  refresh_slopes();
  quick_.take_slots(first);
  precise_is_ready_ = false;
}

void RowSolver::take_kept(const std::vector<Index>& kept) {
  keep_rows(kept, slots_.n_outputs(), b_);
  history_.keep(kept);
  refresh_slopes();
  quick_.take_slots(0);
  precise_is_ready_ = false;
}

void RowSolver::set_point(std::vector<double> b) {
  b_ = std::move(b);
  last_alpha_ = 0.0;
  history_.forget();
  refresh_slopes();
}

void RowSolver::refresh_slopes() {
  const Index n = slots_.n_outputs(), m = slots_.size();
  q_.resize(b_.size());
  std::vector<Index> rows;
  std::vector<double> values;
  for (Index s = 0; s < m; ++s) {
    std::copy_n(slots_.c(s), n, q_.data() + s * n);
    const double* row = b_.data() + s * n;
    if (is_zero_row(row, n)) continue;
    rows.push_back(s);
    values.insert(values.end(), row, row + n);
  }
  slots_.subtract_products(rows, values.data(), n_threads_, q_.data());
  long double rss = total_;
  for (Index s = 0; s < m; ++s) {
    for (Index t = 0; t < n; ++t) {
      rss -= static_cast<long double>(b_[s * n + t]) * (slots_.c(s)[t] + q_[s * n + t]);
    }
  }
  rss_ = static_cast<double>(rss);
  slopes_were_set_ = false;
}

void RowSolver::set_slopes(std::vector<double> q, double rss) {
  q_ = std::move(q);
  rss_ = rss;
  slopes_were_set_ = true;
}

void RowSolver::move(std::vector<double> b, std::vector<double> q, double rss_change) {
  b_ = std::move(b);
  q_ = std::move(q);
  rss_ += rss_change;
}

double RowSolver::alpha_of_zero() const {
  double largest = 0.0;
  for (Index s = 0; s < slots_.size(); ++s) {
    largest = std::max(largest, row_norm(slots_.c(s), slots_.n_outputs()) / slots_.l1(s));
  }
  return largest;
}

RowReport RowSolver::solve(double alpha, const RowTarget& target) {
  const bool is_zero = std::ranges::all_of(b_, [](double v) { return v == 0.0; });
  if (is_zero) last_alpha_ = alpha_of_zero();
  RowReport way;
  while (alpha > 0.0 && alpha < farthest_fall * last_alpha_) {
    last_alpha_ *= step_on_the_way;
    const auto report = settle(last_alpha_, false, {tol_on_the_way, target.max_rounds});
    way.rounds += report.rounds;
    way.descents += report.descents;
  }
  const bool expected = predict(alpha);
  auto report = settle(alpha, expected, target);
  last_alpha_ = alpha;
  history_.add(alpha, b_);
  report.rounds += way.rounds;
  report.descents += way.descents;
  return report;
}

RowReport RowSolver::resume(const RowTarget& target) {
  const auto report = settle(last_alpha_, true, target);
  history_.add(last_alpha_, b_);
  return report;
}

// The extrapolated point is taken where its objective is below that of the last point.
bool RowSolver::predict(double alpha) {
  auto expected = b_;
  if (!history_.extrapolate(alpha, expected)) return false;
  const Index n = slots_.n_outputs();
  std::vector<Index> rows;
  std::vector<double> delta;
  for (Index s = 0; s < slots_.size(); ++s) {
    const double *to = expected.data() + s * n, *from = b_.data() + s * n;
    if (std::equal(to, to + n, from)) continue;
    rows.push_back(s);
    for (Index t = 0; t < n; ++t) delta.push_back(to[t] - from[t]);
  }
  auto q = q_;
  slots_.subtract_products(rows, delta.data(), n_threads_, q.data());
  const auto change = change_to(alpha, rows, expected, q);
  if (change.objective >= 0.0) return false;
  move(std::move(expected), std::move(q), change.rss);
  if (!slopes_were_set_) refresh_slopes();
  return true;
}

// From b_ to b, which differ in these rows, as sums of small terms.
RowSolver::Change RowSolver::change_to(double alpha, const std::vector<Index>& rows,
                                       const std::vector<double>& b,
                                       const std::vector<double>& q) const {
  const Index n = slots_.n_outputs();
  long double of_penalty = 0.0L, of_rss = 0.0L;
  for (const Index s : rows) {
    const double *to = b.data() + s * n, *from = b_.data() + s * n;
    double loss = 0.0, squares = 0.0;
    for (Index t = 0; t < n; ++t) {
      const double step = to[t] - from[t];
      loss -= step * (q_[s * n + t] + q[s * n + t]);
      squares += step * (to[t] + from[t]);
    }
    const double norms = row_norm(to, n) + row_norm(from, n);
    const double a1 = alpha * slots_.l1(s), a2 = alpha * slots_.l2(s);
    of_rss += loss;
    of_penalty += a2 / 2 * squares + (norms > 0.0 ? a1 * squares / norms : 0.0);
  }
  return {static_cast<double>(of_rss / 2 + of_penalty), static_cast<double>(of_rss)};
}

void RowSolver::measure(Search& search) {
  const Index n = slots_.n_outputs(), m = slots_.size();
  const CoefficientRows rows{b_.data(), q_.data(), m, n};
  search.active.clear();
  search.violators.clear();
  for (Index s = 0; s < m; ++s) {
    const double *b = b_.data() + s * n, *q = q_.data() + s * n;
    if (is_zero_row(b, n)) {
      if (row_norm(q, n) > search.l1[s] * (1.0 + entry_margin)) search.violators.push_back(s);
      continue;
    }
    search.active.push_back(s);
  }
  auto& report = search.report;
  report.rss = std::max(rss_, 0.0);
  report.penalty = row_penalty(rows, search.terms());
  report.gap = squared_loss_row_gap(report.rss, rows, search.terms());
  search.objective = report.rss / 2 + report.penalty;
  search.best_gap = std::min(search.best_gap, search.relative_gap);
  search.relative_gap = search.objective > 0.0 ? report.gap.gap / search.objective : 0.0;
}

RowReport RowSolver::settle(double alpha, bool may_admit, const RowTarget& target) {
  Search search;
  search.alpha = alpha;
  search.tol = target.tol;
  for (Index s = 0; s < slots_.size(); ++s) {
    search.l1.push_back(alpha * slots_.l1(s));
    search.l2.push_back(alpha * slots_.l2(s));
  }
  measure(search);
  while (true) {
    const auto& gap = search.report.gap;
    search.report.finished = search.relative_gap <= target.tol;
    if (search.report.finished || search.report.rounds >= target.max_rounds) break;
    if (gap.violation <= violation_of_rounding || search.still_rounds >= most_still_rounds) {
      search.report.finished = true;
      break;
    }
    check(monitor_);
    ++search.report.rounds;
    search.fall = 0.0;
    if (may_admit || search.active.empty()) admit(search);
    may_admit = true;
    if (search.descend_next) descend(search);
    if (search.poor_rounds >= rounds_before_scales) rescale(search);
    take_newton_step(search);
    measure(search);
    const bool still = search.fall <= falls_of_rounding * search.objective;
    search.still_rounds = still ? search.still_rounds + 1 : 0;
    search.poor_rounds = search.relative_gap > 0.5 * search.best_gap ? search.poor_rounds + 1 : 0;
    search.precise = search.precise || search.poor_rounds >= rounds_before_precise;
    search.descend_next = search.descend_next || search.poor_rounds >= rounds_before_descent;
  }
  return search.report;
}

// Rows that violate the optimality conditions at zero find their minima given the others.
void RowSolver::admit(Search& search) {
  if (search.violators.empty()) return;
  descend_over(search, search.violators, 1);
  std::vector<Index> all;
  std::ranges::merge(search.active, search.violators, std::back_inserter(all));
  search.active = std::move(all);
}

void RowSolver::descend(Search& search) {
  ++search.report.descents;
  search.descend_next = false;
  descend_over(search, search.active, 2);
}

// Minimises over the norms of the rows that are not zero, see RowScales.
void RowSolver::rescale(Search& search) {
  ++search.report.rescalings;
  search.poor_rounds = rounds_before_precise;
  const Index n = slots_.n_outputs();
  RowScales scales(slots_, search.alpha, search.active, monitor_);
  const auto found = scales.minimise(b_.data(), q_.data());
  auto b = b_;
  auto q = q_;
  std::vector<double> delta(found.size());
  for (std::size_t i = 0; i < search.active.size(); ++i) {
    double* row = b.data() + search.active[i] * n;
    for (Index t = 0; t < n; ++t) {
      delta[i * n + t] = found[i * n + t] - row[t];
      row[t] = found[i * n + t];
    }
  }
  slots_.subtract_products(search.active, delta.data(), n_threads_, q.data());
  const auto change = change_to(search.alpha, search.active, b, q);
  if (change.objective >= 0.0) return;
  search.fall -= change.objective;
  move(std::move(b), std::move(q), change.rss);
}

void RowSolver::descend_over(Search& search, const std::vector<Index>& rows, int sweeps) {
  auto b = b_;
  auto q = q_;
  const RowDescent descent{slots_, search.alpha, monitor_};
  const auto delta = descent.sweep(rows, sweeps, b.data(), q.data());
  slots_.subtract_products(rows, delta.data(), n_threads_, q.data());
  const auto change = change_to(search.alpha, rows, b, q);
  search.fall -= change.objective;
  move(std::move(b), std::move(q), change.rss);
}

// The last round of a search needs no more digits than the tolerance asks for.
double RowSolver::wanted_of_direction(const Search& search) {
  const double as_newton =
      std::clamp(search.report.gap.violation, tightest_direction, loosest_direction);
  const double enough = 0.5 * search.tol / search.relative_gap;
  return std::max(as_newton, std::min(enough, loosest_last_direction));
}

void RowSolver::take_newton_step(Search& search) {
  const Index n = slots_.n_outputs();
  RowFace face;
  face.n_outputs = n;
  for (const Index s : search.active) {
    const double *b = b_.data() + s * n, *q = q_.data() + s * n;
    const double norm = row_norm(b, n);
    if (norm == 0.0) continue;
    const double unit = 1.0 / std::sqrt(slots_.g(s));
    face.slots.push_back(s);
    face.unit.push_back(unit);
    face.turn.push_back(search.l1[s] / norm * unit * unit);
    face.l2.push_back(search.l2[s] * unit * unit + search.damping);
    for (Index t = 0; t < n; ++t) {
      face.u.push_back(b[t] / norm);
      face.r.push_back((q[t] - (search.l1[s] / norm + search.l2[s]) * b[t]) * unit);
    }
  }
  if (face.slots.empty()) return;
  const double eta = wanted_of_direction(search);
  std::vector<double> d;
  if (search.precise) {
    if (!precise_is_ready_) precise_.take_slots(0);
    precise_is_ready_ = true;
    precise_.solve(face, eta, d);
  } else {
    quick_.solve(face, eta, d);
  }
  double step = 1.0;
  for (int halvings = 0; halvings <= most_step_halvings; ++halvings, step /= 2) {
    auto b = b_;
    std::vector<double> delta(d.size());
    for (Index i = 0; i < face.size(); ++i) {
      double* row = b.data() + face.slots[i] * n;
      double along = 0.0;
      for (Index t = 0; t < n; ++t) {
        const double to = row[t] + step * face.unit[i] * d[i * n + t];
        along += to * row[t];
        delta[i * n + t] = to;
      }
      for (Index t = 0; t < n; ++t) {
        const double to = along > 0.0 ? delta[i * n + t] : 0.0;
        delta[i * n + t] = to - row[t];
        row[t] = to;
      }
    }
    auto q = q_;
    slots_.subtract_products(face.slots, delta.data(), n_threads_, q.data());
    const auto change = change_to(search.alpha, face.slots, b, q);
    if (change.objective > falls_of_rounding * search.objective) continue;
    move(std::move(b), std::move(q), change.rss);
    search.fall -= change.objective;
    if (halvings == 0) search.damping = search.damping > 1e-7 ? search.damping / 10 : 0.0;
    if (halvings > 1) search.damping = std::max(1e-4, 10 * search.damping);
    return;
  }
  search.damping = std::max(1e-4, 10 * search.damping);
  search.descend_next = true;
}

}  // namespace elltwo
