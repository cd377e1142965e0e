#include "solvers/elastic_net/grouped_solver.hpp"

#include <algorithm>
#include <cmath>

#include "model/row_gap.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

// A part of |z_j| |Y| below which Q_j of the null model is rounding.
constexpr double rounding_of_null = 1e-14;
constexpr double rounding_of_products = 8.0 * epsilon;
// What the free features leave of |z_j|^2 where the rest is rounding.
constexpr double dependent_on_free = 1e-12;
constexpr int corrections = 3;

}  // namespace

GroupedSolver::GroupedSolver(const ScaledMoments& moments, NetFrame frame,
                             const std::vector<char>& pinned, const GramOptions& options,
                             const RowProducts* rows, Monitor& monitor)
    : moments_(moments),
      frame_(std::move(frame)),
      options_(options),
      rows_(rows),
      monitor_(monitor),
      slots_(moments.n_targets) {
  for (Index t = 0; t < n_targets(); ++t) {
    penalties_.emplace_back(frame_.terms, frame_.units, pinned, t);
  }
  choose_units();
  choose_features();
  fill();
}

// Norms of rows need one unit for all targets: that of the largest.
void GroupedSolver::choose_units() {
  for (Index t = 1; t < n_targets(); ++t) {
    if (frame_.units.y(t) < frame_.units.y(reference_)) reference_ = t;
  }
  for (Index t = 0; t < n_targets(); ++t) {
    to_unit_.push_back(frame_.units.y(reference_) / frame_.units.y(t));
  }
}

void GroupedSolver::choose_features() {
  std::vector<Index> z, penalised;
  for (const Index j : reference().movable()) {
    (reference().is_unpenalised(j) ? z : penalised).push_back(j);
  }
  FreeRows all(moments_, z, penalised, monitor_);
  if (!z.empty()) {
    std::vector<Index> kept;
    for (std::size_t k = 0; k < penalised.size(); ++k) {
      const auto place = static_cast<Index>(k);
      const double square = moments_.gram(penalised[k], penalised[k]);
      if (square - all.explained(place, place) > dependent_on_free * square) {
        kept.push_back(penalised[k]);
      }
    }
    penalised = std::move(kept);
  }
  free_ = std::make_unique<FreeRows>(moments_, z, penalised, monitor_);
  features_ = std::move(penalised);
}

void GroupedSolver::fill() {
  const Index n = n_targets(), m = static_cast<Index>(features_.size());
  const std::vector<double> none(moments_.n_features, 0.0);
  Slots gram;
  fill_slots(moments_, features_, reference(), none, gram);
  slots_ = RowSlots(n, std::move(gram));
  for (Index j = 0; free_->size() > 0 && j < m; ++j) {
    for (Index i = 0; i <= j; ++i) {
      const double rest = slots_.gram().gram(i, j) - free_->explained(i, j);
      slots_.gram().gram(j)[i] = rest;
      slots_.gram().gram(i)[j] = rest;
    }
  }
  free_c_.resize(static_cast<std::size_t>(free_->size() * n));
  for (Index t = 0; t < n; ++t) {
    const auto linear = linear_term(moments_, t, penalties_[t].prior());
    for (Index s = 0; s < m; ++s) slots_.c(s)[t] = linear.c[features_[s]] * to_unit_[t];
    for (Index k = 0; k < free_->size(); ++k) {
      free_c_[k * n + t] = linear.c[free_->features()[k]] * to_unit_[t];
    }
    total_ += linear.total * to_unit_[t] * to_unit_[t];
  }
  const auto null = free_->solve(free_c_, n);
  if (m > 0) free_->subtract(null, n, slots_.c(0));
  rss_null_ = total_;
  for (std::size_t k = 0; k < null.size(); ++k) rss_null_ -= null[k] * free_c_[k];
  rss_null_ = std::max(rss_null_, 0.0);
  for (Index s = 0; s < m; ++s) {
    const double size = std::sqrt(moments_.gram(features_[s], features_[s]) * total_);
    if (row_norm(slots_.c(s), n) <= rounding_of_null * size) std::fill_n(slots_.c(s), n, 0.0);
    alpha_max_ = std::max(alpha_max_, row_norm(slots_.c(s), n) / slots_.l1(s));
  }
  ever_.assign(features_.size(), 0);
}

NullModel GroupedSolver::null_model(Index t) {
  const double square = to_unit_[t] * to_unit_[t];
  return {.rss = rss_null_ / square,
          .total = total_ / square,
          .alpha_max = penalties_[t].scaled_alpha(reference().user_alpha(alpha_max_))};
}

// All penalties from alpha_max on give one point.
double GroupedSolver::scaled(double alpha) const {
  const double least = alpha_max_ > 0.0 ? 2 * alpha_max_ : 1.0;
  return std::min(reference().scaled_alpha(alpha), least);
}

std::vector<double> GroupedSolver::start_of(std::span<const double> start) const {
  const Index n = n_targets(), p = moments_.n_features;
  std::vector<double> b(features_.size() * static_cast<std::size_t>(n));
  for (std::size_t s = 0; s < features_.size(); ++s) {
    for (Index t = 0; t < n; ++t) {
      const Index at = t * p + features_[s];
      const double prior = frame_.terms.prior.empty() ? 0.0 : frame_.terms.prior[at];
      b[s * n + t] = rescaled(start[at] - prior, frame_.units.y(reference_),
                              frame_.units.x(features_[s]));
    }
  }
  return b;
}

// The rows of the free features at their minimum, given those of the slots.
std::vector<double> GroupedSolver::free_values(const std::vector<double>& b) const {
  if (free_->size() == 0) return {};
  const Index n = n_targets();
  std::vector<Index> places;
  for (std::size_t s = 0; s < features_.size(); ++s) places.push_back(static_cast<Index>(s));
  auto rest = free_->products(places, b.data(), n);
  for (std::size_t k = 0; k < rest.size(); ++k) rest[k] = free_c_[k] - rest[k];
  return free_->solve(rest, n);
}

GroupedSolver::Point GroupedSolver::point_of(const RowSolver& solver,
                                             const RowReport& report) const {
  const Index n = n_targets();
  const auto& b = solver.point();
  const auto of_free = free_values(b);
  std::vector<std::pair<Index, const double*>> rows;
  for (std::size_t s = 0; s < features_.size(); ++s) {
    const double* row = b.data() + static_cast<Index>(s) * n;
    if (!is_zero_row(row, n)) rows.emplace_back(features_[s], row);
  }
  for (Index k = 0; k < free_->size(); ++k) {
    rows.emplace_back(free_->features()[k], of_free.data() + k * n);
  }
  std::ranges::sort(rows);
  Point point;
  for (const auto& [feature, row] : rows) {
    point.features.push_back(feature);
    point.rows.insert(point.rows.end(), row, row + n);
  }
  point.sums.rss = report.rss;
  point.sums.penalty = report.penalty;
  point.sums.gap = report.gap.gap;
  point.sums.violation = report.gap.violation;
  point.sums.rounds = report.rounds;
  point.sums.finished = report.finished;
  return point;
}

bool GroupedSolver::write(double alpha, const Point& point,
                          std::vector<PathWriter>& writers) const {
  const Index n = n_targets();
  bool more = true;
  for (Index t = 0; t < n; ++t) {
    NetPoint own = point.sums;
    const double square = to_unit_[t] * to_unit_[t];
    own.rss /= square;
    own.penalty /= square;
    own.gap /= square;
    own.features = point.features;
    for (std::size_t k = 0; k < point.features.size(); ++k) {
      own.values.push_back(point.rows[k * n + t] / to_unit_[t]);
    }
    more = writers[t].add(alpha, own) && more;
  }
  return more;
}

bool GroupedSolver::rounding_hides(const NetPoint& sums, double tol) const {
  return rounding_of_products * total_ > tol * (sums.rss / 2 + sums.penalty);
}

// The certificate of the solver's point by slopes from the rows, which the solver goes on with.
RowReport GroupedSolver::measure_by_rows(double alpha, RowSolver& solver) {
  const Index n = n_targets(), p = moments_.n_features;
  const auto& b = solver.point();
  const auto of_free = free_values(b);
  const auto m = static_cast<Index>(features_.size());
  std::vector<double> q(b.size()), q_free(of_free.size());
  RowReport report;
  for (Index t = 0; t < n; ++t) {
    std::vector<double> whole = penalties_[t].prior(), slopes(p);
    whole.resize(p, 0.0);
    for (Index s = 0; s < m; ++s) whole[features_[s]] += b[s * n + t] / to_unit_[t];
    for (Index k = 0; k < free_->size(); ++k) {
      whole[free_->features()[k]] += of_free[k * n + t] / to_unit_[t];
    }
    double rss = 0.0;
    rows_->residuals(t, 1, whole.data(), monitor_, slopes.data(), &rss);
    report.rss += rss * to_unit_[t] * to_unit_[t];
    for (Index s = 0; s < m; ++s) q[s * n + t] = slopes[features_[s]] * to_unit_[t];
    for (Index k = 0; k < free_->size(); ++k) {
      q_free[k * n + t] = slopes[free_->features()[k]] * to_unit_[t];
    }
  }
  passes_ += n;
  for (std::size_t k = 0; k < q_free.size(); ++k) free_c_[k] += q_free[k];
  if (m > 0) free_->subtract(free_->solve(q_free, n), n, q.data());
  std::vector<double> l1(features_.size()), l2(features_.size());
  for (Index s = 0; s < m; ++s) {
    l1[s] = alpha * slots_.l1(s);
    l2[s] = alpha * slots_.l2(s);
  }
  const CoefficientRows rows{b.data(), q.data(), m, n};
  report.penalty = row_penalty(rows, {l1, l2});
  report.gap = squared_loss_row_gap(report.rss, rows, {l1, l2});
  solver.set_slopes(std::move(q), report.rss);
  return report;
}

// Iterative refinement: the search goes on with slopes from the rows, until their gap is small.
void GroupedSolver::correct_by_rows(double alpha, const RowTarget& target, RowSolver& solver,
                                    RowReport& report) {
  for (int k = 0; k <= corrections; ++k) {
    const auto measured = measure_by_rows(alpha, solver);
    report.rss = measured.rss;
    report.penalty = measured.penalty;
    report.gap = measured.gap;
    const double objective = measured.rss / 2 + measured.penalty;
    report.finished = measured.gap.gap <= target.tol * objective;
    if (report.finished || k == corrections) break;
    const auto more = solver.resume(target);
    report.rounds += more.rounds;
    report.descents += more.descents;
  }
  report.finished = true;
}

void GroupedSolver::solve(std::span<const double> alphas, std::span<const double> start,
                          std::vector<PathWriter>& writers) {
  RowSolver solver(slots_, rss_null_, monitor_);
  if (!start.empty()) solver.set_point(start_of(start));
  bool by_rows = false;
  for (const double alpha : alphas) {
    const double own = scaled(alpha);
    const double tol = writers[reference_].limits().tol;
    RowTarget target{tol / 2, options_.max_iter};
    auto report = solver.solve(own, target);
    by_rows = by_rows || (rows_ != nullptr && rounding_hides(point_of(solver, report).sums, tol));
    if (by_rows) correct_by_rows(own, target, solver, report);
    descents_ += report.descents;
    const auto& b = solver.point();
    for (std::size_t s = 0; s < features_.size(); ++s) {
      if (!is_zero_row(b.data() + static_cast<Index>(s) * n_targets(), n_targets())) ever_[s] = 1;
    }
    if (!write(alpha, point_of(solver, report), writers)) return;
  }
}

void GroupedSolver::report(ElasticNetInfo& info) const {
  info.solver = Solver::newton_cg;
  info.reason = "targets are penalised together: Newton's method on the rows that are not zero";
  info.n_passes += passes_;
  info.n_ever = std::max(info.n_ever, static_cast<Index>(std::ranges::count(ever_, 1)));
  info.n_monotone += descents_;
}

std::unique_ptr<NetSolver> solver_on_gram(const ScaledMoments& moments, const NetFrame& frame,
                                          const std::vector<char>& pinned,
                                          const ElasticNetOptions& options,
                                          const RowProducts* rows, Monitor& monitor) {
  const GramOptions asked{options.max_iter, options.n_threads};
  if (options.group_targets && moments.n_targets > 1) {
    return std::make_unique<GroupedSolver>(moments, frame, pinned, asked, rows, monitor);
  }
  return std::make_unique<GramSolver>(moments, frame, pinned, asked, rows, monitor);
}

}  // namespace elltwo
