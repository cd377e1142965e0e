#include <algorithm>

#include "elltwo/moments.hpp"
#include "gram/running_sums.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

double unit(const SumUnits& units, Index j) { return units.column[j]; }

}  // namespace

void Moments::means(std::span<double> out) const {
  for (Index j = 0; j < sums_->cols(); ++j) {
    out[j] = sums_->rows().mean[j].value() / unit(sums_->units(), j);
  }
}

void Moments::products(std::span<double> out) const {
  const auto& units = sums_->units();
  const Index p = n_features(), cols = sums_->cols();
  for (Index i = 0; i < p; ++i) {
    for (Index j = 0; j < cols; ++j) {
      const double scaled = sums_->product(std::min(i, j), std::max(i, j));
      out[i * cols + j] = scaled / unit(units, i) / unit(units, j) / units.weight;
    }
  }
}

void Moments::squares(std::span<double> out) const {
  for (Index j = 0; j < sums_->cols(); ++j) {
    const double s = unit(sums_->units(), j);
    out[j] = sums_->rows().square[j] / s / s / sums_->units().weight;
  }
}

void Moments::relative_errors(std::span<double> out) const {
  for (std::size_t j = 0; j < out.size(); ++j) {
    const double square = sums_->rows().square[j], error = sums_->rows().square_error[j];
    out[j] = error == 0.0 ? 0.0 : square > 0.0 ? error / square : infinity;
  }
}

// In units of the columns, with c = mean(y) - b0 - mean(x).b:
//   sum w (y - mean(y))^2 + W c^2 - 2 b.G_xy + b^T G_xx b.
void Moments::squared_errors(std::span<const double> coef, std::span<const double> intercept,
                             std::span<double> out) const {
  const Index p = n_features(), n_targets = this->n_targets();
  const auto& units = sums_->units();
  const auto& rows = sums_->rows();
  const double weight = rows.weight.value();
  std::vector<double> b(p);
  for (std::size_t f = 0; f < intercept.size() && !sums_->empty(); ++f) {
    const Index t = static_cast<Index>(f) % n_targets, column = p + t;
    const double y_unit = unit(units, column);
    DoubleDouble centre = rows.mean[column];
    centre.add(-intercept[f] * y_unit);
    for (Index j = 0; j < p; ++j) {
      b[j] = coef[f * p + j] / unit(units, j) * y_unit;
      centre.add_product(rows.mean[j], -b[j]);
    }
    const double c = centre.value();
    DoubleDouble sum{rows.square[column], 0.0};
    sum.add_product(weight * c, c);
    for (Index i = 0; i < p; ++i) {
      const double bi = b[i];
      double row = sums_->product(i, i) * bi - 2.0 * sums_->product(i, column);
      for (Index j = i + 1; j < p; ++j) {
        row += 2.0 * sums_->product(i, j) * b[j];
      }
      sum.add_product(row, bi);
    }
    out[f] = std::max(sum.value(), 0.0) / y_unit / y_unit / units.weight;
  }
  if (sums_->empty()) std::fill(out.begin(), out.end(), 0.0);
}

}  // namespace elltwo
