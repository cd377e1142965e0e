#include "solvers/elastic_net/wide_target_path.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "parallel/interruption.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double wide_tolerance = 1e-12;            // violation over alpha l1
constexpr double on_the_way = 1e-6;                 // the same where the point is not reported
constexpr double longest_step = 0.7;                // from one alpha to the next
constexpr double longest_step_when_crowded = 0.85;  // where more than n / 2 features are active
constexpr double farthest_of_block = 0.69;  // from the alpha of the slopes to the last of a block
constexpr std::size_t most_together = 5;    // alphas of a block
constexpr double accurate_gap = 1e-12;      // relative; a point above it is solved once more
constexpr int idle_blocks = 3;              // after which a slot may be forgotten
constexpr double at_alpha_max = 1e-12;
// A part of |z_j| |y| below which q_j of the null model is rounding.
constexpr double null_slope_rounding = 1e-14;

}  // namespace

WideTargetPath::WideTargetPath(const WideRows& rows, const WideTarget& target, Monitor& monitor)
    : rows_(rows),
      target_(target),
      monitor_(monitor),
      set_(rows_, target.penalty, target.c, monitor),
      outside_(target.penalty, set_, target.norms) {}

NetNullModel WideTargetPath::solve_null() {
  const auto& penalty = target_.penalty;
  std::vector<double> r = target_.residual;
  null_.total = rows_.weigh(r.data());
  null_.rss = null_.total;
  slopes_.q = target_.c;
  std::vector<Index> free;
  for (const Index j : penalty.movable()) {
    if (penalty.is_unpenalised(j)) free.push_back(j);
  }
  if (!free.empty()) {
    set_.extend(free);
    static_cast<void>(set_.solve(1.0, wide_tolerance));
    slopes_.q = slopes_here();
    null_.rss = rss_[0];
  }
  for (Index j = 0; j < n_features(); ++j) {
    const double size = target_.norms[j] * std::sqrt(null_.total);
    if (std::abs(slopes_.q[j]) <= null_slope_rounding * size) slopes_.q[j] = 0.0;
  }
  null_.alpha_max = penalty.alpha_max(slopes_.q.data());
  slopes_.alpha = null_.alpha_max;
  return null_;
}

void WideTargetPath::begin(const std::vector<double>& d) {
  std::vector<Index> present;
  for (const Index j : target_.penalty.movable()) {
    if (d[j] != 0.0 && !set_.has(j)) present.push_back(j);
  }
  set_.extend(present);
  set_.set_point(d);
  at_null_ = false;
}

// All penalties from alpha_max on give one point, unless a bound keeps coefficients off zero.
double WideTargetPath::scaled(double alpha) const {
  const double own = target_.penalty.scaled_alpha(alpha);
  if (target_.penalty.excludes_zero()) return own;
  return std::min(own, null_.alpha_max > 0.0 ? 2 * null_.alpha_max : 1.0);
}

// Features whose bounds exclude 0 are in the working set from the beginning.
void WideTargetPath::place_forced() {
  if (!target_.penalty.excludes_zero()) return;
  std::vector<Index> forced;
  for (const Index j : target_.penalty.movable()) {
    const auto& slot = target_.penalty[j];
    if ((slot.lower > 0.0 || slot.upper < 0.0) && !set_.has(j)) forced.push_back(j);
  }
  set_.extend(forced);
  at_null_ = false;
}

void WideTargetPath::start(std::span<const double> alphas, int max_iter, PathWriter& writer) {
  alphas_ = alphas;
  max_iter_ = max_iter;
  set_.limit_rounds(max_iter);
  writer_ = &writer;
  place_forced();
  if (!at_null_ && !finished()) {
    slopes_.q = slopes_here();
    slopes_.alpha = scaled(alphas[0]);
  }
  // At alphas not below alpha_max the null model is the solution.
  while (at_null_ && !finished() && scaled(alphas_[0]) >= (1.0 - at_alpha_max) * null_.alpha_max) {
    auto null = set_.here();
    null.alpha = scaled(alphas_[0]);
    write(alphas_[0], measured(null, slopes_.q.data(), null_.rss));
  }
  solved_alpha_ = slopes_.alpha;
}

// The next alphas to solve at, with others on the way where they are far from each other.
std::vector<WideTargetPath::Stop> WideTargetPath::next_stops() const {
  const bool crowded = 2 * n_active_ > rows_.columns.n_rows();
  const double longest = crowded ? longest_step_when_crowded : longest_step;
  std::vector<Stop> stops;
  double from = solved_alpha_;
  for (std::size_t a = 0; a < alphas_.size() && stops.size() < together_;) {
    double to = scaled(alphas_[a]);
    const bool reported = to >= longest * from;
    if (!reported) {
      to = from * std::pow(to / from, 1.0 / std::ceil(std::log(to / from) / std::log(longest)));
    }
    if (!stops.empty() && to < farthest_of_block * slopes_.alpha) break;
    stops.push_back({reported ? alphas_[a] : 0.0, to, reported});
    a += reported ? 1 : 0;
    from = to;
  }
  return stops;
}

// The next stops, and the features that are likely to enter there.
void WideTargetPath::take_next_block() {
  stops_ = next_stops();
  const Index most = std::max(2 * n_active_ + 200, rows_.columns.n_rows() / 2);
  for (;;) {
    const auto likely = outside_.likely(slopes_, stops_.front().scaled, stops_.back().scaled);
    if (stops_.size() == 1 || set_.size() + static_cast<Index>(likely.size()) <= most) {
      set_.extend(likely);
      return;
    }
    stops_.resize(stops_.size() / 2);
  }
}

const std::vector<double>& WideTargetPath::propose() {
  check(monitor_);
  take_next_block();
  points_.clear();
  for (const auto& stop : stops_) {
    points_.push_back(set_.solve(stop.scaled, stop.reported ? wide_tolerance : on_the_way));
  }
  n_active_ = static_cast<Index>(points_.back().slots.size());
  weigh_sides(set_.derivative());
  return sides_;
}

// W r of the residuals of all points, and W Z_A b' of the derivative b' behind them.
void WideTargetPath::weigh_sides(const FacePoint& derivative) {
  const Index n = rows_.columns.n_rows();
  const auto count = points_.size();
  points_.push_back(derivative);
  sides_.resize(points_.size() * n);
  rss_.resize(points_.size());
  set_.combine(points_, sides_.data());
  points_.pop_back();
  for (std::size_t k = 0; k <= count; ++k) {
    double* side = sides_.data() + k * n;
    for (Index i = 0; i < n && k < count; ++i) side[i] = target_.residual[i] - side[i];
    rss_[k] = rows_.weigh(side);
  }
}

// Z'W r of the current point, which need not be a minimum.
std::vector<double> WideTargetPath::slopes_here() {
  points_ = {set_.here()};
  weigh_sides({});
  std::vector<double> q(n_features());
  rows_.columns.products(1, sides_.data(), q.data());
  ++passes_;
  return q;
}

void WideTargetPath::accept(const double* products) {
  ++passes_;
  const std::size_t done = certified(products);
  for (std::size_t k = done; k < stops_.size(); ++k) rounds_ += points_[k].rounds;
  for (std::size_t k = 0; k < done; ++k) {
    rounds_ += points_[k].rounds;
    if (stops_[k].reported) {
      auto point = measured(points_[k], products + k * n_features(), rss_[k]);
      point.finished = points_[k].converged || points_[k].rounds < max_iter_;
      if (is_worth_correction(point)) {
        correct(std::move(point), products);
        return;
      }
      write(stops_[k].user, std::move(point));
      if (finished()) return;
    }
    solved_alpha_ = stops_[k].scaled;
  }
  if (done == stops_.size()) take_slopes(products);
}

bool WideTargetPath::is_worth_correction(const NetPoint& point) const {
  if (first_try_ || rounds_ >= max_iter_) return false;  // a correction is a round more
  const double objective = point.rss / 2 + point.penalty;
  const double wanted = corrections_serve_ ? accurate_gap : writer_->promise(objective);
  return point.gap > wanted * objective;
}

// Iterative refinement: the linear term takes in what rounding of the Gram matrix does to the
// slopes at the last point, of which products with X say what they are.
void WideTargetPath::correct(NetPoint point, const double* products) {
  first_try_ = std::move(point);
  set_.correct_slopes(products + (stops_.size() - 1) * n_features());
}

void WideTargetPath::write(double alpha, NetPoint point) {
  if (first_try_) {
    corrections_serve_ = point.gap < 0.5 * first_try_->gap;
    if (first_try_->gap < point.gap) point = std::move(*first_try_);
    first_try_.reset();
  }
  point.rounds = std::exchange(rounds_, 0);
  const bool more = writer_->add(alpha, point);
  alphas_ = more ? alphas_.subspan(1) : std::span<const double>();
}

// How many stops are done: those before the first reported one at which a feature outside the
// working set violates. All violators join the set.
std::size_t WideTargetPath::certified(const double* q) {
  std::vector<Index> violators;
  std::size_t done = stops_.size();
  for (std::size_t k = 0; k < stops_.size(); ++k) {
    const auto found = outside_.violators(stops_[k].scaled, q + k * n_features(), rss_[k]);
    if (!found.empty() && stops_[k].reported) done = std::min(done, k);
    violators.insert(violators.end(), found.begin(), found.end());
  }
  std::sort(violators.begin(), violators.end());
  violators.erase(std::unique(violators.begin(), violators.end()), violators.end());
  set_.extend(violators);
  return done;
}

void WideTargetPath::take_slopes(const double* q) {
  const Index p = n_features();
  const double* last = q + (stops_.size() - 1) * p;
  slopes_.alpha = solved_alpha_;
  slopes_.q.assign(last, last + p);
  slopes_.derivative.assign(last + p, last + 2 * p);
  for (double& value : slopes_.derivative) value = -value;
  set_.end_block();
  set_.forget(idle_blocks);
  together_ = together_ == 1 ? 2 : most_together;
}

// The certificate of a point. Features at zero whose slope is within alpha l1 add nothing to it.
NetPoint WideTargetPath::measured(const FacePoint& face, const double* q, double rss) const {
  const auto& penalty = target_.penalty;
  std::vector<double> d(n_features(), 0.0);
  NetPoint point{.rss = rss, .rounds = face.rounds};
  for (std::size_t i = 0; i < face.slots.size(); ++i) {
    d[set_.feature(face.slots[i])] = face.values[i];
  }
  std::vector<double> own_d, own_q, l1, l2, lower, upper;
  for (const Index j : penalty.movable()) {
    const auto& slot = penalty[j];
    if (d[j] != 0.0) {
      point.features.push_back(j);
      point.values.push_back(d[j]);
      point.penalty += face.alpha * (slot.l1 * std::abs(d[j]) + slot.l2 * (d[j] * d[j] / 2));
    } else if (std::abs(q[j]) <= face.alpha * slot.l1 && slot.lower <= 0.0 && slot.upper >= 0.0) {
      continue;
    }
    own_d.push_back(d[j]);
    own_q.push_back(q[j]);
    l1.push_back(face.alpha * slot.l1);
    l2.push_back(face.alpha * slot.l2);
    lower.push_back(slot.lower);
    upper.push_back(slot.upper);
  }
  const auto gap = squared_loss_gap(rss, own_d.data(), own_q.data(),
                                    static_cast<Index>(own_d.size()), {l1, l2, lower, upper});
  point.gap = gap.gap;
  point.violation = gap.violation;
  return point;
}

WideCounts WideTargetPath::counts() const {
  return {.passes = passes_,
          .ever = set_.n_ever(),
          .exchanges = set_.counts().exchanges,
          .monotone = set_.counts().monotone_rounds};
}

}  // namespace elltwo
