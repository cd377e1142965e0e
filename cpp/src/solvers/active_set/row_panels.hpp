#pragma once

#include "linalg/buffer.hpp"
#include "solvers/active_set/selected_columns.hpp"

namespace elltwo {

/// Dense columns in double by blocks of rows, each as the panels that kernels read: a block stays
/// in the second cache from one use to the next.
class RowPanels final : public SelectedColumns {
 public:
  RowPanels(const Columns& x, int n_threads, Monitor& monitor);

  Index size() const override { return size_; }
  void append(std::span<const Index> columns) override;
  void gram(std::span<const Index> a, std::span<const Index> b, const double* weight,
            double* out) override;
  void products(Index m, const double* v, double* out) override;
  void combine(Index m, const double* coef, double* out) override;
  double step(Index m, const double* coef, double* eta, const RowsFn& evaluate, const double* r,
              double* out) override;

 private:
  Index n_panels() const { return (size_ + width_ - 1) / width_; }
  const double* block(Index b) const;
  double* block(Index b);
  void reserve(Index panels);
  void forward(Index b, Index m, const double* coef, double* out) const;
  void adjoint(Index b, Index m, const double* v, double* acc) const;
  const double* gathered(Index b, std::span<const Index> places, const double* weight,
                         Buffer<double>& scratch) const;
  Buffer<double> padded(Index m, const double* coef) const;
  void unpad(Index m, const Buffer<double>& sums, Index chunks, double* out) const;

  const Columns& x_;
  Index n_;
  Index width_;
  Index n_blocks_;
  int n_threads_;
  Monitor& monitor_;
  Index size_ = 0;
  Index capacity_ = 0;  // panels
  Buffer<double> values_;
};

}  // namespace elltwo
