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
constexpr std::size_t most_together = 8;    // alphas of a block
constexpr std::size_t fewer_together = 5;   // the same where the working set is large
constexpr Index many_slots = 2000;
constexpr double accurate_gap = 1e-12;  // relative; a point above it is solved once more
constexpr int idle_blocks = 3;          // after which a slot may be forgotten
constexpr double at_alpha_max = 1e-12;

}  // namespace

WideTargetPath::WideTargetPath(const WideRows& rows, const WideTarget& target, Monitor& monitor)
    : rows_(rows),
      target_(target),
      monitor_(monitor),
      set_(rows_, target.penalty, target.c, monitor),
      outside_(target.penalty, set_, target.norms),
      block_(rows_, target.penalty, set_, target.norms),
      certificate_(target.penalty, set_) {}

NetNullModel WideTargetPath::solve_null() {
  const auto& penalty = target_.penalty;
  std::vector<double> r = target_.residual;
  null_.total = rows_.weigh(r.data());
  reference_ = r;
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

double WideTargetPath::scaled(double alpha) const {
  return target_.penalty.alpha_to_solve_at(alpha, null_.alpha_max);
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
    write(alphas_[0],
          certificate_.measured(null, {target_.penalty.movable(), slopes_.q.data(), null_.rss}));
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
  const Index few = std::min(rows_.columns.n_rows() / 2, many_slots / 2);
  const Index most = std::min(std::max(2 * n_active_ + 200, few), set_.most_features());
  for (;;) {
    const auto likely = outside_.likely(slopes_, stops_.front().scaled, stops_.back().scaled);
    if (stops_.size() == 1 && !set_.has_room(likely.size())) {
      end_early();
      return;
    }
    if (stops_.size() == 1 || set_.size() + static_cast<Index>(likely.size()) <= most) {
      set_.extend(likely);
      return;
    }
    stops_.resize(stops_.size() / 2);
  }
}

// The next point needs more features than the working set may have.
void WideTargetPath::end_early() {
  writer_->end_early();
  ended_early_ = true;
  alphas_ = {};
}

std::span<const double> WideTargetPath::propose() {
  check(monitor_);
  take_next_block();
  if (finished()) return {};
  points_.clear();
  for (const auto& stop : stops_) {
    points_.push_back(set_.solve(stop.scaled, stop.reported ? wide_tolerance : on_the_way));
  }
  n_active_ = static_cast<Index>(points_.back().slots.size());
  weigh_sides(set_.derivative());
  const std::span<const double> all(sides_);
  return asks_for_the_last() ? all.subspan((stops_.size() - 1) * rows_.columns.n_rows()) : all;
}

// Whether X is asked about the last point and the derivative alone. They and the point before tell
// of nearly all features that they do not violate between.
bool WideTargetPath::asks_for_the_last() const { return block_.pays() && stops_.size() > 1; }

// The products of all sides, given those of the last two.
const double* WideTargetPath::with_between(const double* products) {
  const Index n = rows_.columns.n_rows(), p = n_features();
  std::vector<BetweenPoint> points;
  for (std::size_t k = 0; k + 1 < stops_.size(); ++k) {
    points.push_back({sides_.data() + k * n, stops_[k].scaled});
  }
  const double* last = sides_.data() + points.size() * n;
  KnownSlopes known(rows_);
  known.add(reference_.data(), slopes_.q.data());
  known.add(last, products);
  known.add(last + n, products + p);
  if (!slopes_.derivative.empty()) known.add(reference_.data() + n, slopes_.derivative.data());
  return block_.fill(points, known, products);
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
  reference_.assign(sides_.begin(), sides_.begin() + rows_.columns.n_rows());
  ++passes_;
  return q;
}

void WideTargetPath::accept(const double* products) {
  ++passes_;
  block_.clear();
  if (asks_for_the_last()) products = with_between(products);
  const std::size_t done = certified(products);
  for (std::size_t k = done; k < stops_.size(); ++k) rounds_ += points_[k].rounds;
  for (std::size_t k = 0; k < done; ++k) {
    rounds_ += points_[k].rounds;
    if (stops_[k].reported) {
      auto point = certificate_.measured(points_[k],
                                         {block_.notable(k), products + k * n_features(), rss_[k]});
      point.finished = points_[k].converged || points_[k].rounds < max_iter_;
      if (is_worth_correction(point)) {
        correct(std::move(point), products);
        return;
      }
      write(stops_[k].user, std::move(point));
      monitor_.finish();
      if (finished()) return;
    }
    solved_alpha_ = stops_[k].scaled;
  }
  if (is_full_) end_early();
  else if (done == stops_.size()) take_slopes(products);
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
    const auto found =
        outside_.violators(stops_[k].scaled, {block_.notable(k), q + k * n_features(), rss_[k]});
    if (!found.empty() && stops_[k].reported) done = std::min(done, k);
    violators.insert(violators.end(), found.begin(), found.end());
  }
  std::sort(violators.begin(), violators.end());
  violators.erase(std::unique(violators.begin(), violators.end()), violators.end());
  is_full_ = !set_.has_room(violators.size());
  if (!is_full_) set_.extend(violators);
  return done;
}

void WideTargetPath::take_slopes(const double* q) {
  const Index p = n_features();
  const double* last = q + (stops_.size() - 1) * p;
  slopes_.alpha = solved_alpha_;
  slopes_.q.assign(last, last + p);
  slopes_.derivative.assign(last + p, last + 2 * p);
  for (double& value : slopes_.derivative) value = -value;
  const Index n = rows_.columns.n_rows();
  reference_.assign(sides_.end() - 2 * n, sides_.end());
  for (Index i = n; i < 2 * n; ++i) reference_[i] = -reference_[i];
  set_.end_block();
  set_.forget(idle_blocks);
  // The more alphas, the more features enter in vain, whose faces cost more than passes over X if
  // there are many.
  together_ = together_ == 1 ? 2 : set_.size() > many_slots ? fewer_together : most_together;
}

WideCounts WideTargetPath::counts() const {
  return {.passes = passes_,
          .ever = set_.n_ever(),
          .exchanges = set_.counts().exchanges,
          .monotone = set_.counts().monotone_rounds};
}

}  // namespace elltwo
