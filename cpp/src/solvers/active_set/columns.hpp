#pragma once

#include <memory>
#include <span>
#include <vector>

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

class SelectedColumns;

/// The columns z_j = scale_j x_j - shift_j of a matrix, n rows each, as algorithms with working
/// sets read them: products with all columns by one pass over X, and products among a few. X is
/// dense or sparse; it is not copied unless its columns cannot be read in place. Bits do not depend
/// on the number of threads. Methods throw Interrupted.
class Columns {
 public:
  Columns() = default;
  Columns(const Columns&) = delete;
  Columns& operator=(const Columns&) = delete;
  virtual ~Columns() = default;

  virtual Index n_rows() const = 0;
  virtual Index n_columns() const = 0;

  /// Columns of the same X with another shift, which share its memory and must not outlive this
  /// object. None of them is selected.
  virtual std::unique_ptr<Columns> another(std::span<const double> shift, int n_threads,
                                           Monitor& monitor) const = 0;

  /// out[k * n_columns() + j] = z_j . v_k for m vectors v_k = v + k * n_rows(), by one pass.
  virtual void products(Index m, const double* v, double* out) = 0;

  /// out[i] = z_j . v for j = columns[i].
  virtual void products_of(std::span<const Index> columns, const double* v, double* out) = 0;

  /// z_j into n_rows() numbers.
  virtual void column(Index j, double* out) const = 0;

  /// A set of columns of its own, empty at first, which this object must outlive.
  virtual std::unique_ptr<SelectedColumns> selection(int n_threads, Monitor& monitor) const = 0;

  /// Appends columns to the set whose products among each other are asked for.
  virtual void select(std::span<const Index> columns) = 0;

  /// Keeps these of the selected columns, given by their places in ascending order.
  virtual void keep(const std::vector<Index>& places) = 0;

  virtual Index n_selected() const = 0;

  /// gram[h * ld + i] = sum_r weight_r z_ri z_rh for the selected columns at the places i < end of
  /// each h in [first, end); `weight` may be null (ones).
  virtual void gram(Index first, Index end, const double* weight, double* gram, Index ld) = 0;

  /// out[k * n_selected() + i] = z_i . v_k for the selected columns.
  virtual void selected_products(Index m, const double* v, double* out) = 0;

  /// out_k = sum_i coef[k * places.size() + i] z_i over selected columns i, given by places, into
  /// out + k * n_rows().
  virtual void combine(std::span<const Index> places, Index m, const double* coef, double* out) = 0;
};

/// Columns of dense X in memory of the caller, which are copied once if their rows are not next to
/// each other. Empty spans stand for ones and zeros. No digits are lost where shifts are large
/// beside deviations from them. The spans must outlive the object.
template <Real T>
std::unique_ptr<Columns> dense_columns(MatrixView<T> x, std::span<const double> scale,
                                       std::span<const double> shift, int n_threads,
                                       Monitor& monitor);

/// Columns of sparse X, which is copied if it is not compressed by columns.
template <Real T>
std::unique_ptr<Columns> sparse_columns(const SparseView<T>& x, std::span<const double> scale,
                                        std::span<const double> shift, int n_threads,
                                        Monitor& monitor);

/// The same for the rows of X'.
template <Real T>
std::unique_ptr<Columns> sparse_columns(SparseRows<T> columns, std::span<const double> scale,
                                        std::span<const double> shift, int n_threads,
                                        Monitor& monitor);

}  // namespace elltwo
