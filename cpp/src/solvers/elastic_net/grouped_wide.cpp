#include "solvers/elastic_net/grouped_wide.hpp"

#include <algorithm>
#include <cmath>

#include "model/row_gap.hpp"
#include "parallel/interruption.hpp"
#include "solvers/elastic_net/row_working_set.hpp"
#include "solvers/elastic_net/wide_solver.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double longest_fall = 0.5;  // of alpha from one pass to the next
constexpr double tol_on_the_way_down = 1e-3;
constexpr double likely_share = 0.95;  // of alpha l1 that an extrapolated slope exceeds
constexpr double outside_margin =
    1e-13;  // by which a slope exceeds alpha l1 that is to be looked at
constexpr double at_largest_alpha = 1e-12;
constexpr int most_corrections = 3;

/// One search along falling alphas.
class GroupedWidePath {
 public:
  GroupedWidePath(RowWorkingSet& set, const GroupedTargets& targets, int max_rounds,
                  Monitor& monitor)
      : set_(set), targets_(targets), max_rounds_(max_rounds), monitor_(monitor) {}

  /// From the null model, whose slopes these are, or from the set's point.
  void begin(double alpha, GroupSlopes slopes) {
    alpha_ = alpha;
    slopes_ = std::move(slopes);
  }

  /// Solves at alpha, in the units of the rows. Throws Interrupted.
  RowReport advance(double alpha, double tol) {
    RowReport way;
    while (alpha > 0.0 && alpha < longest_fall * alpha_) {
      const auto report = settle_all(longest_fall * alpha_, tol_on_the_way_down);
      way.rounds += report.rounds;
      way.descents += report.descents;
    }
    auto report = settle_all(alpha, tol);
    report.rounds += way.rounds;
    report.descents += way.descents;
    return report;
  }

 private:
  const double* slope(const GroupSlopes& slopes, Index j) const {
    return slopes.q.data() + j * targets_.size();
  }

  // Features whose slopes, continued from the last two alphas, come near to alpha l1; with one
  // alpha those of the strong rule (Tibshirani and others 2012).
  std::vector<Index> likely(double alpha) const {
    const Index n = targets_.size();
    std::vector<Index> found;
    std::vector<double> expected(n);
    const bool two = !before_.q.empty();
    const double ahead = two ? (alpha - alpha_) / (alpha_ - alpha_before_) : 0.0;
    for (const Index j : targets_.penalised()) {
      if (set_.has(j)) continue;
      const double l1 = targets_.shared()[j].l1;
      const double* q = slope(slopes_, j);
      if (!two) {
        if (row_norm(q, n) > l1 * (2 * alpha - alpha_)) found.push_back(j);
        continue;
      }
      const double* older = slope(before_, j);
      for (Index t = 0; t < n; ++t) expected[t] = q[t] + ahead * (q[t] - older[t]);
      const double norm = std::max(row_norm(expected.data(), n), row_norm(q, n));
      if (norm > likely_share * l1 * alpha) found.push_back(j);
    }
    return found;
  }

  std::vector<Index> violators(double alpha, const GroupSlopes& slopes) const {
    std::vector<Index> found;
    for (const Index j : targets_.penalised()) {
      if (set_.has(j)) continue;
      const double l1 = alpha * targets_.shared()[j].l1;
      if (row_norm(slope(slopes, j), targets_.size()) > l1 * (1.0 + outside_margin)) {
        found.push_back(j);
      }
    }
    return found;
  }

  RowReport settle_all(double alpha, double tol) {
    const RowTarget target{.tol = tol / 2, .max_rounds = max_rounds_};
    set_.extend(likely(alpha));
    auto report = set_.solver().solve(alpha, target);
    GroupSlopes slopes;
    for (int corrections = 0;;) {
      check(monitor_);
      slopes = set_.slopes();
      const auto entering = violators(alpha, slopes);
      if (entering.empty()) {
        measure(alpha, slopes, report);
        const double objective = report.rss / 2 + report.penalty;
        if (report.gap.gap <= tol * objective || corrections++ >= most_corrections) break;
        set_.solver().set_slopes(of_slots(slopes), slopes.rss);
      } else {
        set_.extend(entering);
      }
      const auto more = set_.solver().resume(target);
      report.finished = more.finished;
      report.rounds += more.rounds;
      report.descents += more.descents;
    }
    set_.forget(alpha, slopes);
    before_ = std::move(slopes_);
    slopes_ = std::move(slopes);
    alpha_before_ = alpha_;
    alpha_ = alpha;
    if (alpha_before_ == alpha_) before_.q.clear();
    return report;
  }

  std::vector<double> of_slots(const GroupSlopes& slopes) const {
    const Index n = targets_.size();
    std::vector<double> q;
    for (const Index j : set_.features()) {
      q.insert(q.end(), slope(slopes, j), slope(slopes, j) + n);
    }
    return q;
  }

  // Features outside the set add nothing: their slopes are within alpha l1.
  void measure(double alpha, const GroupSlopes& slopes, RowReport& report) {
    const auto q = of_slots(slopes);
    const CoefficientRows rows{set_.solver().point().data(), q.data(), set_.size(),
                               targets_.size()};
    certify_rows(set_.slots(), alpha, rows, slopes.rss, report);
  }

  RowWorkingSet& set_;
  const GroupedTargets& targets_;
  int max_rounds_;
  Monitor& monitor_;
  double alpha_ = 0.0, alpha_before_ = 0.0;
  GroupSlopes slopes_, before_;
};

template <Real T>
class GroupedWideSolver final : public NetSolver {
 public:
  GroupedWideSolver(const NetDesign<T>& design, const NetTerms& terms, const WideOptions& options,
                    Monitor& monitor)
      : options_(options),
        monitor_(monitor),
        frame_{design.units(), design.means(), options.shift, terms},
        columns_(columns_of(design, options.n_threads, monitor)),
        rows_{*columns_, design.weight(), design.problem().centred()},
        targets_(frame_, design.pinned(), design.problem().n_targets()) {
    for (Index t = 0; t < targets_.size(); ++t) {
      const auto r = design.residual(t, targets_.penalty(t).prior());
      for (const double value : r) y_.push_back(value * targets_.to_rows(t));
    }
    for (const double square : design.spread()) norms_.push_back(std::sqrt(square));
    set_ = std::make_unique<RowWorkingSet>(rows_, targets_, y_, options.n_threads, monitor);
    auto total = y_;
    const Index n = columns_->n_rows();
    for (Index t = 0; t < targets_.size(); ++t) total_ += rows_.weigh(total.data() + t * n);
    null_ = set_->slopes();
    for (const Index j : targets_.penalised()) {
      double* q = null_.q.data() + j * targets_.size();
      const double norm = row_norm(q, targets_.size());
      if (norm <= null_slope_rounding * norms_[j] * std::sqrt(total_)) {
        std::fill_n(q, targets_.size(), 0.0);
      } else {
        alpha_max_ = std::max(alpha_max_, norm / targets_.shared()[j].l1);
      }
    }
  }

  const NetFrame& frame() const override { return frame_; }
  const NetPenalty& penalty(Index target) const override { return targets_.penalty(target); }
  NetNullModel null_model(Index target) override {
    return targets_.null_model(target, null_.rss, total_, alpha_max_);
  }

  void solve(std::span<const double> alphas, std::span<const double> start,
             std::vector<PathWriter>& writers) override {
    GroupedWidePath path(*set_, targets_, options_.max_iter, monitor_);
    bool at_null = start.empty();
    if (at_null) {
      path.begin(alpha_max_, null_);
    } else if (!alphas.empty()) {
      begin_at(start);
      path.begin(targets_.scaled(alphas[0], alpha_max_), set_->slopes());
    }
    const double tol = writers[0].limits().tol;
    for (const double alpha : alphas) {
      const double own = targets_.scaled(alpha, alpha_max_);
      at_null = at_null && own >= (1.0 - at_largest_alpha) * alpha_max_;
      RowReport report;
      report.finished = true;
      report.rss = null_.rss;
      if (!at_null) report = path.advance(own, tol);
      descents_ += report.descents;
      const auto point = group_point(set_->features(), set_->solver().point(), targets_.free(),
                                     set_->free_rows(), report);
      if (!targets_.write(alpha, point, writers)) return;
    }
  }

  void report(ElasticNetInfo& info) const override {
    info.solver = Solver::newton_cg;
    info.reason = "targets are penalised together: working sets of the columns of X";
    info.n_passes += set_->n_passes();
    info.n_ever = std::max(info.n_ever, set_->n_ever());
    info.n_monotone += descents_;
  }

 private:
  void begin_at(std::span<const double> start) {
    const auto rows = targets_.rows_of(start, targets_.penalised());
    const Index n = targets_.size();
    std::vector<Index> present;
    std::vector<double> point;
    for (std::size_t k = 0; k < targets_.penalised().size(); ++k) {
      const double* row = rows.data() + static_cast<Index>(k) * n;
      if (is_zero_row(row, n)) continue;
      present.push_back(targets_.penalised()[k]);
      point.insert(point.end(), row, row + n);
    }
    set_->extend(present);
    set_->solver().set_point(std::move(point));
  }

  WideOptions options_;
  Monitor& monitor_;
  NetFrame frame_;
  std::unique_ptr<Columns> columns_;
  WideRows rows_;
  GroupedTargets targets_;
  std::vector<double> y_;
  std::vector<double> norms_;
  std::unique_ptr<RowWorkingSet> set_;
  GroupSlopes null_;
  double total_ = 0.0;
  double alpha_max_ = 0.0;
  Index descents_ = 0;
};

}  // namespace

template <Real T>
std::unique_ptr<NetSolver> grouped_wide_path(const NetDesign<T>& design, const NetTerms& terms,
                                             const WideOptions& options, Monitor& monitor) {
  return std::make_unique<GroupedWideSolver<T>>(design, terms, options, monitor);
}

template std::unique_ptr<NetSolver> grouped_wide_path<double>(const NetDesign<double>&,
                                                              const NetTerms&, const WideOptions&,
                                                              Monitor&);
template std::unique_ptr<NetSolver> grouped_wide_path<float>(const NetDesign<float>&,
                                                             const NetTerms&, const WideOptions&,
                                                             Monitor&);

}  // namespace elltwo
