#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// The columns of [x^ | 1] without a penalty, of the rows that are fitted. Directions are outputs x
/// columns.
class FreeColumns {
 public:
  virtual ~FreeColumns() = default;

  virtual Index n_rows() const = 0;
  virtual Index n_columns() const = 0;
  virtual Index n_outputs() const = 0;
  /// n_rows, each a class.
  virtual const std::int32_t* label() const = 0;

  /// z = x . direction, rows x outputs. One pass over the data.
  virtual void multiply(const double* direction, double* z) = 0;
  /// x = row i, n_columns.
  virtual void row(Index i, double* x) const = 0;
};

/// By how much a direction d raises the predictor of a row's class above those of the others,
/// x . (d_y - d_k): the smallest and the largest over rows and classes k other than y. Of two
/// classes with one output that is s x . d with s = 1 for class 1 and -1 for class 0.
struct Margins {
  double least = 0.0;
  double largest = 0.0;

  /// Whether the loss falls along d and never rises, so that it has no minimum (Albert and Anderson
  /// 1984).
  bool separate() const { return least >= 0.0 && largest > 0.0; }
};

/// One pass.
Margins margins_along(FreeColumns& x, const double* direction);

/// Whether there is a direction that separates.
enum class Recession { exists, none, undecided };

/// Most coefficients (outputs x columns) for which find_recession() takes a time like that of the
/// fit.
inline constexpr Index most_recession_coefficients = 1000;

/// Decides whether a direction separates the classes, by the theorem of the alternative (Stiemke
/// 1915): with the rows a_i = s_i x_i (of more classes a_ik = (e_y - e_k) x_i), there is a d with
/// a_i . d >= 0 for all i, not all zero, unless sum_i lambda_i a_i = 0 for some lambda > 0. With
/// lambda = 1 + mu and rows of unit length, the least |sum_i (1 + mu_i) a_i| over mu >= 0 is taken
/// at a vector that is zero, or separates. It is found by active sets (Lawson and Hanson 1974) over
/// rows that are added where their margins are negative.
///
/// side: 1 for a column whose coefficients cannot fall without end, -1 for one whose coefficients
/// cannot rise, 0 for others; empty: zeros.
Recession find_recession(FreeColumns& x, std::span<const signed char> side, Monitor& monitor);

/// Whether the rows with the largest residuals (one of each row, in any unit) show that no
/// direction separates: lambda exists for them alone, and their vectors span all columns, so that
/// a_i . d >= 0 for all of them leaves d = 0. Takes a time that depends on the number of columns,
/// and one reading of the residuals.
bool some_rows_exclude_recession(FreeColumns& x, std::span<const double> residual,
                                 Monitor& monitor);

}  // namespace elltwo
