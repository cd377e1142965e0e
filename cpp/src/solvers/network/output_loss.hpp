#pragma once

#include "linalg/buffer.hpp"
#include "solvers/network/rows.hpp"

namespace elltwo::network {

/// The loss of the outputs of a block, evaluated in double.
template <Real T>
class OutputLoss {
 public:
  OutputLoss(NetworkLoss loss, Index n_outputs, Index most_rows);

  /// The weighted loss of outputs z, rows of ld numbers. Writes its derivatives to delta, which has
  /// the same layout.
  double evaluate(const RowBlock<T>& rows, const T* z, Index ld, T* delta);

 private:
  double squared(const RowBlock<T>& rows, const T* z, Index ld, T* delta) const;
  double logistic(const RowBlock<T>& rows, const T* z, Index ld, T* delta);
  double multinomial(const RowBlock<T>& rows, const T* z, Index ld, T* delta);

  NetworkLoss loss_;
  Index n_outputs_;
  Index most_rows_;
  Buffer<double> z_;      // n_outputs x most_rows
  Buffer<double> other_;  // logistic: probabilities of the other class; multinomial: z of labels
  Buffer<double> more_;   // logistic: losses; multinomial: top, log_sum, others
};

}  // namespace elltwo::network
