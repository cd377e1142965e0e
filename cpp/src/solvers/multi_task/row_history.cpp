#include "solvers/multi_task/row_history.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "solvers/multi_task/row_slots.hpp"

namespace elltwo {

void RowHistory::add(double alpha, const std::vector<double>& b) {
  const double log_alpha = std::log(alpha);
  if (!points_.empty() && points_.front().log_alpha == log_alpha) points_.pop_front();
  points_.push_front({log_alpha, b});
  if (points_.size() > most_points) points_.pop_back();
}

void RowHistory::keep(const std::vector<Index>& slots) {
  for (auto& point : points_) {
    const auto known = static_cast<Index>(point.b.size()) / n_outputs_;
    auto places = slots;
    while (!places.empty() && places.back() >= known) places.pop_back();
    keep_rows(places, n_outputs_, point.b);
  }
}

bool RowHistory::extrapolate(double alpha, std::vector<double>& b) const {
  if (points_.size() < 2) return false;
  const double x = std::log(alpha);
  const double ahead = std::abs(x - points_[0].log_alpha);
  if (!(ahead <= 1.5 * std::abs(points_[0].log_alpha - points_[1].log_alpha))) return false;
  // Lagrange's weights for two and for three points.
  std::array<std::array<double, most_points>, most_points + 1> weight{};
  for (std::size_t count = 2; count <= points_.size(); ++count) {
    for (std::size_t i = 0; i < count; ++i) {
      double product = 1.0;
      for (std::size_t j = 0; j < count; ++j) {
        if (j == i) continue;
        product *= (x - points_[j].log_alpha) / (points_[i].log_alpha - points_[j].log_alpha);
      }
      weight[count][i] = product;
    }
  }
  const auto rows = static_cast<Index>(b.size()) / n_outputs_;
  std::vector<double> expected(static_cast<std::size_t>(n_outputs_));
  bool any = false;
  for (Index s = 0; s < rows; ++s) {
    std::size_t count = 0;
    while (count < points_.size() &&
           (s + 1) * n_outputs_ <= static_cast<Index>(points_[count].b.size()) &&
           !is_zero_row(points_[count].b.data() + s * n_outputs_, n_outputs_)) {
      ++count;
    }
    double* row = b.data() + s * n_outputs_;
    if (count < 2 || is_zero_row(row, n_outputs_)) continue;
    double along = 0.0;
    for (Index t = 0; t < n_outputs_; ++t) {
      double value = 0.0;
      for (std::size_t i = 0; i < count; ++i) {
        value += weight[count][i] * points_[i].b[s * n_outputs_ + t];
      }
      expected[t] = value;
      along += value * row[t];
    }
    if (!(along > 0.0)) continue;
    std::copy_n(expected.data(), n_outputs_, row);
    any = true;
  }
  return any;
}

}  // namespace elltwo
