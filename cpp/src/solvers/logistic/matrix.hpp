#pragma once

#include <span>
#include <vector>

#include "gram/gram.hpp"
#include "gram/stream.hpp"

namespace elltwo {

struct LogisticRows;

/// The coordinates x^ = s_x (x - c) of a problem's features, see LogisticProblem.
struct LogisticFrame {
  std::vector<double> shift;  ///< c
  std::vector<double> scale;  ///< s_x
  std::vector<double> size;   ///< sqrt(sum_i w_i x^_ij^2); 0 where a column is constant
};

/// The matrix [x^ | 1] of features that are not a dense array, as LogisticProblem asks for it. It
/// ends with a column of ones where intercepts are fitted.
class LogisticMatrix {
 public:
  LogisticMatrix() = default;
  LogisticMatrix(const LogisticMatrix&) = delete;
  LogisticMatrix& operator=(const LogisticMatrix&) = delete;
  virtual ~LogisticMatrix() = default;

  /// Selects the rows of a fit and measures their columns, about their means if there are
  /// intercepts. Comes before everything else.
  virtual LogisticFrame prepare(const LogisticRows& rows, bool has_intercept) = 0;

  /// [x^ | 1]^T z with z = map([x^ | 1] theta), see stream_pass(). theta is outputs x columns.
  virtual Buffer<double> pass(Index outputs, const double* theta, const RowMap& map) = 0;

  /// Writes some columns of row k.
  virtual void row(Index k, std::span<const Index> columns, double* x) const = 0;

  /// sum_k h_k x_k x_k^T in some ascending columns of [x^ | 1]; h may be negative.
  virtual GramMatrix gram(std::span<const Index> columns, const double* h) = 0;

  /// Values that are stored, all of which a pass reads.
  virtual double n_values() const = 0;
  /// Products of two values that gram() adds.
  virtual double n_gram_products() const = 0;
};

}  // namespace elltwo
