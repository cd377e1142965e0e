#include "solvers/elastic_net/gram_path.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double face_tolerance = 1e-12;  // violation over alpha l1
constexpr double rounding_of_moments = 8.0 * epsilon;
constexpr std::size_t most_waiting = 16;

Slots slots_of(const GramTarget& target) {
  Slots slots;
  fill_slots(target.moments, target.penalty.movable(), target.penalty, target.linear.c, slots);
  return slots;
}

double sign_of(double v) { return v > 0.0 ? 1.0 : -1.0; }

}  // namespace

void PathCounts::add(const PathCounts& other) {
  exchanges += other.exchanges;
  monotone += other.monotone;
  passes += other.passes;
  ever = std::max(ever, other.ever);
}

GramPath::GramPath(const GramTarget& target, int max_iter, Monitor& monitor, PathWriter& writer)
    : target_(target),
      monitor_(monitor),
      writer_(writer),
      slots_(slots_of(target)),
      faces_(slots_, monitor),
      d_(target.penalty.n_features(), 0.0),
      q_(target.penalty.n_features(), 0.0),
      ever_(slots_.size(), 0) {
  faces_.limit_rounds(max_iter);
}

void GramPath::begin(const std::vector<double>& d) {
  const auto& movable = target_.penalty.movable();
  std::vector<double> of_slots;
  for (const Index j : movable) of_slots.push_back(d[j]);
  faces_.set_point(of_slots.data());
}

// All penalties from alpha_max on give one point, unless a bound keeps coefficients off zero.
double GramPath::scaled(double alpha) const {
  const double own = target_.penalty.scaled_alpha(alpha);
  if (target_.penalty.excludes_zero()) return own;
  return std::min(own, target_.alpha_max > 0.0 ? 2 * target_.alpha_max : 1.0);
}

void GramPath::scatter(const double* of_slots, std::vector<double>& of_features) const {
  const auto& movable = target_.penalty.movable();
  for (std::size_t s = 0; s < movable.size(); ++s) of_features[movable[s]] = of_slots[s];
}

void GramPath::count(const FaceReport& report) {
  counts_.exchanges += report.exchanges;
  counts_.monotone += report.monotone_rounds;
  for (const Index s : faces_.active()) {
    counts_.ever += ever_[s] == 0 ? 1 : 0;
    ever_[s] = 1;
  }
}

// The point d of the slots with its certificate, for q of the slots.
NetPoint GramPath::measured(double alpha, const double* d, const double* q, double rss) {
  scatter(d, d_);
  scatter(q, q_);
  const auto& penalty = target_.penalty;
  NetPoint point;
  for (Index s = 0; s < n_slots(); ++s) {
    const double v = d[s];
    if (v == 0.0) continue;
    const Index j = penalty.movable()[s];
    point.features.push_back(j);
    point.values.push_back(v);
    point.penalty += alpha * (penalty[j].l1 * std::abs(v) + penalty[j].l2 * (v * v / 2));
  }
  point.rss = rss >= 0.0 ? rss : residual_square(target_.linear, d_.data(), q_.data());
  const auto gap = squared_loss_gap(point.rss, d_.data(), q_.data(), penalty.n_features(),
                                    penalty.at(alpha, space_));
  point.gap = gap.gap;
  point.violation = gap.violation;
  return point;
}

bool GramPath::rounding_hides(const NetPoint& point) const {
  const double objective = point.rss / 2 + point.penalty;
  return rounding_of_moments * target_.linear.total > writer_.limits().tol * objective;
}

std::vector<double> GramPath::solved_point(const FaceReport& report) {
  auto d = faces_.point();
  if (report.left_out == 0) return d;
  if (!least_norm_) least_norm_.emplace(slots_, monitor_);
  least_norm_->apply(d.data());
  return d;
}

bool GramPath::advance(double alpha) {
  const double own = scaled(alpha);
  const auto report = faces_.solve(own, face_tolerance);
  count(report);
  auto d = solved_point(report);
  if (!by_rows_) {
    constexpr double unknown = -1.0;
    auto point = measured(own, d.data(), faces_.slopes().data(), unknown);
    point.rounds = report.rounds;
    by_rows_ = target_.rows != nullptr && rounding_hides(point);
    if (!by_rows_) return writer_.add(alpha, point);
  }
  waiting_.push_back({alpha, report.rounds, std::move(d)});
  return waiting_.size() < most_waiting || write_waiting();
}

void GramPath::finish() { static_cast<void>(write_waiting()); }

bool GramPath::write_waiting() {
  if (waiting_.empty()) return true;
  const Index p = target_.penalty.n_features(), n = static_cast<Index>(waiting_.size());
  const auto& prior = target_.penalty.prior();
  std::vector<double> b(n * p, 0.0), q(n * p), rss(n);
  for (Index k = 0; k < n; ++k) {
    std::fill(d_.begin(), d_.end(), 0.0);
    scatter(waiting_[k].d.data(), d_);
    for (Index j = 0; j < p; ++j) b[k * p + j] = d_[j] + (prior.empty() ? 0.0 : prior[j]);
  }
  target_.rows->residuals(target_.penalty.target(), n, b.data(), monitor_, q.data(), rss.data());
  ++counts_.passes;
  bool more = true;
  for (Index k = 0; k < n && more; ++k) {
    more = writer_.add(waiting_[k].alpha, corrected(waiting_[k], q.data() + k * p, rss[k]));
  }
  waiting_.clear();
  return more;
}

// One step of iterative refinement on the face, with residuals from the rows:
//   d_A += K^-1 (q_A - a1 s_A - a2 d_A),   q -= G_A K^-1 (...),
// unless a coefficient would change its sign or leave its bounds.
NetPoint GramPath::corrected(const Waiting& waiting, const double* q_rows, double rss) {
  const double alpha = scaled(waiting.alpha);
  const auto& movable = target_.penalty.movable();
  std::vector<double> d = waiting.d, q(n_slots());
  for (Index s = 0; s < n_slots(); ++s) q[s] = q_rows[movable[s]];
  auto best = measured(alpha, d.data(), q.data(), rss);
  best.rounds = waiting.rounds;
  if (least_norm_) return best;  // the face leaves columns out that d has
  faces_.set_point(d.data());
  static_cast<void>(faces_.solve(alpha, face_tolerance));
  const auto active = faces_.active();
  std::vector<double> step(active.size());
  for (std::size_t a = 0; a < active.size(); ++a) {
    const Index s = active[a];
    const auto& slot = slots_.penalty(s);
    const double sign = slot.l1 == 0.0 ? 0.0 : sign_of(d[s]);
    step[a] = q[s] - alpha * (slot.l1 * sign + slot.l2 * d[s]);
  }
  faces_.solve_active(step.data());
  bool inside = true;
  double change = 0.0;
  for (std::size_t a = 0; a < active.size(); ++a) {
    const Index s = active[a];
    const auto& slot = slots_.penalty(s);
    const double next = d[s] + step[a];
    inside = inside && slot.lower <= next && next <= slot.upper &&
             (slot.l1 == 0.0 || (next != 0.0 && (next > 0.0) == (d[s] > 0.0)));
    d[s] = next;
    change -= step[a] * q[s];
    for (Index i = 0; i < n_slots(); ++i) q[i] -= step[a] * slots_.gram(s)[i];
  }
  for (std::size_t a = 0; a < active.size(); ++a) change -= step[a] * q[active[a]];
  if (inside) {
    auto better = measured(alpha, d.data(), q.data(), std::max(rss + change, 0.0));
    better.rounds = waiting.rounds;
    if (better.gap < best.gap) best = std::move(better);
  }
  return best;
}

}  // namespace elltwo
