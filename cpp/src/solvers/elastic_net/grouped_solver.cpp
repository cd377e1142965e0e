#include "solvers/elastic_net/grouped_solver.hpp"

#include <algorithm>
#include <cmath>

#include "model/row_gap.hpp"
#include "parallel/n_threads.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double rounding_of_products = 8.0 * epsilon;
// What the free features leave of |z_j|^2 where the rest is rounding.
constexpr double dependent_on_free = 1e-12;
constexpr int corrections = 3;

}  // namespace

GroupedSolver::GroupedSolver(const ScaledMoments& moments, NetFrame frame,
                             const std::vector<char>& pinned, const GramOptions& options,
                             const NetResiduals* rows, Monitor& monitor)
    : moments_(moments),
      frame_(std::move(frame)),
      options_(options),
      rows_(rows),
      monitor_(monitor),
      targets_(frame_, pinned, moments.n_targets),
      slots_(moments.n_targets) {
  choose_features();
  fill_gram();
  fill_linear_term();
}

// The penalised features, but for those that the free ones explain.
void GroupedSolver::choose_features() {
  const auto& z = targets_.free();
  const auto m = static_cast<Index>(z.size());
  std::vector<double> gram, cross;
  for (const Index i : z) {
    for (const Index j : z) gram.push_back(moments_.xx(i, j));
  }
  free_ = FreeRows(m, gram, monitor_);
  features_ = targets_.penalised();
  if (m == 0) return;
  for (const Index j : features_) {
    for (const Index i : z) cross.push_back(moments_.xx(i, j));
  }
  free_.append(cross);
  std::vector<Index> kept;
  for (std::size_t k = 0; k < features_.size(); ++k) {
    const auto place = static_cast<Index>(k);
    const double square = moments_.gram(features_[k], features_[k]);
    const double rest = square - free_.explained(place, place);
    if (rest > dependent_on_free * square) kept.push_back(place);
  }
  free_.keep(kept);
  for (std::size_t k = 0; k < kept.size(); ++k) features_[k] = features_[kept[k]];
  features_.resize(kept.size());
}

void GroupedSolver::fill_gram() {
  Slots gram;
  const std::vector<double> none(moments_.n_features, 0.0);
  fill_slots(moments_, features_, targets_.shared(), none, gram);
  if (gram.size() > 0) free_.subtract_explained(gram.gram(0), gram.ld(), monitor_);
  gram.mirror(0);
  slots_ = RowSlots(moments_.n_targets, std::move(gram));
}

void GroupedSolver::fill_linear_term() {
  const Index n = targets_.size(), m = slots_.size();
  free_c_.resize(static_cast<std::size_t>(free_.size() * n));
  for (Index t = 0; t < n; ++t) {
    const auto linear = linear_term(moments_, t, targets_.penalty(t).prior());
    const double unit = targets_.to_rows(t);
    for (Index s = 0; s < m; ++s) slots_.c(s)[t] = linear.c[features_[s]] * unit;
    for (Index k = 0; k < free_.size(); ++k) {
      free_c_[k * n + t] = linear.c[targets_.free()[k]] * unit;
    }
    total_ += linear.total * unit * unit;
  }
  const auto null = free_.solve(free_c_, n);
  if (m > 0) free_.subtract(0, null, n, slots_.c(0));
  rss_null_ = total_;
  for (std::size_t k = 0; k < null.size(); ++k) rss_null_ -= null[k] * free_c_[k];
  rss_null_ = std::max(rss_null_, 0.0);
  for (Index s = 0; s < m; ++s) {
    const double size = std::sqrt(moments_.gram(features_[s], features_[s])) * std::sqrt(total_);
    if (row_norm(slots_.c(s), n) <= null_slope_rounding * size) std::fill_n(slots_.c(s), n, 0.0);
    alpha_max_ = std::max(alpha_max_, row_norm(slots_.c(s), n) / slots_.l1(s));
  }
  ever_.assign(features_.size(), 0);
}

bool GroupedSolver::rounding_hides(const RowReport& report, double tol) const {
  return rounding_of_products * total_ > tol * (report.rss / 2 + report.penalty);
}

// The certificate of the solver's point by slopes from the rows, which the solver goes on with.
void GroupedSolver::measure_by_rows(double alpha, RowSolver& solver, RowReport& report) {
  const Index n = targets_.size(), p = moments_.n_features, m = slots_.size();
  const auto& b = solver.point();
  const auto of_free = free_.minimum(free_c_, b, n);
  std::vector<double> q(b.size()), q_free(of_free.size());
  double rss = 0.0;
  for (Index t = 0; t < n; ++t) {
    std::vector<double> whole = targets_.penalty(t).prior(), slopes(p);
    whole.resize(p, 0.0);
    const double unit = targets_.to_rows(t);
    for (Index s = 0; s < m; ++s) whole[features_[s]] += b[s * n + t] / unit;
    for (Index k = 0; k < free_.size(); ++k) whole[targets_.free()[k]] += of_free[k * n + t] / unit;
    double own = 0.0;
    rows_->residuals(t, 1, whole.data(), monitor_, slopes.data(), &own);
    rss += own * unit * unit;
    for (Index s = 0; s < m; ++s) q[s * n + t] = slopes[features_[s]] * unit;
    for (Index k = 0; k < free_.size(); ++k) {
      q_free[k * n + t] = slopes[targets_.free()[k]] * unit;
    }
  }
  passes_ += n;
  for (std::size_t k = 0; k < q_free.size(); ++k) free_c_[k] += q_free[k];
  free_.subtract(0, free_.solve(q_free, n), n, q.data());
  certify_rows(slots_, alpha, {b.data(), q.data(), m, n}, rss, report);
  solver.set_slopes(std::move(q), rss);
}

// Iterative refinement: the search goes on with slopes from the rows, until their gap is small.
void GroupedSolver::correct_by_rows(double alpha, const RowTarget& target, RowSolver& solver,
                                    RowReport& report) {
  for (int k = 0; k <= corrections; ++k) {
    measure_by_rows(alpha, solver, report);
    const double objective = report.rss / 2 + report.penalty;
    if (report.gap.gap <= target.tol * objective || k == corrections) break;
    const auto more = solver.resume(target);
    report.rounds += more.rounds;
    report.descents += more.descents;
  }
  report.finished = true;
}

void GroupedSolver::solve(std::span<const double> alphas, std::span<const double> start,
                          std::vector<PathWriter>& writers) {
  const Index n = targets_.size();
  RowSolver solver(slots_, rss_null_, options_.n_threads, monitor_);
  if (!start.empty()) solver.set_point(targets_.rows_of(start, features_));
  bool by_rows = false;
  for (const double alpha : alphas) {
    const double own = targets_.scaled(alpha, alpha_max_);
    const double tol = writers[0].limits().tol;
    const RowTarget target{.tol = tol / 2, .max_rounds = options_.max_iter};
    auto report = solver.solve(own, target);
    by_rows = by_rows || (rows_ != nullptr && rounding_hides(report, tol));
    if (by_rows) correct_by_rows(own, target, solver, report);
    descents_ += report.descents;
    const auto& b = solver.point();
    for (std::size_t s = 0; s < features_.size(); ++s) {
      if (!is_zero_row(b.data() + static_cast<Index>(s) * n, n)) ever_[s] = 1;
    }
    const auto point =
        group_point(features_, b, targets_.free(), free_.minimum(free_c_, b, n), report);
    if (!targets_.write(alpha, point, writers)) return;
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
                                          const NetResiduals* rows, Monitor& monitor) {
  const GramOptions asked{options.max_iter, options.n_threads};
  if (joins_targets(options, moments.n_targets)) {
    return std::make_unique<GroupedSolver>(moments, frame, pinned, asked, rows, monitor);
  }
  return std::make_unique<GramSolver>(moments, frame, pinned, asked, rows, monitor);
}

}  // namespace elltwo
