#pragma once

#include <vector>

#include "solvers/network/output_loss.hpp"
#include "solvers/network/weights.hpp"

namespace elltwo::network {

/// Forward and backward through the layers for a block of rows, on one thread. Work arrays hold the
/// activations of one block.
template <Real T>
class BlockPass {
 public:
  BlockPass(const NetworkModel& model, const Layout<T>& layout, Index most_rows);

  /// Evaluates the layers for up to most_rows rows.
  void forward(const Weights<T>& weights, const RowBlock<T>& rows);

  /// The inputs of a layer, by rows of ld_input(l) numbers; l = n_layers: the outputs z.
  const T* input(Index layer) const;
  Index ld_input(Index layer) const;

  /// After forward(): returns the weighted loss of its rows, and adds the gradient to sums in the
  /// layout of the padded parameters. Unless `scale` is null, adds sum_i |a_i| |delta_i| to
  /// scale[l] for every layer, with a_i the inputs of the layer and a one, and delta_i the
  /// derivatives with respect to its outputs.
  double backward(const Weights<T>& weights, double* gradient, double* scale = nullptr);

 private:
  void layer_forward(const Weights<T>& weights, Index l);
  T* layer_backward(const Weights<T>& weights, Index l, const T* delta, double* gradient);
  double layer_scale(Index l, const T* delta) const;

  const NetworkModel& model_;
  const Layout<T>& layout_;
  const Passes<T>& kernels_;
  RowBlock<T> rows_;
  std::vector<Buffer<T>> outputs_;  // of every layer
  Buffer<T> last_delta_;
  Buffer<T> deltas_[2];
  OutputLoss<T> output_loss_;
};

}  // namespace elltwo::network
