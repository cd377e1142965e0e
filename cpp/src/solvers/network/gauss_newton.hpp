#pragma once

#include <vector>

#include "solvers/network/derivative_rows.hpp"
#include "solvers/network/pair_products.hpp"

namespace elltwo::network {

/// The Gauss-Newton matrix sum_it w_i d_it d_it^T of squared errors, with d_it the derivative of
/// output t of row i by the parameters, from passes in T. Rows of derivatives are never stored.
template <Real T>
class GaussNewton {
 public:
  explicit GaussNewton(const NetworkModel& model);

  void clear();

  /// Adds the sums over the rows. Throws Interrupted.
  void add(const DerivativeRows<T>& rows, int n_threads, Monitor& monitor);

  /// Parameters of the hidden layers, which are the first.
  Index n_hidden_parameters() const { return q_; }

  /// scale times the matrix plus the penalty, with the last layer eliminated: the matrix of the
  /// residuals that remain where the last layer fits best (Kaufman 1975), of the hidden parameters
  /// alone. Writes the lower triangle, column-major. False if numbers overflow.
  bool reduced(double scale, double* lower) const;

  /// The matrix of all parameters with the penalty: the lower triangle, column-major.
  void whole(double* lower) const;

 private:
  struct Block {
    Index l;
    Index m;
    Index ld;
    Buffer<double> sums;
  };
  void within(const Block& block, double scale, double* lower, Index ld) const;
  void between(const Block& block, double scale, double* lower, Index ld) const;
  void hidden_blocks(double scale, double* lower, Index ld) const;
  void couplings(double scale, double* out, Index ld) const;
  bool factor_head(double scale, Buffer<double>& factor) const;

  Index at(Index l, Index j, Index k) const {
    return model_.weights_at(l) + j * model_.outputs(l) + k;
  }

  const NetworkModel& model_;
  Index q_;
  Index n_features_;              // inputs of the last layer and a one
  std::vector<Block> hidden_;     // pairs of hidden layers
  std::vector<Block> couplings_;  // hidden layer l with the last layer, of output m
  Block features_;
};

}  // namespace elltwo::network
