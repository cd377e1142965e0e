#pragma once

#include <optional>
#include <vector>

#include "elltwo/logistic.hpp"
#include "solvers/logistic/matrix.hpp"
#include "sparse/pass.hpp"

namespace elltwo {

/// Sparse features in the coordinates of LogisticProblem. X stays sparse:
///   [x^ | 1] theta = x v - mean.v + theta_0 with v = unit theta.
template <Real T>
class SparseLogisticMatrix final : public LogisticMatrix {
 public:
  SparseLogisticMatrix(SparseRows<T> x, const LogisticOptions& options, Monitor& monitor)
      : x_(std::move(x)), n_threads_(options.n_threads), monitor_(monitor) {}

  LogisticFrame prepare(const LogisticRows& rows, bool has_intercept) override;
  Buffer<double> pass(Index outputs, const double* theta, const RowMap& map) override;
  void row(Index k, std::span<const Index> columns, double* x) const override;
  GramMatrix gram(std::span<const Index> columns, const double* h) override;
  double n_values() const override { return static_cast<double>(x_.nonzeros() + x_.rows); }
  double n_gram_products() const override;

 private:
  Index cols() const { return x_.cols + (has_intercept_ ? 1 : 0); }
  bool measure(const double* weight, double total);
  void map_rows(Index outputs, const double* theta, const RowMap& map, Buffer<double>& z);
  void select(std::span<const Index> features);

  SparseRows<T> x_;  ///< the rows that are fitted
  int n_threads_;
  Monitor& monitor_;
  bool has_intercept_ = false;
  std::vector<double> mean_;    ///< of the columns of x_; zeros without intercepts
  std::vector<double> spread_;  ///< sum w (x - mean)^2 of every column of x_
  std::vector<double> unit_;    ///< x^ = unit (x_ - mean)
  std::optional<SparsePass<T>> pass_;
  std::vector<Index> selected_;  ///< the columns of part_
  SparseRows<T> part_;           ///< the columns that gram() was last asked for
};

}  // namespace elltwo
