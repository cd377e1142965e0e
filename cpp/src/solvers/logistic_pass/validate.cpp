#include "solvers/logistic_pass/validate.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "solvers/shared/validate.hpp"
#include "sparse/check.hpp"

namespace elltwo {
namespace {

std::string at_row(Index i) { return " at row " + std::to_string(i); }

void require_pass_labels(Index n_classes, std::span<const std::int32_t> label) {
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label[i] >= 0 && label[i] < n_classes) continue;
    throw std::invalid_argument("label must be in [0, " + std::to_string(n_classes) + "), got " +
                                std::to_string(label[i]) + at_row(static_cast<Index>(i)));
  }
}

void require_pass_weights(std::span<const double> weights) {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] >= 0.0 && std::isfinite(weights[i])) continue;
    throw std::invalid_argument("sample_weight must be finite and not negative, got " +
                                show(weights[i]) + at_row(static_cast<Index>(i)));
  }
}

void require_pass_offsets(std::span<const double> offset, Index outputs) {
  for (std::size_t i = 0; i < offset.size(); ++i) {
    if (std::isfinite(offset[i])) continue;
    throw std::invalid_argument("offset must be finite, got " + show(offset[i]) +
                                at_row(static_cast<Index>(i) / outputs));
  }
}

}  // namespace

void require_rows(const PassPoints& points, const LogisticPassRows& rows, Index n) {
  require_size("label", rows.label.size(), n);
  require_pass_labels(points.n_classes, rows.label);
  if (!rows.sample_weight.empty()) require_size("sample_weight", rows.sample_weight.size(), n);
  require_pass_weights(rows.sample_weight);
  if (!rows.offset.empty()) require_size("offset", rows.offset.size(), n * points.n_outputs());
  require_pass_offsets(rows.offset, points.n_outputs());
  if (!rows.fold.empty()) require_size("fold", rows.fold.size(), n);
}

template <Real T>
void throw_not_finite(const MatrixView<T>& x) {
  for (Index i = 0; i < x.rows; ++i) {
    for (Index j = 0; j < x.cols; ++j) {
      if (!std::isfinite(x(i, j))) throw_not_finite(static_cast<double>(x(i, j)), i, j);
    }
  }
  throw_overflow();
}

void throw_overflow() {
  throw std::invalid_argument(
      "theta: predictors or sums at these coefficients exceed the range of double");
}

template void throw_not_finite<double>(const MatrixView<double>&);
template void throw_not_finite<float>(const MatrixView<float>&);

}  // namespace elltwo
