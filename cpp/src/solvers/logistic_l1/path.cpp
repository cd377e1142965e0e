#include "solvers/logistic_l1/path.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "parallel/interruption.hpp"

namespace elltwo {
namespace {

/// Designs of at most so many columns are fitted with all of them in the working set.
constexpr Index few_columns = 64;

/// Right-hand sides of a pass, about.
constexpr Index most_sides = 32;
constexpr Index most_alphas = 4;

/// Part of alpha l1 that a predicted slope must exceed for its column to join.
constexpr double margin = 0.95;

/// The least ratio of an alpha to the one before it, and of the first to alpha_max: alphas between
/// are visited on the way.
constexpr double least_ratio = 0.5;
constexpr double least_first_ratio = 0.8;

constexpr double tolerance_on_the_way = 1e-3;
constexpr int steps_on_the_way = 10;

/// By how much a slope must exceed alpha l1 for its column to join.
constexpr double admission = 1e-11;

/// The violation that a gap of 1 asks for, and how often points are held to a smaller one where
/// their gap is too large.
constexpr double violation_for_gap = 1.0;
constexpr int most_retries = 3;
constexpr double least_violation = 1e-15;

/// Steps for the model without penalised coefficients, whatever max_iter is.
constexpr int least_null_steps = 100;

// The entries that are in the working set from the start: first those of columns without a penalty,
// of which the last class has none unless there are bounds, then those that bounds keep from their
// prior means, and all of few columns.
std::vector<Index> first_entries(const LogisticL1Design& design, const LogisticL1Penalty& penalty) {
  std::vector<Index> entries, others;
  const bool last_is_zero = penalty.lower.empty() && design.outputs > 1;
  for (Index j = 0; j < design.p; ++j) {
    for (Index k = 0; k < design.outputs && !penalty.pinned[j]; ++k) {
      const Index e = k * design.p + j;
      if (penalty.free[j]) {
        if (k + 1 < design.outputs || !last_is_zero) entries.push_back(e);
      } else if (design.p <= few_columns || penalty.excludes_zero(e)) {
        others.push_back(e);
      }
    }
  }
  entries.insert(entries.end(), others.begin(), others.end());
  return entries;
}

std::vector<Index> unpenalised(const LogisticL1Penalty& penalty) {
  std::vector<Index> columns;
  for (Index j = 0; j < penalty.p; ++j) {
    if (penalty.free[j]) columns.push_back(j);
  }
  return columns;
}

}  // namespace

LogisticL1PathSolver::LogisticL1PathSolver(const LogisticL1Design& design,
                                           const LogisticL1Penalty& penalty,
                                           const LogisticOptions& options, Monitor& monitor)
    : design_(design),
      penalty_(penalty),
      options_(options),
      monitor_(monitor),
      set_(design, penalty, first_entries(design, penalty), options.n_threads, monitor),
      newton_(design, penalty, set_, options.n_threads, monitor),
      certifier_(design, penalty, unpenalised(penalty), monitor) {}

// |q_j| = |z_j . r| is at most |z_j| sqrt(sum w).
double LogisticL1PathSolver::alpha_of_zeros() const {
  double largest = 0.0;
  for (Index j = 0; j < design_.p; ++j) {
    if (penalty_.pinned[j] || penalty_.free[j]) continue;
    largest = std::max(largest, design_.size[j] / penalty_.l1[j]);
  }
  return largest > 0.0 ? 2.0 * largest * std::sqrt(design_.total_weight) : 1.0;
}

void LogisticL1PathSolver::begin() {
  const int steps = std::max(options_.max_iter, least_null_steps);
  newton_.solve(alpha_of_zeros(), violation_for_gap * options_.tol, steps);
  ask_for_slopes();
  for (Index e = 0; e < design_.outputs * design_.p; ++e) {
    if (penalty_.free[e % design_.p] || penalty_.excludes_zero(e)) continue;
    alpha_max_ = std::max(alpha_max_, penalty_.entry_alpha(e, q_[e]));
  }
  alpha_ = alpha_max_;
}

void LogisticL1PathSolver::begin(const LogisticL1Point& start, double alpha) {
  std::vector<Index> entries;
  for (const Index e : start.entries) {
    if (can_join(e)) entries.push_back(e);
  }
  if (!join(entries)) {
    throw std::length_error("the start has more coefficients away from zero than the " +
                            std::to_string(most_entries_) + " whose Gram matrix fits in memory");
  }
  std::vector<double> b(newton_.point());
  for (Index s = 0; s < set_.size(); ++s) {
    const Index e = set_.entry(s);
    const auto at = std::ranges::lower_bound(start.entries, e);
    const bool given = e >= 0 && at != start.entries.end() && *at == e;
    const auto& h = set_.slots().penalty(s);
    if (given) b[s] = std::clamp(start.values[at - start.entries.begin()], h.lower, h.upper);
    if (e < 0) b[s] = start.intercept[-1 - e];
  }
  newton_.set_point(b);
  newton_.refresh();
  ask_for_slopes();
  alpha_ = alpha_max_ = alpha;
}

void LogisticL1PathSolver::ask_for_slopes() {
  q_.resize(design_.outputs * design_.p);
  design_.columns->products(design_.outputs, newton_.loss().residual.data(), q_.data());
  ++n_passes_;
}

// The alpha to visit on the way to another one.
double LogisticL1PathSolver::next_alpha(double wanted) const {
  if (design_.p <= few_columns) return wanted;
  const double ratio = dq_.empty() ? least_first_ratio : least_ratio;
  return std::max(wanted, ratio * std::min(alpha_, alpha_max_));
}

// How many of the alphas, which fall, are solved ahead.
std::size_t LogisticL1PathSolver::block_size(std::span<const double> alphas) const {
  const Index sides = std::max<Index>(1, most_sides / design_.outputs - 1);
  const Index most = std::min({most_alphas, sides, Index{1} << std::min<Index>(n_blocks_, 8)});
  std::size_t size = 1;
  while (size < alphas.size() && static_cast<Index>(size) < most &&
         alphas[size] >= least_ratio * alphas[size - 1]) {
    ++size;
  }
  return size;
}

// Columns without a penalty are in the set, or stand for the last class.
bool LogisticL1PathSolver::can_join(Index e) const {
  const Index j = e % design_.p;
  return !set_.has(e) && !penalty_.pinned[j] && !penalty_.free[j];
}

// Whether the entries fit in the working set, which then has them.
bool LogisticL1PathSolver::join(std::span<const Index> entries) {
  if (set_.size() + static_cast<Index>(entries.size()) > most_entries_) return false;
  newton_.append(entries);
  return true;
}

// Entries whose slopes will exceed the penalty, by the derivative or, where that is not known, if
// slopes change no faster than the penalty (Tibshirani et al. 2012, the strong rule).
std::vector<Index> LogisticL1PathSolver::predicted(std::span<const double> alphas) const {
  std::vector<Index> entries;
  for (Index e = 0; e < design_.outputs * design_.p; ++e) {
    bool in = false;
    if (dq_.empty()) {
      in = penalty_.entry_alpha(e, q_[e]) > 2.0 * alphas.back() - std::min(alpha_, alpha_max_);
    } else {
      for (const double a : {alphas.front(), alphas.back()}) {
        in = in || penalty_.entry_alpha(e, q_[e] + (a - alpha_) * dq_[e]) > margin * a;
      }
    }
    if (in && can_join(e)) entries.push_back(e);
  }
  return entries;
}

LogisticL1Point LogisticL1PathSolver::point_at(double alpha, const double* b) const {
  LogisticL1Point point;
  point.alpha = alpha;
  point.intercept.assign(design_.outputs, 0.0);
  std::vector<std::pair<Index, double>> values;
  for (Index s = 0; s < set_.size(); ++s) {
    const Index e = set_.entry(s);
    if (e < 0) point.intercept[-1 - e] = b[s];
    else if (b[s] != 0.0) values.emplace_back(e, b[s]);
  }
  std::ranges::sort(values);
  for (const auto& [e, value] : values) {
    point.entries.push_back(e);
    point.values.push_back(value);
  }
  return point;
}

LogisticL1PathSolver::Block LogisticL1PathSolver::solved(std::span<const double> alphas,
                                                         double tolerance, int max_steps) {
  const auto count = static_cast<Index>(alphas.size());
  const Index m = set_.size();
  const Index rows = design_.outputs * design_.n;
  Block block;
  std::vector<double> b;
  for (const double alpha : alphas) {
    check(monitor_);
    const auto steps = newton_.solve(alpha, tolerance, max_steps);
    b.insert(b.end(), newton_.point().begin(), newton_.point().end());
    block.points.push_back(point_at(alpha, b.data() + b.size() - m));
    block.points.back().steps = steps.steps;
  }
  const auto derivative = newton_.derivative();
  b.insert(b.end(), derivative.begin(), derivative.end());
  std::vector<double> sides((count + 1) * rows);
  set_.predictors(count + 1, b.data(), sides.data());
  block.losses.resize(count);
  for (Index k = 0; k < count; ++k) {
    double* eta = sides.data() + k * rows;
    for (Index i = 0; i < rows; ++i) eta[i] += design_.offset[i];
    evaluate_loss(design_, eta, options_.n_threads, block.losses[k]);
    block.tilted.push_back(certifier_.tilted_residual(block.points[k], block.losses[k]));
    std::ranges::copy(block.tilted.back(), eta);
  }
  double* last = sides.data() + count * rows;
  multiply_by_curvature(design_, block.losses.back(), last);
  for (Index i = 0; i < rows; ++i) last[i] = -last[i];
  block.slopes.resize((count + 1) * design_.outputs * design_.p);
  design_.columns->products((count + 1) * design_.outputs, sides.data(), block.slopes.data());
  ++n_passes_;
  return block;
}

// The first point at which an entry outside the working set violates the optimality conditions, and
// the entries that do so at any point.
std::size_t LogisticL1PathSolver::first_violated(const Block& block,
                                                 std::vector<Index>& violators) const {
  std::size_t first = block.points.size();
  const Index size = design_.outputs * design_.p;
  for (Index e = 0; e < size; ++e) {
    bool violates = false;
    for (std::size_t a = 0; a < block.points.size(); ++a) {
      const double q = block.slopes[static_cast<Index>(a) * size + e];
      if (penalty_.entry_alpha(e, q) <= block.points[a].alpha * (1.0 + admission)) continue;
      if (!can_join(e)) break;
      violates = true;
      first = std::min(first, a);
    }
    if (violates) violators.push_back(e);
  }
  return first;
}

// Certifies points until one has too large a gap, if it may be solved again. Returns how many.
std::size_t LogisticL1PathSolver::certify(Block& block, std::size_t count, bool may_retry) {
  const Index size = design_.outputs * design_.p;
  for (std::size_t a = 0; a < count; ++a) {
    auto& point = block.points[a];
    certifier_.certify(block.losses[a], block.tilted[a],
                       block.slopes.data() + static_cast<Index>(a) * size, point);
    if (may_retry && !(point.gap <= options_.tol) && point.steps < options_.max_iter) return a;
  }
  return count;
}

void LogisticL1PathSolver::take_last(const Block& block) {
  const Index size = design_.outputs * design_.p;
  const double* slopes = block.slopes.data() + (block.points.size() - 1) * size;
  q_.assign(slopes, slopes + size);
  dq_.assign(slopes + size, slopes + 2 * size);
  alpha_ = block.points.back().alpha;
  ++n_blocks_;
}

// Puts what the path has taken since the point before down to this one.
void LogisticL1PathSolver::count_work(LogisticL1Point& point) {
  point.passes = n_passes_ - counted_passes_;
  point.hessians = newton_.n_hessians() - counted_hessians_;
  counted_passes_ = n_passes_;
  counted_hessians_ = newton_.n_hessians();
}

bool LogisticL1PathSolver::visit(double alpha) {
  if (!join(predicted({&alpha, 1}))) return false;
  const Block block = solved({&alpha, 1}, tolerance_on_the_way, steps_on_the_way);
  std::vector<Index> violators;
  first_violated(block, violators);
  take_last(block);
  return join(violators);
}

bool LogisticL1PathSolver::solve_block(std::span<const double> alphas,
                                       std::vector<LogisticL1Point>& points) {
  double tolerance = violation_for_gap * options_.tol;
  int retries = 0;
  if (!join(predicted(alphas))) return false;
  while (!alphas.empty()) {
    Block block = solved(alphas, tolerance, options_.max_iter);
    std::vector<Index> violators;
    const std::size_t right = first_violated(block, violators);
    const std::size_t done = certify(block, right, retries < most_retries);
    if (done > 0) count_work(block.points.front());
    std::move(block.points.begin(), block.points.begin() + done, std::back_inserter(points));
    monitor_.finish(static_cast<std::int64_t>(done));
    alphas = alphas.subspan(done);
    if (alphas.empty()) {
      block.points.back().alpha = points.back().alpha;
      take_last(block);
    }
    if (!join(violators)) return false;
    if (done == right) continue;
    ++retries;
    tolerance = std::max(least_violation, 0.03 * tolerance);
    newton_.set_point(std::vector<double>(newton_.point()));
    newton_.refresh();
  }
  return true;
}

// The present point for alphas whose working sets are too large, with its gap at each of them.
std::vector<LogisticL1Point> LogisticL1PathSolver::left(std::span<const double> alphas) {
  LogisticL1Point point = point_at(alphas.front(), newton_.point().data());
  point.outgrown = true;
  const auto tilted = certifier_.tilted_residual(point, newton_.loss());
  std::vector<double> slopes(q_.size());
  design_.columns->products(design_.outputs, tilted.data(), slopes.data());
  ++n_passes_;
  count_work(point);
  std::vector<LogisticL1Point> points;
  for (const double alpha : alphas) {
    point.alpha = alpha;
    certifier_.certify(newton_.loss(), tilted, slopes.data(), point);
    points.push_back(point);
    point.passes = 0;
    point.hessians = 0.0;
  }
  return points;
}

std::vector<LogisticL1Point> LogisticL1PathSolver::solve(std::span<const double> alphas) {
  std::vector<LogisticL1Point> points;
  monitor_.plan(static_cast<std::int64_t>(alphas.size()));
  bool fits = true;
  bool one_by_one = false;  // as fewer entries are needed for one alpha than for several
  while (points.size() < alphas.size() && fits) {
    const auto rest = alphas.subspan(points.size());
    const double next = next_alpha(rest.front());
    if (next > rest.front()) {
      fits = visit(next);
      continue;
    }
    std::size_t size = one_by_one ? 1 : block_size(rest);
    const Index limit = std::max(set_.size() + 200, design_.n / 2);
    while (size > 1 && static_cast<Index>(predicted(rest.first(size)).size()) > limit) {
      size = (size + 1) / 2;
    }
    fits = solve_block(rest.first(size), points) || !one_by_one;
    one_by_one = one_by_one || points.size() < alphas.size() - rest.size() + size;
  }
  if (points.size() < alphas.size()) {
    const auto others = left(alphas.subspan(points.size()));
    points.insert(points.end(), others.begin(), others.end());
  }
  return points;
}

}  // namespace elltwo
