#include "solvers/logistic_l1/writer.hpp"

#include <algorithm>

#include "linalg/compensated.hpp"
#include "solvers/logistic/class_means.hpp"
#include "solvers/shared/box.hpp"
#include "solvers/shared/results.hpp"

namespace elltwo {

LogisticL1Fit user_fit(const LogisticL1Design& design, const LogisticL1Penalty& penalty,
                       const Box& box, const LogisticL1Point& point) {
  const Index p = design.p;
  LogisticL1Fit fit;
  fit.coef.resize(design.outputs * p, 0.0);
  std::ranges::copy(design.prior, fit.coef.begin());
  for (std::size_t i = 0; i < point.entries.size(); ++i) {
    const Index e = point.entries[i];
    const double d = point.values[i];
    if (d == penalty.lower_of(e)) fit.coef[e] = lower_of(box, e % p);
    else if (d == penalty.upper_of(e)) fit.coef[e] = upper_of(box, e % p);
    else fit.coef[e] += design.scale[e % p] * d;
  }
  for (Index j = 0; j < p && design.outputs > 1; ++j) {
    if (!penalty.free[j] || !penalty.lower.empty()) continue;
    const double* prior = design.prior.empty() ? nullptr : design.prior.data() + j;
    subtract_mean({fit.coef.data() + j, design.outputs, p}, prior, p);
  }
  fit.intercept.assign(design.outputs, 0.0);
  for (Index k = 0; k < design.outputs; ++k) {
    DoubleDouble shift;
    for (Index j = 0; j < p; ++j) {
      double& b = fit.coef[k * p + j];
      if (!penalty.pinned[j]) b = clipped(box, j, b);
      b += 0.0;  // no -0
      if (design.has_intercept && b != 0.0) shift.add_product(-design.centre[j], b);
    }
    if (!design.has_intercept) continue;
    shift.add(design.null_intercept[k]);
    shift.add(point.intercept[k]);
    fit.intercept[k] = shift.value();
  }
  if (design.outputs > 1) subtract_mean({fit.intercept.data(), design.outputs, 1});
  return fit;
}

LogisticL1Point scaled_point(const LogisticL1Design& design, const LogisticL1Penalty& penalty,
                             std::span<const double> start) {
  const Index p = design.p;
  LogisticL1Point point;
  point.intercept.assign(design.outputs, 0.0);
  for (Index k = 0; k < design.outputs; ++k) {
    double shift = 0.0;  // c.b
    for (Index j = 0; j < p; ++j) {
      const double b = start[k * p + j];
      shift += design.centre[j] * b;
      const double d = (b - design.prior_of(k, j)) / design.scale[j];
      if (d == 0.0 || penalty.pinned[j]) continue;
      point.entries.push_back(k * p + j);
      point.values.push_back(d);
    }
    if (!design.has_intercept) continue;
    point.intercept[k] = start[design.outputs * p + k] - design.null_intercept[k] + shift;
  }
  for (Index k = 0; k < design.outputs && design.outputs > 1; ++k) {
    if (k + 1 < design.outputs) point.intercept[k] -= point.intercept[design.outputs - 1];
  }
  if (design.outputs > 1) point.intercept.back() = 0.0;
  return point;
}

void append_fit(const LogisticL1Fit& fit, Index p, LogisticL1Path& path) {
  require_finite_results({fit.coef, p, fit.intercept});
  if (path.starts.empty()) path.starts.push_back(0);
  for (std::size_t e = 0; e < fit.coef.size(); ++e) {
    const auto j = static_cast<Index>(e) % p;
    if (fit.coef[e] != 0.0) {
      path.features.push_back(j);
      path.values.push_back(fit.coef[e]);
    }
    if (j + 1 == p) path.starts.push_back(static_cast<std::int64_t>(path.values.size()));
  }
  path.intercept.insert(path.intercept.end(), fit.intercept.begin(), fit.intercept.end());
}

}  // namespace elltwo
