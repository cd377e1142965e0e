#include "solvers/network/scores.hpp"

#include <algorithm>

namespace elltwo::network {

Scores::Scores(const NetworkModel& model)
    : loss_(model.loss),
      n_outputs_(model.n_outputs()),
      mean_(n_outputs_),
      spread_(n_outputs_),
      error_(n_outputs_) {}

void Scores::add(const RowBlock<float>& rows, const float* z, Index ld) {
  for (Index i = 0; i < rows.n; ++i) {
    const double w = rows.weight == nullptr ? 1.0 : rows.weight[i];
    if (w == 0.0) continue;
    weight_ += w;
    if (loss_ != NetworkLoss::squared) {
      if (is_right(rows, i, z + i * ld)) right_ += w;
      continue;
    }
    for (Index j = 0; j < n_outputs_; ++j) {
      const double y = rows.y[i * n_outputs_ + j];
      const double error = y - static_cast<double>(z[i * ld + j]);
      const double apart = y - mean_[j];
      mean_[j] += w / weight_ * apart;
      spread_[j] += w * apart * (y - mean_[j]);
      error_[j] += w * error * error;
    }
  }
}

bool Scores::is_right(const RowBlock<float>& rows, Index i, const float* z) const {
  if (loss_ == NetworkLoss::multinomial) {
    return std::max_element(z, z + n_outputs_) - z == rows.label[i];
  }
  for (Index j = 0; j < n_outputs_; ++j) {
    if ((z[j] > 0.0F) != (rows.y[i * n_outputs_ + j] > 0.5)) return false;
  }
  return true;
}

double Scores::score() const {
  if (loss_ != NetworkLoss::squared) return right_ / weight_;
  double sum = 0.0;
  for (Index j = 0; j < n_outputs_; ++j) {
    sum += spread_[j] > 0.0 ? 1.0 - error_[j] / spread_[j] : (error_[j] > 0.0 ? 0.0 : 1.0);
  }
  return sum / static_cast<double>(n_outputs_);
}

}  // namespace elltwo::network
