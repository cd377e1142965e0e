#pragma once

#include <optional>
#include <vector>

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// The transformation of f = X V, for row i and right-hand side t, before the product with X^T:
///   u = w_i (f - centre_t - target_it), or with probabilities q_i of k classes
///   u = w_i (diag(q_i) - q_i q_i^T) (f - centre).
/// u = 0 where w_i = 0, even if X has NaN there.
struct RowTransform {
  const double* weight = nullptr;  ///< null: ones
  const double* centre = nullptr;  ///< null: zeros
  /// target_it = target[i * target_stride + column[t]]; null: zeros.
  const double* target = nullptr;
  const Index* column = nullptr;
  Index target_stride = 0;
  const double* probability = nullptr;  ///< q (n x k); needs a centre, and no target
};

/// Products X V and X^T U for few right-hand sides, with element (j, t) of a p x k matrix at j * k
/// + t. Bits do not depend on n_threads.
template <Real T>
class SparsePass {
 public:
  /// For up to most_k right-hand sides. X is copied by columns where it has too few values for
  /// several pieces of rows, each with p sums of its own.
  SparsePass(const SparseRows<T>& x, Index most_k, int n_threads);

  /// out = X^T U (p x k) and sums = 1^T U (k) with U = transform(X V). v may be null: X V = 0.
  /// Throws Interrupted.
  void run(Index k, const double* v, const RowTransform& transform, Monitor& monitor, double* out,
           double* sums);

  int n_threads() const { return n_threads_; }

 private:
  class Team;
  void add_up(Index k, Index begin, Index end, double* out) const;

  const SparseRows<T>& x_;
  int n_threads_;
  Index row_size_;                        // numbers in a thread's part of row_
  std::vector<Index> pieces_;             // first rows of the pieces, then the number of rows
  Buffer<double> partial_;                // X^T U, then 1^T U, of each piece (pieces x (p + 1) x k)
  Buffer<double> row_;                    // a row of U for each thread
  std::optional<SparseRows<T>> columns_;  // X^T, where X is copied by columns
  std::vector<Index> column_pieces_;      // first columns of the pieces of X^T, then their number
  Buffer<double> u_;                      // U (n x k), where X is copied by columns
};

/// out = X V for rows begin, ..., end - 1, with out (end - begin) x k.
template <Real T>
void multiply_rows(const SparseRows<T>& x, Index begin, Index end, Index k, const double* v,
                   double* out);

/// out += X^T U of rows begin, ..., end - 1, with U (end - begin) x k and out p x k.
template <Real T>
void add_transposed_rows(const SparseRows<T>& x, Index begin, Index end, Index k, const double* u,
                         double* out);

}  // namespace elltwo
