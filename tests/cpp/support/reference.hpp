#pragma once

#include <limits>
#include <vector>

#include "elltwo/ridge.hpp"
#include "kernels/source.hpp"
#include "support/data.hpp"

namespace elltwo::test {

inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double eps = std::numeric_limits<double>::epsilon();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

using Wide = long double;

/// Least squares |A z - b| by Householder reflections, A of full column rank and at least as tall
/// as wide. Columns may differ in scale as they like.
std::vector<Wide> least_squares(Matrix<Wide> a, std::vector<Wide> b);

/// A ridge problem. Empty vectors have the same meaning as in RidgeData.
struct RidgeCase {
  Matrix<double> x;
  Matrix<double> y;
  std::vector<double> alpha{1.0};
  std::vector<double> factors{};
  std::vector<double> prior{};
  std::vector<double> weight{};
  bool fit_intercept = true;
  bool penalize_intercept = false;

  /// alpha_j of target t.
  double penalty(Index t, Index j) const;
  double alpha_of(Index t) const { return alpha[alpha.size() == 1 ? 0 : t]; }
  RidgeOptions options() const;
};

struct RidgeAnswer {
  Matrix<double> coef;  ///< targets x features
  std::vector<double> intercept;
  SolveInfo info;
};

/// The least-squares problem that ridge is, solved in long double. Needs a unique solution.
RidgeAnswer reference_ridge(const RidgeCase& problem);

/// The library's fit, with X in T.
template <Real T>
RidgeAnswer solve(const RidgeCase& problem, const RidgeOptions& options);

template <Real T>
RidgeAnswer solve(const RidgeCase& problem) {
  return solve<T>(problem, problem.options());
}

/// n x p features and targets y = linear + noise, so well-conditioned that nothing is lost.
RidgeCase random_case(Index n, Index p, Index n_targets, std::uint64_t seed);

/// Fails unless coefficients and intercepts agree to `tolerance`, relative to the largest.
void check_same_fit(const RidgeAnswer& got, const RidgeAnswer& wanted, double tolerance);

/// Element (k, c) of the matrix that a source describes.
template <Real S>
Wide source_value(const Source<S>& source, Index k, Index c) {
  const Wide r = source.row_scale != nullptr ? source.row_scale[k] : 1.0;
  const Index row = source.source_row(k);
  if (c < source.x.cols) {
    const Wide d = source.row_shift != nullptr ? source.row_shift[k] : 0.0;
    const Wide s = source.col_scale != nullptr ? source.col_scale[c] : 1.0;
    const Wide shift = source.col_shift != nullptr ? source.col_shift[c] : 0.0;
    return r * s * (source.x(row, c) - shift - d);
  }
  const Index t = c - source.x.cols;
  if (t == source.y.cols) return r;
  const Wide s = source.y_scale != nullptr ? source.y_scale[t] : 1.0;
  return r * s * (source.y(row, t) - Wide(source.y_shift != nullptr ? source.y_shift[t] : 0.0));
}

}  // namespace elltwo::test
