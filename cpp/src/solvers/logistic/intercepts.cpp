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

constexpr int most_intercept_steps = 100;
constexpr double most = 1e306;
constexpr double near =
    0.1;  // to the minimum; from here on Newton's steps of the fit itself converge

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The slope of the loss of two classes in the intercept t, and its curvature.
class Slope {
 public:
  Slope(const std::vector<double>& offset, const std::int32_t* label, const double* weight)
      : offset_(offset),
        label_(label),
        weight_(weight),
        residual_(offset.size()),
        curvature_(offset.size()) {}

  struct Value {
    double slope = 0.0;
    double bend = 0.0;
  };

  Value at(double t) {
    const auto n = static_cast<Index>(offset_.size());
    for (std::size_t i = 0; i < offset_.size(); ++i) residual_[i] = offset_[i] + t;
    binomial_terms(n, residual_.data(), label_, weight_, curvature_.data());
    const auto sum = [n](const std::vector<double>& v) {
      return sum_over(n, [&](Index i) { return v[i]; });
    };
    return {sum(residual_), sum(curvature_)};
  }

 private:
  const std::vector<double>& offset_;
  const std::int32_t* label_;
  const double* weight_;
  std::vector<double> residual_;
  std::vector<double> curvature_;
};

// Minus the offset that rows of the weight of class 1 exceed: the answer for saturated rows.
double between_rows(const std::vector<double>& offset, const double* weight, double share) {
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

// Newton's method within a bracket: the slope falls from all of class 1 to less than none of it.
double of_two_classes(const std::vector<double>& offset, const std::int32_t* label,
                      const double* weight, double log_odds, double of_class_1) {
  Slope slope(offset, label, weight);
  const auto [least, largest] = std::ranges::minmax(offset);
  double low = log_odds - largest;
  double high = log_odds - least;
  double t = std::midpoint(low, high);
  bool looked_between = false;
  for (int step = 0; step < most_intercept_steps && low < high; ++step) {
    const auto [g, h] = slope.at(t);
    if (std::abs(g) <= near * h || g == 0.0) break;
    (g > 0.0 ? low : high) = t;
    t += g / h;
    if (t > low && t < high) continue;
    t = looked_between ? std::midpoint(low, high) : between_rows(offset, weight, of_class_1);
    looked_between = true;
  }
  return std::clamp(t, low, high);
}

// Subtracts from every row of several classes the largest offset: differences from it are exact where they
// are small, and the others' probabilities vanish.
void take_largest(Index n, Index outputs, Offsets offset) {
  for (Index i = 0; i < n && outputs > 1; ++i) {
    double highest = offset.at(i, 0), size = 0.0;
    for (Index o = 0; o < outputs; ++o) {
      highest = std::max(highest, offset.at(i, o));
      size = std::max(size, std::abs(offset.at(i, o)));
    }
    for (Index o = 0; o < outputs && size < most; ++o) offset.at(i, o) -= highest;
  }
}

// Zeros where sums with offsets might overflow.
std::vector<double> in_range(std::vector<double> intercept) {
  const bool safe = std::ranges::all_of(intercept, [](double b0) { return std::abs(b0) < most; });
  if (!safe) std::ranges::fill(intercept, 0.0);
  return intercept;
}

}  // namespace

std::vector<double> intercepts_alone(Index n, Index n_classes, const std::int32_t* label,
                                     const double* weight, Offsets offset) {
  std::vector<double> share(n_classes, 0.0);
  for (Index i = 0; i < n; ++i) share[label[i]] += weight != nullptr ? weight[i] : 1.0;
  const auto values_of = [&](Index o) {
    std::vector<double> values(n);
    for (Index i = 0; i < n; ++i) values[i] = offset.at(i, o);
    return values;
  };
  if (n_classes == 2) {
    const double log_odds = std::log(share[1] / share[0]);
    if (offset.data == nullptr) return {log_odds};
    return in_range({of_two_classes(values_of(0), label, weight, log_odds, share[1])});
  }
  std::vector<double> result(n_classes);
  double mean = 0.0;
  for (const double sum : share) mean += std::log(sum) / static_cast<double>(n_classes);
  for (std::size_t o = 0; o < result.size(); ++o) {
    result[o] = std::log(share[o]) - mean;
    if (offset.data != nullptr) result[o] -= median(values_of(static_cast<Index>(o)));
  }
  return in_range(std::move(result));
}

std::vector<double> centre_offsets(Index n, Index n_classes, const std::int32_t* label,
                                   const double* weight, bool has_intercept, Offsets offset) {
  const Index outputs = n_classes == 2 ? 1 : n_classes;
  take_largest(n, outputs, offset);
  if (!has_intercept) return {};
  auto moved = intercepts_alone(n, n_classes, label, weight, offset);
  for (Index i = 0; i < n; ++i) {
    for (Index o = 0; o < outputs; ++o) offset.at(i, o) += moved[o];
  }
  take_largest(n, outputs, offset);
  return moved;
}

}  // namespace elltwo
