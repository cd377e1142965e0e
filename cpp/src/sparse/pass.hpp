#pragma once

#include <optional>
#include <vector>

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// What becomes of f = X V of row i and right-hand side t before X^T:
///   u = w_i (f - centre_t - target_it), or with probabilities q_i of k classes
///   u = w_i (diag(q_i) - q_i q_i^T) (f - centre), and 0 where w_i = 0, whatever X holds there.
struct RowTransform {
  const double* weight = nullptr;  ///< none: ones
  const double* centre = nullptr;  ///< none: zeros
  const double* target =
      nullptr;  ///< none: zeros; target_it = target[i * target_stride + column[t]]
  const Index* column = nullptr;
  Index target_stride = 0;
  const double* probability = nullptr;  ///< n x k, wants a centre and no target
};

/// Products X V and X^T U with few right-hand sides, whose numbers stand side by side: element (j, t)
/// of p x k at j * k + t. Results have the same bits whatever n_threads is.
template <Real T>
class SparsePass {
 public:
  /// For up to most_k right-hand sides. Where a stream over the rows would have too little to do beside p
  /// sums for each of its pieces, X is copied by columns.
  SparsePass(const SparseRows<T>& x, Index most_k, int n_threads);

  /// out = X^T U (p x k) and sums = 1^T U (k), where U = transform(X V). v may be null: X V = 0.
  void run(Index k, const double* v, const RowTransform& transform, Monitor& monitor, double* out,
           double* sums);

  int n_threads() const { return n_threads_; }

 private:
  class Team;
  void add_up(Index k, Index begin, Index end, double* out) const;

  const SparseRows<T>& x_;
  int n_threads_;
  Index row_size_;
  std::vector<Index> pieces_;
  Buffer<double> partial_;  // pieces x (p + 1) x k: X^T U of a piece of rows, then 1^T U
  Buffer<double> row_;      // of U, for each thread
  std::optional<SparseRows<T>> columns_;
  std::vector<Index> column_pieces_;
  Buffer<double> u_;  // n x k, with columns_
};

/// out = X V for rows from begin to end, out being (end - begin) x k.
template <Real T>
void multiply_rows(const SparseRows<T>& x, Index begin, Index end, Index k, const double* v,
                   double* out);

}  // namespace elltwo
