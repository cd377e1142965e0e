#include "solvers/elastic_net/path_writer.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

// A sum of squares or an objective in the user's units: the largest number where it is beyond.
double in_user_units(double value, const NetUnits& units, Index target) {
  const int exponent = 2 * std::ilogb(units.y(target)) + std::ilogb(units.weight);
  return std::min(std::ldexp(value, -exponent), std::numeric_limits<double>::max());
}

}  // namespace

std::vector<double> start_point(const NetFrame& frame, const NetPenalty& penalty,
                                std::span<const double> start) {
  const Index p = penalty.n_features(), t = penalty.target();
  std::vector<double> d(p, 0.0);
  for (const Index j : penalty.movable()) {
    const double prior = frame.terms.prior.empty() ? 0.0 : frame.terms.prior[t * p + j];
    d[j] = rescaled(start[t * p + j] - prior, frame.units.y(t), frame.units.x(j));
    d[j] = std::min(std::max(d[j], penalty[j].lower), penalty[j].upper);
  }
  return d;
}

void throw_too_many_features() {
  throw std::length_error(
      "the elastic net needs more features of X at a time than their Gram matrix has room for in "
      "memory (" +
      std::to_string(Slots::most) + "); end the path at a larger alpha, or by max_features");
}

PathWriter::PathWriter(const NetFrame& frame, const NetPenalty& penalty, const NetLimits& limits,
                       double rss_null, ElasticNetPath& path)
    : frame_(&frame), penalty_(&penalty), limits_(limits), rss_null_(rss_null), path_(&path) {
  path.null_objective = in_user_units(rss_null / 2, frame.units, penalty.target());
  if (path.starts.empty()) path.starts.assign(1, 0);
}

double PathWriter::promise(double objective, double rounding) const {
  const double floor = frame_->rounding * (rss_null_ / 2) + rounding;
  return objective > 0.0 ? std::max(limits_.tol, floor / objective) : infinity;
}

bool PathWriter::add(double alpha, const NetPoint& given) {
  if (!penalty_->fixed().empty()) return add_solved(alpha, with_fixed(alpha, given));
  return add_solved(alpha, given);
}

// The point with the features that stand at a bound whatever the penalty is.
NetPoint PathWriter::with_fixed(double alpha, NetPoint point) const {
  const double own = penalty_->scaled_alpha(alpha);
  for (const auto& [feature, d, penalty] : penalty_->fixed()) {
    const auto place = std::ranges::lower_bound(point.features, feature);
    const auto k = place - point.features.begin();
    point.features.insert(place, feature);
    point.values.insert(point.values.begin() + k, d);
    point.penalty += own * (penalty.l1 * std::abs(d) + penalty.l2 * (d * d / 2));
  }
  return point;
}

bool PathWriter::add_solved(double alpha, const NetPoint& point) {
  if (is_too_large(point)) return false;
  write_coefficients(point);
  write_certificate(alpha, point);
  return true;
}

bool PathWriter::add_fit(double alpha, const NetPoint& point, std::span<const double> coef,
                         double intercept) {
  if (is_too_large(point)) return false;
  for (std::size_t j = 0; j < coef.size(); ++j) {
    if (coef[j] == 0.0) continue;
    path_->features.push_back(static_cast<std::int64_t>(j));
    path_->values.push_back(coef[j]);
  }
  path_->intercept.push_back(intercept);
  write_certificate(alpha, point);
  return true;
}

void PathWriter::end_early() {
  if (path_->alphas.empty()) throw_too_many_features();
  path_->stopped_early = true;
}

bool PathWriter::is_too_large(const NetPoint& point) {
  const auto n_active = static_cast<Index>(point.features.size());
  if (limits_.max_features == 0 || n_active <= limits_.max_features) return false;
  path_->stopped_early = true;
  return true;
}

void PathWriter::write_certificate(double alpha, const NetPoint& point) {
  auto& path = *path_;
  const Index target = penalty_->target();
  const double objective = point.rss / 2 + point.penalty;
  const double gap = objective > 0.0 ? point.gap / objective : 0.0;
  path.alphas.push_back(alpha);
  path.starts.push_back(static_cast<std::int64_t>(path.features.size()));
  path.objective.push_back(in_user_units(objective, frame_->units, target));
  path.rss.push_back(in_user_units(point.rss, frame_->units, target));
  path.gap.push_back(gap);
  path.violation.push_back(point.violation);
  path.n_active.push_back(static_cast<std::int64_t>(point.features.size()));
  path.n_iter.push_back(point.rounds);
  // The certificate decides, however the search ended; rounding excuses only one that is finished.
  const double limit = point.finished ? promise(objective, point.rounding) : limits_.tol;
  path.converged.push_back(gap <= limit ? 1 : 0);
}

// b_j of d_j: exactly a bound or the prior mean where d_j is one of them.
double PathWriter::user_value(Index j, double d) const {
  const auto& terms = frame_->terms;
  const double prior =
      terms.prior.empty() ? 0.0 : terms.prior[penalty_->target() * penalty_->n_features() + j];
  if (d == 0.0) return prior;
  const auto& slot = (*penalty_)[j];
  if (d == slot.lower && !penalty_->is_pinned(j)) return terms.box.lower[j];
  if (d == slot.upper && !penalty_->is_pinned(j)) return terms.box.upper[j];
  const double b = prior + rescaled(d, frame_->units.x(j), frame_->units.y(penalty_->target()));
  const double above = terms.box.lower.empty() ? b : std::max(b, terms.box.lower[j]);
  return terms.box.upper.empty() ? above : std::min(above, terms.box.upper[j]);
}

// The intercept is y_mean - x_mean.b in scaled coordinates, less what was taken from columns.
void PathWriter::write_coefficients(const NetPoint& point) {
  const auto& frame = *frame_;
  const Index p = penalty_->n_features(), t = penalty_->target();
  const bool centred = !frame.means.y.empty();
  long double centre = centred ? frame.means.y[t] : 0.0, shifted = 0.0;
  const auto& prior = penalty_->prior();
  const auto write = [&](Index j, double d) {
    const double b = user_value(j, d);
    if (b != 0.0) {
      path_->features.push_back(j);
      path_->values.push_back(b);
    }
    if (centred) {
      const double scaled = d + (prior.empty() ? 0.0 : prior[j]);
      centre -= static_cast<long double>(frame.means.x[j]) * scaled;
    }
    if (!frame.shift.empty()) shifted += static_cast<long double>(frame.shift[j]) * b;
  };
  if (prior.empty()) {
    for (std::size_t k = 0; k < point.features.size(); ++k) {
      write(point.features[k], point.values[k]);
    }
  } else {
    std::size_t k = 0;
    for (Index j = 0; j < p; ++j) {
      const bool off = k < point.features.size() && point.features[k] == j;
      write(j, off ? point.values[k++] : 0.0);
    }
  }
  path_->intercept.push_back(static_cast<double>(centre / frame.units.y(t) - shifted));
}

}  // namespace elltwo
