#include "solvers/network/output_loss.hpp"

#include "kernels/table.hpp"

namespace elltwo::network {

template <Real T>
OutputLoss<T>::OutputLoss(NetworkLoss loss, Index n_outputs, Index most_rows)
    : loss_(loss), n_outputs_(n_outputs), most_rows_(most_rows) {
  if (loss == NetworkLoss::squared) return;
  const bool binary = loss == NetworkLoss::logistic;
  z_ = Buffer<double>(n_outputs * most_rows);
  other_ = Buffer<double>(binary ? n_outputs * most_rows : most_rows);
  more_ = Buffer<double>(binary ? n_outputs * most_rows : 3 * most_rows);
}

template <Real T>
double OutputLoss<T>::evaluate(const RowBlock<T>& rows, const T* z, Index ld, T* delta) {
  switch (loss_) {
    case NetworkLoss::squared:
      return squared(rows, z, ld, delta);
    case NetworkLoss::logistic:
      return logistic(rows, z, ld, delta);
    case NetworkLoss::multinomial:
      return multinomial(rows, z, ld, delta);
  }
  return 0.0;
}

template <Real T>
double OutputLoss<T>::squared(const RowBlock<T>& rows, const T* z, Index ld, T* delta) const {
  double loss = 0.0;
  for (Index i = 0; i < rows.n; ++i) {
    const double w = rows.weight == nullptr ? 1.0 : rows.weight[i];
    for (Index j = 0; j < n_outputs_; ++j) {
      const double r = static_cast<double>(z[i * ld + j]) - rows.y[i * n_outputs_ + j];
      loss += w * (r * r);
      delta[i * ld + j] = static_cast<T>(w * r);
    }
  }
  return 0.5 * loss;
}

template <Real T>
double OutputLoss<T>::logistic(const RowBlock<T>& rows, const T* z, Index ld, T* delta) {
  const Index m = n_outputs_;
  for (Index i = 0; i < rows.n; ++i) {
    for (Index j = 0; j < m; ++j) {
      const double output = z[i * ld + j];
      z_[i * m + j] = rows.y[i * m + j] > 0.5 ? output : -output;
    }
  }
  elltwo::kernels().logistic(rows.n * m, z_.data(), other_.data(), more_.data(), nullptr);
  double loss = 0.0;
  for (Index i = 0; i < rows.n; ++i) {
    const double w = rows.weight == nullptr ? 1.0 : rows.weight[i];
    for (Index j = 0; j < m; ++j) {
      loss += w * more_[i * m + j];
      const double slope = w * other_[i * m + j];
      delta[i * ld + j] = static_cast<T>(rows.y[i * m + j] > 0.5 ? -slope : slope);
    }
  }
  return loss;
}

template <Real T>
double OutputLoss<T>::multinomial(const RowBlock<T>& rows, const T* z, Index ld, T* delta) {
  double* top = more_.data();
  double* log_sum = top + most_rows_;
  double* others = log_sum + most_rows_;
  for (Index i = 0; i < rows.n; ++i) {
    for (Index k = 0; k < n_outputs_; ++k) z_[k * most_rows_ + i] = z[i * ld + k];
    other_[i] = z_[rows.label[i] * most_rows_ + i];
  }
  elltwo::kernels().softmax(n_outputs_, rows.n, z_.data(), most_rows_, nullptr, top, log_sum,
                            others);
  double loss = 0.0;
  for (Index i = 0; i < rows.n; ++i) {
    const double w = rows.weight == nullptr ? 1.0 : rows.weight[i];
    loss += w * (log_sum[i] + (top[i] - other_[i]));
    for (Index k = 0; k < n_outputs_; ++k) {
      delta[i * ld + k] = static_cast<T>(w * z_[k * most_rows_ + i]);
    }
    const double p = z_[rows.label[i] * most_rows_ + i];
    const double less_one = top[i] == other_[i] ? -others[i] : p - 1.0;
    delta[i * ld + rows.label[i]] = static_cast<T>(w * less_one);
  }
  return loss;
}

template class OutputLoss<float>;
template class OutputLoss<double>;

}  // namespace elltwo::network
