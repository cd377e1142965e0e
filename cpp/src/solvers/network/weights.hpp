#pragma once

#include "linalg/buffer.hpp"
#include "solvers/network/layout.hpp"

namespace elltwo::network {

/// The parameters of a network as the kernels read them.
template <Real T>
class Weights {
 public:
  explicit Weights(const Layout<T>& layout)
      : layout_(layout),
        padded_(Buffer<T>::zeros(layout.size())),
        turned_(Buffer<T>::zeros(layout.turned_size())) {}

  void set(const double* parameters) {
    layout_.pad(parameters, padded_.data());
    refresh();
  }

  /// To be called after a change of padded().
  void refresh() { layout_.turn(padded_.data(), turned_.data()); }

  T* padded() { return padded_.data(); }
  const T* padded() const { return padded_.data(); }
  const T* of(const LayerLayout& layer) const { return padded_.data() + layer.weights_at; }
  const T* intercepts(const LayerLayout& layer) const {
    return padded_.data() + layer.intercepts_at;
  }
  /// The transposed weights of any layer but a wide first one, outputs x ld_in.
  const T* turned(const LayerLayout& layer) const {
    return layer.narrow ? of(layer) : turned_.data() + layer.turned_at;
  }

 private:
  const Layout<T>& layout_;
  Buffer<T> padded_;
  Buffer<T> turned_;
};

}  // namespace elltwo::network
