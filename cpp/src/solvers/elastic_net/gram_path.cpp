#include "solvers/elastic_net/gram_path.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/compensated.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double face_tolerance = 1e-15;  // violation over alpha l1
constexpr double rounding_of_moments = 8.0 * epsilon;
constexpr std::size_t most_waiting = 16;

Slots slots_of(const GramTarget& target) {
  Slots slots;
  fill_slots(target.moments, target.penalty.movable(), target.penalty, target.linear.c, slots);
  return slots;
}

double face_sign(double v) { return v > 0.0 ? 1.0 : -1.0; }

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
      ever_(slots_.size(), 0) {
  faces_.limit_rounds(max_iter);
}

void GramPath::begin(const std::vector<double>& d) {
  const auto& movable = target_.penalty.movable();
  std::vector<double> of_slots;
  for (const Index j : movable) of_slots.push_back(d[j]);
  faces_.set_point(of_slots.data());
}

double GramPath::scaled(double alpha) const {
  return target_.penalty.alpha_to_solve_at(alpha, target_.alpha_max);
}

void GramPath::count(const FaceReport& report) {
  counts_.exchanges += report.exchanges;
  counts_.monotone += report.monotone_rounds;
  for (const Index s : faces_.active()) {
    counts_.ever += ever_[s] == 0 ? 1 : 0;
    ever_[s] = 1;
  }
}

// The point d of the slots with its certificate, for q of the slots. Without a given rss it follows
// from the moments, as total - d'(c + q).
NetPoint GramPath::measured(double alpha, const double* d, const double* q, double rss) {
  const auto& movable = target_.penalty.movable();
  builder_.begin(alpha);
  DoubleDouble square{target_.linear.total, 0.0};
  for (Index s = 0; s < n_slots(); ++s) {
    builder_.add(movable[s], d[s], q[s], slots_.penalty(s));
    if (d[s] == 0.0) continue;
    square.add_product(slots_.c(s), -d[s]);
    square.add_product(q[s], -d[s]);
  }
  return builder_.finish(rss >= 0.0 ? rss : std::max(square.value(), 0.0));
}

// Where all slots are free, the part of the objective without l1 exceeds its minimum, which is not
// above that of the whole, by g'K^-1 g / 2, g being minus its gradient. This bounds the gap where
// alpha l1 is lost in the rounding of q.
void GramPath::bound_without_l1(double alpha, NetPoint& point) {
  const auto& active = faces_.active();
  const double objective = point.rss / 2 + point.penalty;
  if (point.gap <= writer_.limits().tol * objective) return;
  if (static_cast<Index>(active.size()) != n_slots()) return;
  const auto& b = faces_.point();
  double bound = 0.0;
  std::vector<double> gradient(active.size());
  for (std::size_t a = 0; a < active.size(); ++a) {
    const Index s = active[a];
    const auto& slot = slots_.penalty(s);
    gradient[a] = faces_.slopes()[s] - alpha * slot.l2 * b[s];
    bound += alpha * slot.l1 * std::abs(b[s]);
  }
  auto step = gradient;
  faces_.solve_active(step.data());
  for (std::size_t a = 0; a < active.size(); ++a) bound += gradient[a] * step[a] / 2;
  point.gap = std::min(point.gap, bound);
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
    bound_without_l1(own, point);
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
    if (!prior.empty()) std::copy_n(prior.data(), p, b.data() + k * p);
    for (Index s = 0; s < n_slots(); ++s) {
      b[k * p + target_.penalty.movable()[s]] += waiting_[k].d[s];
    }
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

// Whether every slot has a squared penalty, with which errors of q are of second order in the gap.
bool GramPath::has_ridge() const {
  for (Index s = 0; s < n_slots(); ++s) {
    if (slots_.penalty(s).l2 == 0.0) return false;
  }
  return true;
}

// A bound, of first order in epsilon, on what the rounding of coefficients adds to the gap: it
// changes q_j by at most epsilon / 2 |z_j| sum_s |z_s| |d_s|.
double GramPath::rounding_of(const double* d) const {
  double sum = 0.0;
  for (Index s = 0; s < n_slots(); ++s) sum += std::sqrt(slots_.gram(s, s)) * std::abs(d[s]);
  return epsilon * sum * sum;
}

// One step of iterative refinement on the face, with residuals from the rows:
//   d_A += K^-1 (q_A - a1 s_A - a2 d_A),   q -= G_A K^-1 (...),
// unless a coefficient would change its sign or leave its bounds. q follows the step that is left
// once coefficients are rounded: at small alpha that rounding is most of the gap.
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
    const double sign = slot.l1 == 0.0 ? 0.0 : face_sign(d[s]);
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
    step[a] = next - d[s];  // exact, as next is near d
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
  best.rounding = rounding_of(d.data());
  if (!has_ridge()) best.gap += best.rounding / 32;  // residuals are rounded as well
  return best;
}

}  // namespace elltwo
