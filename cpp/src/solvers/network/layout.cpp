#include "solvers/network/layout.hpp"

#include <algorithm>

#include "linalg/rounded.hpp"

namespace elltwo::network {
namespace {

constexpr Index block_bytes = 192 << 10;  // of the activations of a block and their derivatives
constexpr Index least_rows = 32;
constexpr Index most_rows = 256;

}  // namespace

template <Real T>
Layout<T>::Layout(const NetworkModel& model) {
  const Index width = kernels().passes<T>().width;
  Index row_bytes = 0;
  for (Index l = 0; l < model.n_layers(); ++l) {
    LayerLayout layer{.inputs = model.inputs(l),
                      .outputs = model.outputs(l),
                      .ld_in = rounded_up(model.inputs(l), width),
                      .ld_out = rounded_up(model.outputs(l), width),
                      .narrow = model.outputs(l) <= width / 2,
                      .weights_at = size_,
                      .intercepts_at = 0,
                      .turned_at = -1,
                      .packed_at = model.weights_at(l)};
    size_ += layer.rows() * layer.stride();
    layer.intercepts_at = size_;
    size_ += layer.ld_out;
    if (!layer.narrow && l > 0) {
      layer.turned_at = turned_size_;
      turned_size_ += layer.outputs * layer.ld_in;
    }
    row_bytes += 2 * layer.ld_out * Index{sizeof(T)};
    operations_ += 6.0 * static_cast<double>(layer.inputs * layer.ld_out);
    layers_.push_back(layer);
  }
  ld_x_ = layers_.front().narrow ? layers_.front().ld_in : model.units.front();
  block_rows_ = std::clamp(block_bytes / row_bytes / 16 * 16, least_rows, most_rows);
}

template <Real T>
void Layout<T>::pad(const double* parameters, T* padded) const {
  std::fill_n(padded, size_, T(0));
  for (const LayerLayout& layer : layers_) {
    const double* w = parameters + layer.packed_at;
    T* to = padded + layer.weights_at;
    for (Index i = 0; i < layer.inputs; ++i) {
      for (Index j = 0; j < layer.outputs; ++j) {
        T& weight = layer.narrow ? to[j * layer.ld_in + i] : to[i * layer.ld_out + j];
        weight = static_cast<T>(w[i * layer.outputs + j]);
      }
    }
    const double* c = w + layer.inputs * layer.outputs;
    for (Index j = 0; j < layer.outputs; ++j) {
      padded[layer.intercepts_at + j] = static_cast<T>(c[j]);
    }
  }
}

template <Real T>
void Layout<T>::turn(const T* padded, T* turned) const {
  constexpr Index tile = 16;
  for (const LayerLayout& layer : layers_) {
    if (layer.turned_at < 0) continue;
    const T* from = padded + layer.weights_at;
    T* to = turned + layer.turned_at;
    for (Index j0 = 0; j0 < layer.outputs; j0 += tile) {
      const Index j_end = std::min(j0 + tile, layer.outputs);
      for (Index i = 0; i < layer.inputs; ++i) {
        for (Index j = j0; j < j_end; ++j) to[j * layer.ld_in + i] = from[i * layer.ld_out + j];
      }
    }
  }
}

template class Layout<float>;
template class Layout<double>;

}  // namespace elltwo::network
