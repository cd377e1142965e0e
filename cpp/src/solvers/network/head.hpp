#pragma once

#include <memory>
#include <span>
#include <vector>

#include "solvers/network/block_pass.hpp"

namespace elltwo::network {

/// The last layer as a ridge regression on its inputs, for squared errors.
template <Real T>
class Head {
 public:
  /// All arguments must outlive this.
  Head(const NetworkModel& model, const Layout<T>& layout, const Rows<T>& rows, int n_threads);

  /// Replaces the last layer by the one of least objective given the layers before it. False if
  /// numbers overflow. Throws Interrupted.
  bool fit(std::span<double> parameters, Monitor& monitor);

 private:
  struct Worker {
    BlockPass<T> pass;
    Buffer<T> block;  // [inputs of the last layer | 1 | targets] times the root of the weight
  };
  void visit(Index c, Worker& worker, Monitor& monitor);
  void fill_block(const RowBlock<T>& rows, Worker& worker) const;
  bool solve(std::span<double> parameters, Monitor& monitor) const;

  const NetworkModel& model_;
  const Layout<T>& layout_;
  const Rows<T>& rows_;
  int n_threads_;
  Index n_features_;  // with the one
  Index ld_;
  Weights<T> weights_;
  std::vector<Buffer<double>> chunks_;  // products of these columns
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace elltwo::network
