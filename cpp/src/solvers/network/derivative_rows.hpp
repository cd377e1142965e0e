#pragma once

#include <vector>

#include "solvers/network/block_pass.hpp"

namespace elltwo::network {

/// Rows of which a Gauss-Newton matrix is summed at a time.
inline constexpr Index derivative_rows_at_once = 4096;

/// For some rows of a problem, what derivatives of the outputs are made of: the derivative of
/// output t by the weight from input j to unit k of hidden layer l is slope_t(k) a(j). Rows are
/// multiplied by the square root of their weight.
template <Real T>
class DerivativeRows {
 public:
  /// For up to most_rows rows.
  DerivativeRows(const NetworkModel& model, const Layout<T>& layout, Index most_rows);

  /// Evaluates the rows of these numbers. `parameters` are those that the weights were set to.
  void evaluate(const Rows<T>& all, const std::vector<Index>& rows, const Weights<T>& weights,
                std::span<const double> parameters);

  Index n() const { return n_; }
  Index n_hidden() const { return model_.n_layers() - 1; }

  /// Inputs of layer l and a one, inputs(l) + 1 columns.
  const T* inputs(Index l) const { return inputs_[l].data(); }
  Index ld_inputs(Index l) const { return model_.inputs(l) + 1; }

  /// slope_t(k) of hidden layer l; term t is ld_slopes(l) / n_outputs() behind the one before.
  const T* slopes(Index l) const { return slopes_[l].data(); }
  Index ld_slopes(Index l) const { return model_.n_outputs() * layout_.layers()[l].ld_out; }

  /// Inputs of the last layer and a one, times the square root of the weight.
  const T* features() const { return features_.data(); }
  Index ld_features() const { return model_.inputs(n_hidden()) + 1; }

  double weight() const { return weight_; }  ///< of these rows

 private:
  void gather(const Rows<T>& all, const std::vector<Index>& rows);
  void keep_inputs(Index row, Index count);
  void last_slopes(Index row, Index count, std::span<const double> parameters);
  void slopes_before(Index l, Index row, Index count, const Weights<T>& weights);

  const NetworkModel& model_;
  const Layout<T>& layout_;
  BlockPass<T> pass_;
  Index n_ = 0;
  double weight_ = 0.0;
  Buffer<T> x_;
  Buffer<T> root_;  // of the weights
  std::vector<Buffer<T>> inputs_;
  std::vector<Buffer<T>> slopes_;
  Buffer<T> features_;
};

}  // namespace elltwo::network
