#include "solvers/elastic_net/sums_solver.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"
#include "solvers/shared/box.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double accurate_point = 1e-15;       // violation over alpha l1
constexpr double entering = 1e-12;             // violation of a slot that enters, over alpha l1
constexpr Index fewest_features = 64;          // from which copies cost more than searching
constexpr Index share_of_start = 2;            // of the features that are slots at most, inverted
constexpr Index share_without_start = 4;       // a search that is given up takes time as well
constexpr std::size_t share_of_entering = 16;  // of all features that may enter at once, inverted
constexpr std::size_t fewest_entering = 8;     // violators that enter at once, at least

}  // namespace

/// A target's working set.
struct SumsSolver::Search {
  explicit Search(const Target& own, Monitor& monitor) : target(own), faces(slots, monitor) {}

  const Target& target;
  Slots slots{};
  FaceSolver faces;
  std::vector<Index> features{};  // of the slots
  std::vector<char> inside{};     // whether a feature has a slot
};

bool SumsSolver::suits(const RunningSums& sums, const NetFrame& frame,
                       const ElasticNetOptions& options) {
  const Index p = sums.n_features();
  if (!options.fit_intercept || options.group_targets) return false;
  if (p < fewest_features || !(options.l1_ratio > 0.0)) return false;
  for (const double factor : frame.terms.factors) {
    if (factor == 0.0) return false;
  }
  if (!frame.terms.prior.empty() || !is_unbounded(frame.terms.box)) return false;
  const auto off =
      options.start.size() - static_cast<std::size_t>(std::ranges::count(options.start, 0.0));
  const auto n_targets = static_cast<std::size_t>(sums.n_targets());
  return off * share_of_start <= static_cast<std::size_t>(p) * n_targets;
}

SumsSolver::SumsSolver(const RunningSums& sums, NetFrame frame, const std::vector<char>& pinned,
                       const GramOptions& options, Monitor& monitor)
    : sums_(sums), frame_(std::move(frame)), options_(options), monitor_(monitor) {
  for (Index t = 0; t < sums.n_targets(); ++t) {
    targets_.push_back({NetPenalty(frame_.terms, frame_.units, pinned, t)});
  }
}

NetNullModel SumsSolver::null_model(Index t) {
  auto& target = targets_[t];
  const Index p = sums_.n_features();
  target.linear.total = sums_.product(p + t, p + t);
  auto& c = target.linear.c;
  c.resize(p);
  for (Index j = 0; j < p; ++j) c[j] = sums_.product(j, p + t);
  auto q = c;
  for (Index j = 0; j < p; ++j) {
    const double size = std::sqrt(sums_.product(j, j)) * std::sqrt(target.linear.total);
    if (std::abs(q[j]) <= null_slope_rounding * size) q[j] = 0.0;
  }
  target.alpha_max = target.penalty.alpha_max(q.data());
  return {target.linear.total, target.linear.total, target.alpha_max};
}

// Slots for these features, which have none.
void SumsSolver::extend(const std::vector<Index>& features, Search& search) const {
  const auto first = static_cast<Index>(search.features.size());
  std::vector<SlotPenalty> penalties;
  for (const Index j : features) {
    search.features.push_back(j);
    search.inside[j] = 1;
    penalties.push_back(search.target.penalty[j]);
  }
  search.slots.append(penalties);
  const auto size = static_cast<Index>(search.features.size());
  for (Index s = first; s < size; ++s) {
    const Index j = search.features[s];
    for (Index i = 0; i <= s; ++i) {
      const auto [low, high] = std::minmax(search.features[i], j);
      search.slots.gram(s)[i] = sums_.product(low, high);
    }
    search.slots.c(s) = search.target.linear.c[j];
  }
  search.slots.mirror(first);
  search.faces.take_appended();
}

// q -= G d for d of the slots, along the rows of the upper triangle of G.
void SumsSolver::subtract_columns(const Search& search, const std::vector<double>& d,
                                  double* q) const {
  const Index p = sums_.n_features();
  std::vector<std::pair<Index, double>> off;
  for (std::size_t s = 0; s < d.size(); ++s) {
    if (d[s] != 0.0) off.emplace_back(search.features[s], d[s]);
  }
  std::ranges::sort(off);
  auto next = off.begin();  // the first that is not before i
  for (Index i = 0; i < p; ++i) {
    if (next != off.end() && next->first < i) ++next;
    double sum = 0.0;
    for (auto one = next; one != off.end(); ++one)
      sum += sums_.product(i, one->first) * one->second;
    q[i] -= sum;
    if (next == off.end() || next->first != i) continue;
    for (Index j = i + 1; j < p; ++j) q[j] -= sums_.product(i, j) * next->second;
  }
}

// The features outside the slots that must enter, the largest violations first: of many no more
// than there are slots.
std::vector<Index> SumsSolver::violators(double alpha, const Search& search,
                                         const std::vector<double>& q) const {
  const auto& target = search.target;
  std::vector<std::pair<double, Index>> found;
  for (const Index j : target.penalty.movable()) {
    const double limit = alpha * target.penalty[j].l1;
    const double noise = 8 * epsilon * std::sqrt(sums_.product(j, j) * target.linear.total);
    if (search.inside[j] == 0 && std::abs(q[j]) > limit * (1 + entering) + noise) {
      found.emplace_back(-std::abs(q[j]) / target.penalty[j].l1, j);
    }
  }
  std::ranges::sort(found);
  const auto share = target.linear.c.size() / share_of_entering;
  const auto most = std::max({fewest_entering, search.features.size(), share});
  std::vector<Index> features;
  for (const auto& one : found) {
    if (features.size() < most) features.push_back(one.second);
  }
  return features;
}

// False where the slots would be too many.
bool SumsSolver::solve_at(double alpha, Search& search, PathWriter& writer) {
  const auto& target = search.target;
  const Index p = sums_.n_features();
  const double own = target.penalty.alpha_to_solve_at(alpha, target.alpha_max);
  search.faces.limit_rounds(options_.max_iter);
  std::vector<double> q;
  int rounds = 0;
  for (bool open = true; open;) {
    check(monitor_);
    const auto report = search.faces.solve(own, accurate_point);
    rounds += report.rounds;
    counts_.exchanges += report.exchanges;
    counts_.monotone += report.monotone_rounds;
    q = target.linear.c;
    subtract_columns(search, search.faces.point(), q.data());
    const auto more = violators(own, search, q);
    open = !more.empty();
    const auto slots = static_cast<Index>(search.features.size() + more.size());
    if (open && slots * share_ > p) return false;
    if (open) extend(more, search);
  }
  std::vector<double> d(p, 0.0);
  for (std::size_t s = 0; s < search.features.size(); ++s) {
    d[search.features[s]] = search.faces.point()[s];
  }
  PointBuilder builder;
  builder.begin(own);
  for (const Index j : target.penalty.movable()) builder.add(j, d[j], q[j], target.penalty[j]);
  auto point = builder.finish(residual_square(target.linear, d.data(), q.data()));
  point.rounds = rounds;
  counts_.ever = std::max(counts_.ever, static_cast<Index>(point.features.size()));
  static_cast<void>(writer.add(alpha, point));
  return true;
}

// Begins at d, of all features.
void SumsSolver::begin(const std::vector<double>& d, Search& search) const {
  std::vector<Index> features;
  std::vector<double> values;
  for (const Index j : search.target.penalty.movable()) {
    if (d[j] == 0.0) continue;
    features.push_back(j);
    values.push_back(d[j]);
  }
  if (features.empty()) return;
  extend(features, search);
  search.faces.set_point(values.data());
}

void SumsSolver::solve(std::span<const double> alphas, std::span<const double> start,
                       std::vector<PathWriter>& writers) {
  share_ = start.empty() ? share_without_start : share_of_start;
  for (std::size_t t = 0; t < targets_.size(); ++t) {
    Search search(targets_[t], monitor_);
    search.inside.assign(sums_.n_features(), 0);
    if (!start.empty()) begin(start_point(frame_, targets_[t].penalty, start), search);
    for (const double alpha : alphas) {
      gave_up_ = gave_up_ || !solve_at(alpha, search, writers[t]);
    }
  }
}

void SumsSolver::report(ElasticNetInfo& info) const {
  info.solver = Solver::active_set;
  info.reason = "moments: faces of the Gram matrix of the features off zero";
  info.n_ever = std::max(info.n_ever, counts_.ever);
  info.n_exchanges += counts_.exchanges;
  info.n_monotone += counts_.monotone;
}

}  // namespace elltwo
