#include "solvers/elastic_net/wide_target_path.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double wide_tolerance = 1e-12;     // violation over alpha l1
constexpr double on_the_way = 1e-6;          // the same where the point is not reported
constexpr double longest_step = 0.7;         // from one alpha to the next
constexpr double longest_step_when_crowded = 0.85;  // where more than n / 2 features are active
constexpr double longest_prediction = 0.69;  // from the alpha of the slopes to the last of a block
constexpr std::size_t most_together = 5;     // alphas of a block
constexpr int idle_blocks = 3;               // after which a slot may be forgotten
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

NullModel WideTargetPath::solve_null() {
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
    Block block;
    ask({set_.solve(1.0, wide_tolerance)}, {}, block);
    null_.rss = block.rss[0];
    slopes_.q.assign(block.q.begin(), block.q.begin() + n_features());
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

// The next alphas to solve at, with others on the way where they are far from each other.
std::vector<WideTargetPath::Stop> WideTargetPath::next_stops(std::span<const double> alphas) const {
  const bool crowded = 2 * n_active_ > rows_.columns.n_rows();
  const double longest = crowded ? longest_step_when_crowded : longest_step;
  std::vector<Stop> stops;
  double from = solved_alpha_;
  for (std::size_t a = 0; a < alphas.size() && stops.size() < together_;) {
    double to = scaled(alphas[a]);
    const bool reported = to >= longest * from;
    if (!reported) {
      to = from * std::pow(to / from, 1.0 / std::ceil(std::log(to / from) / std::log(longest)));
    }
    if (!stops.empty() && to < longest_prediction * slopes_.alpha) break;
    stops.push_back({reported ? alphas[a] : 0.0, to, reported});
    a += reported ? 1 : 0;
    from = to;
  }
  return stops;
}

void WideTargetPath::run(std::span<const double> alphas, int max_iter, PathWriter& writer) {
  place_forced();
  if (!at_null_ && !alphas.empty()) ask_here(scaled(alphas[0]));
  // At alphas not below alpha_max the null model is the solution.
  while (at_null_ && !alphas.empty() &&
         scaled(alphas[0]) >= (1.0 - at_alpha_max) * null_.alpha_max) {
    auto null = set_.here();
    null.alpha = scaled(alphas[0]);
    if (!writer.add(alphas[0], measured(null, slopes_.q.data(), null_.rss))) return;
    alphas = alphas.subspan(1);
  }
  solved_alpha_ = slopes_.alpha;
  while (!alphas.empty()) {
    const auto stops = next_block(alphas);
    Block block = solve(stops);
    const std::size_t done = certified(stops, block);
    for (std::size_t k = 0; k < done; ++k) {
      solved_alpha_ = stops[k].scaled;
      if (!stops[k].reported) continue;
      auto point = measured(block.points[k], block.q.data() + k * n_features(), block.rss[k]);
      point.finished = block.points[k].converged || point.rounds < max_iter;
      if (!writer.add(stops[k].user, point)) return;
      alphas = alphas.subspan(1);
    }
    if (done == stops.size()) take_slopes(std::move(block));
  }
}

// The next alphas to solve together, and the features that are likely to enter there.
std::vector<WideTargetPath::Stop> WideTargetPath::next_block(std::span<const double> alphas) {
  check(monitor_);
  auto stops = next_stops(alphas);
  const Index most = std::max(2 * n_active_ + 200, rows_.columns.n_rows() / 2);
  for (;;) {
    const auto likely = outside_.likely(slopes_, stops.front().scaled, stops.back().scaled);
    if (stops.size() == 1 || set_.size() + static_cast<Index>(likely.size()) <= most) {
      set_.extend(likely);
      return stops;
    }
    stops.resize(stops.size() / 2);
  }
}

WideTargetPath::Block WideTargetPath::solve(std::span<const Stop> stops) {
  Block block;
  std::vector<FacePoint> points;
  for (const auto& stop : stops) {
    points.push_back(set_.solve(stop.scaled, stop.reported ? wide_tolerance : on_the_way));
  }
  n_active_ = static_cast<Index>(points.back().slots.size());
  ask(std::move(points), set_.derivative(), block);
  return block;
}

// One pass over X for the residuals of all points and the derivative.
void WideTargetPath::ask(std::vector<FacePoint> points, const FacePoint& derivative, Block& block) {
  const Index n = rows_.columns.n_rows();
  const auto count = points.size();
  points.push_back(derivative);
  std::vector<double> sides(points.size() * n);
  set_.combine(points, sides.data());
  points.pop_back();
  for (std::size_t k = 0; k <= count; ++k) {
    double* side = sides.data() + k * n;
    if (k < count) {
      for (Index i = 0; i < n; ++i) side[i] = target_.residual[i] - side[i];
    }
    block.rss.push_back(rows_.weigh(side));
  }
  block.q.resize((count + 1) * n_features());
  rows_.columns.products(static_cast<Index>(count + 1), sides.data(), block.q.data());
  block.points = std::move(points);
  ++passes_;
}

// The slopes at the current point, which need not be a minimum.
void WideTargetPath::ask_here(double alpha) {
  Block block;
  ask({set_.here()}, {}, block);
  slopes_.alpha = alpha;
  slopes_.q.assign(block.q.begin(), block.q.begin() + n_features());
}

// How many stops are done: those before the first reported one at which a feature outside the
// working set violates. All violators join the set.
std::size_t WideTargetPath::certified(std::span<const Stop> stops, const Block& block) {
  std::vector<Index> violators;
  std::size_t done = stops.size();
  for (std::size_t k = 0; k < stops.size(); ++k) {
    const auto found =
        outside_.violators(stops[k].scaled, block.q.data() + k * n_features(), block.rss[k]);
    if (!found.empty() && stops[k].reported) done = std::min(done, k);
    violators.insert(violators.end(), found.begin(), found.end());
  }
  std::sort(violators.begin(), violators.end());
  violators.erase(std::unique(violators.begin(), violators.end()), violators.end());
  set_.extend(violators);
  return done;
}

void WideTargetPath::take_slopes(Block block) {
  const Index p = n_features();
  const auto behind = block.q.end() - p;
  slopes_.alpha = solved_alpha_;
  slopes_.q.assign(behind - p, behind);
  slopes_.derivative.assign(behind, block.q.end());
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
