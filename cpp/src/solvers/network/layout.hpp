#pragma once

#include <vector>

#include "elltwo/network.hpp"
#include "kernels/network.hpp"

namespace elltwo::network {

/// Where the parameters of a layer are in padded memory. A wide layer has its weights as they are,
/// inputs x ld_out, a narrow one transposed, outputs x ld_in; ld_out intercepts follow.
struct LayerLayout {
  Index inputs;
  Index outputs;
  Index ld_in;   ///< inputs, rounded up to whole vectors
  Index ld_out;  ///< outputs, rounded up to whole vectors
  bool narrow;   ///< whether there are so few outputs that dots are cheaper than padded products
  Index weights_at;
  Index intercepts_at;
  Index turned_at;  ///< of the transposed copy that a wide layer needs behind the first; or -1
  Index packed_at;  ///< of the weights in the vector of all parameters

  Index stride() const { return narrow ? ld_in : ld_out; }
  Index rows() const { return narrow ? outputs : inputs; }
};

/// The parameters of a network in memory that is padded for vectors of type T.
template <Real T>
class Layout {
 public:
  explicit Layout(const NetworkModel& model);

  const std::vector<LayerLayout>& layers() const { return layers_; }
  const LayerLayout& last() const { return layers_.back(); }
  Index size() const { return size_; }
  Index turned_size() const { return turned_size_; }
  Index ld_x() const { return ld_x_; }               ///< of packed rows of inputs
  Index block_rows() const { return block_rows_; }   ///< rows whose activations stay in cache
  double operations() const { return operations_; }  ///< of forward and backward for one row

  /// Copies the parameters into padded memory, whose padding becomes zero, or back.
  void pad(const double* parameters, T* padded) const;
  template <class P>
  void strip(const P* padded, double* parameters) const;

  /// Writes the transposed copies.
  void turn(const T* padded, T* turned) const;

 private:
  std::vector<LayerLayout> layers_;
  Index size_ = 0;
  Index turned_size_ = 0;
  Index ld_x_ = 0;
  Index block_rows_ = 0;
  double operations_ = 0.0;
};

template <Real T>
template <class P>
void Layout<T>::strip(const P* padded, double* parameters) const {
  for (const LayerLayout& layer : layers_) {
    double* w = parameters + layer.packed_at;
    const P* from = padded + layer.weights_at;
    for (Index i = 0; i < layer.inputs; ++i) {
      for (Index j = 0; j < layer.outputs; ++j) {
        w[i * layer.outputs + j] = static_cast<double>(layer.narrow ? from[j * layer.ld_in + i]
                                                                    : from[i * layer.ld_out + j]);
      }
    }
    double* c = w + layer.inputs * layer.outputs;
    for (Index j = 0; j < layer.outputs; ++j) {
      c[j] = static_cast<double>(padded[layer.intercepts_at + j]);
    }
  }
}

}  // namespace elltwo::network
