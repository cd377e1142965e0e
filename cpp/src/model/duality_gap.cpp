#include "model/duality_gap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/compensated.hpp"

namespace elltwo {
namespace {

constexpr double unbounded = std::numeric_limits<double>::infinity();

/// h(x) = l1 |x| + l2 x^2 / 2 for lower <= x <= upper.
struct GapTerm {
  double l1;
  double l2;
  double lower;
  double upper;

  bool penalised() const { return l1 != 0.0 || l2 != 0.0; }

  /// Whether h*(v) is finite.
  bool finite(double v) const {
    if (l2 > 0.0) return true;
    return !(v > l1 && upper == unbounded) && !(v < -l1 && lower == -unbounded);
  }

  /// The x that maximises v x - h(x), where h*(v) is finite.
  double maximiser(double v) const {
    const double excess = std::max(std::abs(v) - l1, 0.0);
    if (l2 > 0.0) return std::clamp(std::copysign(excess, v) / l2, lower, upper);
    if (excess > 0.0) return v > 0.0 ? upper : lower;
    return std::clamp(0.0, lower, upper);
  }

  /// h(b) + h*(v) - v b, as a sum of products that are not negative: with x the maximiser, s the
  /// sign of x or at zero of b, and the slope m = l2 x + l1 s - v of h(x) - v x towards b,
  /// l2 (b - x)^2 / 2 + m (b - x) + l1 (|b| - s b).
  double gap(double b, double v) const {
    const double x = maximiser(v);
    const double distance = b - x;
    if (distance == 0.0) return 0.0;
    const double s = std::copysign(1.0, x != 0.0 ? x : distance);
    const bool inside = x != 0.0 && x > lower && x < upper;
    const double m = inside ? 0.0 : l2 * x + l1 * s - v;
    const double turned = s * b < 0.0 ? 2.0 * l1 * std::abs(b) : 0.0;
    return 0.5 * l2 * distance * distance + std::max(m * distance, 0.0) + turned;
  }

  /// How fast h(b) - v b falls where b may move.
  double violation(double b, double v) const {
    const double slope = v - l2 * b;
    const double up = slope - (b >= 0.0 ? l1 : -l1);
    const double down = (b > 0.0 ? l1 : -l1) - slope;
    return std::max({b < upper ? up : 0.0, b > lower ? down : 0.0, 0.0});
  }
};

GapTerm gap_term(const ElasticNetTerms& terms, Index j) {
  return {terms.l1[j], terms.l2[j], terms.lower.empty() ? -unbounded : terms.lower[j],
          terms.upper.empty() ? unbounded : terms.upper[j]};
}

/// t q of the dual point; 0 where only an exact 0 is feasible, as q is on these columns.
double dual_slope(const GapTerm& term, double t, double q) {
  const double v = t * q;
  return term.penalised() || term.finite(v) ? v : 0.0;
}

/// The sum of the terms at t q; infinite where one is.
double sum_of_terms(const double* b, const double* q, Index n, const ElasticNetTerms& terms,
                    double t) {
  DoubleDouble sum;
  for (Index j = 0; j < n; ++j) {
    const GapTerm term = gap_term(terms, j);
    const double v = dual_slope(term, t, q[j]);
    if (!term.finite(v)) return unbounded;
    sum.add(term.gap(b[j], v));
  }
  return sum.value();
}

/// The largest t <= 1 at which |t q_j| <= l1_j on every side without a finite bound.
double feasible_scale(const double* q, Index n, const ElasticNetTerms& terms) {
  double t = 1.0;
  for (Index j = 0; j < n; ++j) {
    const GapTerm term = gap_term(terms, j);
    const double bound = q[j] > 0.0 ? term.upper : -term.lower;
    if (!term.penalised() || bound != unbounded || !(std::abs(q[j]) > term.l1)) continue;
    t = std::min(t, term.l1 / std::abs(q[j]));
    while (t * std::abs(q[j]) > term.l1) t = std::nextafter(t, 0.0);
  }
  return t;
}

double largest_violation(const double* b, const double* q, Index n, const ElasticNetTerms& terms) {
  double largest_l1 = 0.0;
  for (Index j = 0; j < n; ++j) largest_l1 = std::max(largest_l1, terms.l1[j]);
  double largest = 0.0;
  for (Index j = 0; j < n; ++j) {
    const double unit = terms.l1[j] > 0.0 ? terms.l1[j] : largest_l1 > 0.0 ? largest_l1 : 1.0;
    const double violation = gap_term(terms, j).violation(b[j], q[j]);
    if (violation > 0.0) largest = std::max(largest, violation / unit);
  }
  return largest;
}

}  // namespace

DualityGap squared_loss_gap(double rss, const double* b, const double* q, Index n,
                            const ElasticNetTerms& terms) {
  DualityGap result;
  result.violation = largest_violation(b, q, n, terms);
  result.gap = sum_of_terms(b, q, n, terms, 1.0);
  const double t = feasible_scale(q, n, terms);
  if (t == 1.0) return result;
  const double scaled = 0.5 * (1.0 - t) * (1.0 - t) * rss + sum_of_terms(b, q, n, terms, t);
  if (scaled < result.gap) {
    result.gap = scaled;
    result.scale = t;
  }
  return result;
}

}  // namespace elltwo
