#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// Products X V and X^T U with few right-hand sides, whose numbers stand side by side: element (j, t)
/// of p x k at j * k + t. Results have the same bits whatever n_threads is.
template <Real T>
class SparsePass {
 public:
  /// Turns f = (X V) of n_rows rows from row0 on into U, in place.
  using Transform = std::function<void(Index row0, Index n_rows, double* f)>;

  /// For up to most_k right-hand sides. Where a stream over the rows would have too little to do beside p
  /// sums for each of its pieces, X is copied by columns.
  SparsePass(const SparseRows<T>& x, Index most_k, int n_threads);

  /// out = X^T U (p x k) and sums = 1^T U (k), where U = transform(X V). v may be null: X V = 0. False
  /// if the monitor asked to stop.
  bool run(Index k, const double* v, const Transform& transform, Monitor& monitor, double* out,
           double* sums);

  int n_threads() const { return n_threads_; }

 private:
  class Team;
  void add_up(Index k, Index begin, Index end, double* out) const;

  const SparseRows<T>& x_;
  int n_threads_;
  std::vector<Index> pieces_;
  Buffer<double> partial_;  // pieces x (p + 1) x k: X^T U of a piece of rows, then 1^T U
  Buffer<double> block_;    // a block of rows for each thread
  std::optional<SparseRows<T>> columns_;
  std::vector<Index> column_pieces_;
  Buffer<double> u_;  // n x k, with columns_
};

/// out = X V for rows from begin to end, out being (end - begin) x k.
template <Real T>
void multiply_rows(const SparseRows<T>& x, Index begin, Index end, Index k, const double* v,
                   double* out);

}  // namespace elltwo
