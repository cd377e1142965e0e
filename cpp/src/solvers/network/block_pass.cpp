#include "solvers/network/block_pass.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo::network {

template <Real T>
BlockPass<T>::BlockPass(const NetworkModel& model, const Layout<T>& layout, Index most_rows)
    : model_(model),
      layout_(layout),
      kernels_(kernels().passes<T>()),
      output_loss_(model.loss, model.n_outputs(), most_rows) {
  Index widest = 0;
  for (const LayerLayout& layer : layout.layers()) {
    outputs_.push_back(Buffer<T>::zeros(most_rows * layer.ld_out));
    widest = std::max(widest, layer.ld_in);
  }
  last_delta_ = Buffer<T>::zeros(most_rows * layout.last().ld_out);
  if (layout.layers().size() > 1) {
    for (auto& delta : deltas_) delta = Buffer<T>::zeros(most_rows * widest);
  }
}

template <Real T>
const T* BlockPass<T>::input(Index layer) const {
  return layer == 0 ? rows_.x : outputs_[layer - 1].data();
}

template <Real T>
Index BlockPass<T>::ld_input(Index layer) const {
  return layer == 0 ? rows_.ld_x : layout_.layers()[layer - 1].ld_out;
}

template <Real T>
void BlockPass<T>::forward(const Weights<T>& weights, const RowBlock<T>& rows) {
  rows_ = rows;
  for (Index l = 0; l < model_.n_layers(); ++l) layer_forward(weights, l);
}

template <Real T>
void BlockPass<T>::layer_forward(const Weights<T>& weights, Index l) {
  const LayerLayout& layer = layout_.layers()[l];
  T* z = outputs_[l].data();
  const Product<T> job{.n = rows_.n,
                       .inner = layer.inputs,
                       .m = layer.outputs,
                       .a = input(l),
                       .ld_a = ld_input(l),
                       .b = weights.of(layer),
                       .ld_b = layer.stride(),
                       .first = weights.intercepts(layer),
                       .c = z,
                       .ld_c = layer.ld_out};
  if (layer.narrow) {
    kernels_.dots(job);
  } else {
    kernels_.product(job);
  }
  if (l + 1 == model_.n_layers()) return;
  kernels_.activate(model_.activation, rows_.n * layer.ld_out, z);
  // A narrow layer behind reads whole vectors of its inputs. logistic(0) is not zero.
  if (model_.activation == Activation::logistic && layout_.layers()[l + 1].narrow) {
    for (Index i = 0; i < rows_.n; ++i) {
      std::fill(z + i * layer.ld_out + layer.outputs, z + (i + 1) * layer.ld_out, T(0));
    }
  }
}

template <Real T>
double BlockPass<T>::backward(const Weights<T>& weights, double* gradient, double* scale) {
  const double loss = output_loss_.evaluate(rows_, outputs_.back().data(), layout_.last().ld_out,
                                            last_delta_.data());
  const T* delta = last_delta_.data();
  for (Index l = model_.n_layers() - 1; l >= 0; --l) {
    if (scale != nullptr) scale[l] += layer_scale(l, delta);
    delta = layer_backward(weights, l, delta, gradient);
  }
  return loss;
}

/// Adds the gradient of a layer. Returns the derivatives with respect to the outputs of the layer
/// before it.
template <Real T>
T* BlockPass<T>::layer_backward(const Weights<T>& weights, Index l, const T* delta,
                                double* gradient) {
  const LayerLayout& layer = layout_.layers()[l];
  const T* a = input(l);
  const Index ld_a = ld_input(l);
  OuterSum<T> sum{.n = rows_.n,
                  .k = layer.inputs,
                  .m = layer.outputs,
                  .a = a,
                  .ld_a = ld_a,
                  .b = delta,
                  .ld_b = layer.ld_out,
                  .c = gradient + layer.weights_at,
                  .ld_c = layer.stride()};
  if (layer.narrow) {
    std::swap(sum.k, sum.m);
    std::swap(sum.a, sum.b);
    std::swap(sum.ld_a, sum.ld_b);
  }
  kernels_.outer_sum(sum);
  kernels_.column_sums(rows_.n, layer.outputs, delta, layer.ld_out, gradient + layer.intercepts_at);
  if (l == 0) return nullptr;
  T* before = deltas_[l % 2].data();
  kernels_.product({.n = rows_.n,
                    .inner = layer.outputs,
                    .m = layer.inputs,
                    .a = delta,
                    .ld_a = layer.ld_out,
                    .b = weights.turned(layer),
                    .ld_b = layer.ld_in,
                    .first = nullptr,
                    .c = before,
                    .ld_c = layer.ld_in});
  kernels_.chain(model_.activation, rows_.n * layer.ld_in, a, before);
  return before;
}

template <Real T>
double BlockPass<T>::layer_scale(Index l, const T* delta) const {
  const LayerLayout& layer = layout_.layers()[l];
  const T* a = input(l);
  const Index ld_a = ld_input(l);
  double sum = 0.0;
  for (Index i = 0; i < rows_.n; ++i) {
    double inputs = 1.0;
    double slopes = 0.0;
    for (Index k = 0; k < layer.inputs; ++k) {
      inputs += static_cast<double>(a[i * ld_a + k]) * static_cast<double>(a[i * ld_a + k]);
    }
    for (Index j = 0; j < layer.outputs; ++j) {
      const double d = delta[i * layer.ld_out + j];
      slopes += d * d;
    }
    sum += std::sqrt(inputs * slopes);
  }
  return sum;
}

template class BlockPass<float>;
template class BlockPass<double>;

}  // namespace elltwo::network
