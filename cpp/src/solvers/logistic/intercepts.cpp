#include "solvers/logistic/intercepts.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "model/logistic_loss.hpp"
#include "parallel/sum_over.hpp"

namespace elltwo {
namespace {

constexpr int most_null_steps = 100;

/// Offsets and intercepts beyond this might overflow in sums.
constexpr double most = 1e306;

/// Newton step, in the intercept, at which the search ends: the Newton steps of the fit converge
/// from there.
constexpr double near_minimum = 0.1;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The negative derivative of the loss of two classes in the intercept t, and its curvature.
class Slope {
 public:
  Slope(const NullModel& model, const std::vector<double>& offset)
      : model_(model), offset_(offset), residual_(offset.size()), curvature_(offset.size()) {}

  struct Value {
    double slope = 0.0;
    double curvature = 0.0;
  };

  Value at(double t) {
    const auto n = static_cast<Index>(offset_.size());
    for (std::size_t i = 0; i < offset_.size(); ++i) residual_[i] = offset_[i] + t;
    binomial_terms(n, residual_.data(), model_.label, model_.weight, curvature_.data());
    const auto sum = [n](const std::vector<double>& v) {
      return sum_over(n, [&](Index i) { return v[i]; });
    };
    return {sum(residual_), sum(curvature_)};
  }

 private:
  const NullModel& model_;
  const std::vector<double>& offset_;
  std::vector<double> residual_;
  std::vector<double> curvature_;
};

// Minus the offset such that the rows at or above it have the weight of class 1: where all rows are
// saturated the minimum is near it.
double weighted_quantile(const std::vector<double>& offset, const double* weight, double share) {
  std::vector<std::size_t> order(offset.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, std::greater{}, [&](std::size_t i) { return offset[i]; });
  double above = 0.0;
  for (const std::size_t i : order) {
    above += weight != nullptr ? weight[i] : 1.0;
    if (above >= share) return -offset[i];
  }
  return -offset[order.back()];
}

// Newton's method on the slope, which decreases in t, within a bracket. A step that leaves the
// bracket is replaced by the quantile, once, and then by bisection.
double binomial_null_intercept(const NullModel& model, const std::vector<double>& offset,
                               double log_odds, double weight_of_class_1) {
  Slope slope(model, offset);
  const auto [least, largest] = std::ranges::minmax(offset);
  double low = log_odds - largest;
  double high = log_odds - least;
  double t = std::midpoint(low, high);
  bool tried_quantile = false;
  for (int step = 0; step < most_null_steps && low < high; ++step) {
    const auto [g, h] = slope.at(t);
    if (std::abs(g) <= near_minimum * h || g == 0.0) break;
    (g > 0.0 ? low : high) = t;
    t += g / h;
    if (t > low && t < high) continue;
    t = tried_quantile ? std::midpoint(low, high)
                       : weighted_quantile(offset, model.weight, weight_of_class_1);
    tried_quantile = true;
  }
  return std::clamp(t, low, high);
}

// Subtracts from every row of several classes its largest offset. Differences from it are exact
// where they are small, and where they are large the probability vanishes.
void subtract_largest(Index n, Index outputs, Offsets offset) {
  for (Index i = 0; i < n && outputs > 1; ++i) {
    double highest = offset.at(i, 0), size = 0.0;
    for (Index o = 0; o < outputs; ++o) {
      highest = std::max(highest, offset.at(i, o));
      size = std::max(size, std::abs(offset.at(i, o)));
    }
    for (Index o = 0; o < outputs && size < most; ++o) offset.at(i, o) -= highest;
  }
}

// The intercepts, or zeros where sums with offsets might overflow.
std::vector<double> zeros_if_too_large(std::vector<double> intercept) {
  const bool safe = std::ranges::all_of(intercept, [](double b0) { return std::abs(b0) < most; });
  if (!safe) std::ranges::fill(intercept, 0.0);
  return intercept;
}

}  // namespace

std::vector<double> null_intercepts(const NullModel& model, Offsets offset) {
  std::vector<double> share(std::max<Index>(2, model.n_outputs), 0.0);
  for (Index i = 0; i < model.n; ++i) {
    share[model.label[i]] += model.weight != nullptr ? model.weight[i] : 1.0;
  }
  const auto values_of = [&](Index o) {
    std::vector<double> values(model.n);
    for (Index i = 0; i < model.n; ++i) values[i] = offset.at(i, o);
    return values;
  };
  if (model.n_outputs == 1) {
    const double log_odds = std::log(share[1] / share[0]);
    if (offset.data == nullptr) return {log_odds};
    return zeros_if_too_large({binomial_null_intercept(model, values_of(0), log_odds, share[1])});
  }
  std::vector<double> result(model.n_outputs);
  double mean = 0.0;
  for (const double sum : share) mean += std::log(sum) / static_cast<double>(model.n_outputs);
  for (std::size_t o = 0; o < result.size(); ++o) {
    result[o] = std::log(share[o]) - mean;
    if (offset.data != nullptr) result[o] -= median(values_of(static_cast<Index>(o)));
  }
  return zeros_if_too_large(std::move(result));
}

std::vector<double> centre_offsets(const NullModel& model, bool has_intercept, Offsets offset) {
  const Index outputs = model.n_outputs;
  subtract_largest(model.n, outputs, offset);
  if (!has_intercept) return {};
  auto added = null_intercepts(model, offset);
  for (Index i = 0; i < model.n; ++i) {
    for (Index o = 0; o < outputs; ++o) offset.at(i, o) += added[o];
  }
  subtract_largest(model.n, outputs, offset);
  return added;
}

}  // namespace elltwo
