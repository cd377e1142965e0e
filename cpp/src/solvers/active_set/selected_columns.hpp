#pragma once

#include <functional>
#include <memory>
#include <span>

#include "solvers/active_set/columns.hpp"

namespace elltwo {

/// Columns of a working set that are read again and again, with weights of rows that change. Places
/// number them in the order in which they came. Bits do not depend on the number of threads.
/// Methods throw Interrupted.
class SelectedColumns {
 public:
  /// Does with rows [first, first + count) what their new predictors ask for, and returns a value
  /// of theirs. Called by several threads for rows of their own.
  using RowsFn = std::function<double(Index first, Index count)>;

  SelectedColumns() = default;
  SelectedColumns(const SelectedColumns&) = delete;
  SelectedColumns& operator=(const SelectedColumns&) = delete;
  virtual ~SelectedColumns() = default;

  virtual Index size() const = 0;

  virtual void append(std::span<const Index> columns) = 0;

  /// out[i * b.size() + j] = sum_r weight_r z_ri z_rj for the columns at places a_i and b_j. Where
  /// a and b are one list, only for i <= j.
  virtual void gram(std::span<const Index> a, std::span<const Index> b, const double* weight,
                    double* out) = 0;

  /// out[k * size() + i] = z_i . v_k for m vectors of n rows.
  virtual void products(Index m, const double* v, double* out) = 0;

  /// out_k = sum_i coef[k * size() + i] z_i into out + k * n, for m combinations.
  virtual void combine(Index m, const double* coef, double* out) = 0;

  /// Adds m combinations to eta (m x n), calls `evaluate` for all rows, and then has
  /// out[k * size() + i] = z_i . r_k of what `evaluate` has made of r (m x n). Returns the sum of
  /// its values. Dense columns are read once, block by block of rows.
  virtual double step(Index m, const double* coef, double* eta, const RowsFn& evaluate,
                      const double* r, double* out) = 0;
};

}  // namespace elltwo
