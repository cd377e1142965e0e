#include "solvers/network/derivative_rows.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo::network {

template <Real T>
DerivativeRows<T>::DerivativeRows(const NetworkModel& model, const Layout<T>& layout,
                                  Index most_rows)
    : model_(model),
      layout_(layout),
      pass_(model, layout, layout.block_rows()),
      x_(Buffer<T>::zeros(most_rows * layout.ld_x())),
      root_(most_rows),
      features_(most_rows * (model.inputs(model.n_layers() - 1) + 1)) {
  for (Index l = 0; l < n_hidden(); ++l) {
    inputs_.emplace_back(most_rows * ld_inputs(l));
    slopes_.push_back(Buffer<T>::zeros(most_rows * ld_slopes(l)));
  }
}

template <Real T>
void DerivativeRows<T>::evaluate(const Rows<T>& all, const std::vector<Index>& rows,
                                 const Weights<T>& weights, std::span<const double> parameters) {
  gather(all, rows);
  for (Index row = 0; row < n_; row += layout_.block_rows()) {
    const Index count = std::min(layout_.block_rows(), n_ - row);
    pass_.forward(weights,
                  {.n = count, .x = x_.data() + row * layout_.ld_x(), .ld_x = layout_.ld_x()});
    keep_inputs(row, count);
    last_slopes(row, count, parameters);
    for (Index l = n_hidden() - 2; l >= 0; --l) slopes_before(l, row, count, weights);
  }
}

template <Real T>
void DerivativeRows<T>::gather(const Rows<T>& all, const std::vector<Index>& rows) {
  n_ = static_cast<Index>(rows.size());
  weight_ = 0.0;
  for (Index i = 0; i < n_; ++i) {
    const RowBlock<T> from = all.block(rows[i], 1);
    std::copy_n(from.x, layout_.ld_x(), x_.data() + i * layout_.ld_x());
    const double weight = from.weight == nullptr ? 1.0 : *from.weight;
    root_[i] = static_cast<T>(std::sqrt(weight));
    weight_ += weight;
  }
}

template <Real T>
void DerivativeRows<T>::keep_inputs(Index row, Index count) {
  for (Index l = 0; l <= n_hidden(); ++l) {
    const bool last = l == n_hidden();
    const Index size = model_.inputs(l);
    T* to = last ? features_.data() : inputs_[l].data();
    for (Index i = 0; i < count; ++i) {
      const T* a = pass_.input(l) + i * pass_.ld_input(l);
      T* line = to + (row + i) * (size + 1);
      const T factor = last ? root_[row + i] : T(1);
      for (Index j = 0; j < size; ++j) line[j] = factor * a[j];
      line[size] = factor;
    }
  }
}

/// Of the last hidden layer: the weights of the output times the derivative of the activation.
template <Real T>
void DerivativeRows<T>::last_slopes(Index row, Index count, std::span<const double> parameters) {
  const Index l = n_hidden() - 1;
  const Index ld = layout_.layers()[l].ld_out;
  const Index outputs = model_.n_outputs();
  const double* head = parameters.data() + model_.weights_at(n_hidden());
  const Passes<T>& passes = kernels().passes<T>();
  for (Index i = 0; i < count; ++i) {
    const T* a = pass_.input(n_hidden()) + i * ld;
    for (Index t = 0; t < outputs; ++t) {
      T* slope = slopes_[l].data() + ((row + i) * outputs + t) * ld;
      for (Index k = 0; k < model_.outputs(l); ++k) {
        slope[k] = root_[row + i] * static_cast<T>(head[k * outputs + t]);
      }
      passes.chain(model_.activation, ld, a, slope);
    }
  }
}

template <Real T>
void DerivativeRows<T>::slopes_before(Index l, Index row, Index count, const Weights<T>& weights) {
  const LayerLayout& next = layout_.layers()[l + 1];
  const Index outputs = model_.n_outputs();
  const Index ld = next.ld_in;
  T* slopes = slopes_[l].data() + row * outputs * ld;
  const Passes<T>& passes = kernels().passes<T>();
  passes.product({.n = count * outputs,
                  .inner = next.outputs,
                  .m = next.inputs,
                  .a = slopes_[l + 1].data() + row * outputs * next.ld_out,
                  .ld_a = next.ld_out,
                  .b = weights.turned(next),
                  .ld_b = ld,
                  .first = nullptr,
                  .c = slopes,
                  .ld_c = ld});
  for (Index i = 0; i < count * outputs; ++i) {
    passes.chain(model_.activation, ld, pass_.input(l + 1) + i / outputs * ld, slopes + i * ld);
  }
}

template class DerivativeRows<float>;
template class DerivativeRows<double>;

}  // namespace elltwo::network
