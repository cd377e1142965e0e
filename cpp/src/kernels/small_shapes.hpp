#pragma once

#include "elltwo/views.hpp"

/// Small problems, whose sums of products stay in the first cache. Several are solved side by side
/// in the lanes of a vector.
namespace elltwo {

inline constexpr Index small_max_features = 32;
inline constexpr Index small_max_targets = 8;

/// rcond above which a lower bound on it is used; below, an estimate that takes four solutions.
inline constexpr double small_sharp = 1e-2;

/// The panel of a column. Panels are 4 or 8 columns wide, and constants divide faster.
constexpr Index panel_of(Index column, Index width) { return width == 4 ? column / 4 : column / 8; }

/// The position of row j in a lower triangle whose rows are padded to whole vectors of `width`.
constexpr Index padded_row(Index j, Index width) {
  const Index block = panel_of(j, width);
  return width * (block + 1) * (j - width * block / 2);
}

/// Positions of the sums of a problem with p features and t targets: the lower triangle of the Gram
/// matrix of x - c, a row of p products with each target y - e, one with the ones, the sums of
/// squares of the targets, the products of the targets with the ones, and the sum of the weights.
struct SmallLayout {
  Index p;
  Index t;
  Index width;

  constexpr Index panels() const { return panel_of(p + width - 1, width); }
  constexpr Index row(Index j) const { return padded_row(j, width); }
  constexpr Index target(Index u) const { return row(p) + u * panels() * width; }
  constexpr Index ones() const { return target(t); }
  constexpr Index squares() const { return target(t + 1); }
  constexpr Index target_ones() const { return squares() + t; }
  constexpr Index weight() const { return target_ones() + t; }
  /// The number of sums, rounded up to a multiple of 8.
  constexpr Index size() const { return (weight() + 8) / 8 * 8; }
};

inline constexpr SmallLayout small_largest{small_max_features, small_max_targets, 8};

/// Rows of one problem.
template <Real T>
struct SmallRows {
  MatrixView<T> x;
  MatrixView<double> y;
  const double* weight = nullptr;  ///< one per row; null: ones
  bool centred = true;             ///< about provisional means c and e, else about zero
  MatrixView<T> next_x{};          ///< rows of the next problem, which are prefetched
  MatrixView<double> next_y{};
};

/// Computes the sums of a problem about provisional means, those of its first rows, and writes
/// these means to shift (p + t).
template <Real T>
using SmallSumsFn = void (*)(const SmallRows<T>& rows, const SmallLayout& layout, double* shift,
                             double* sums);

/// Systems (G + D) b = X^T y + r side by side. In every array, entry e of problem l is at [e *
/// lanes + l].
struct SmallSystems {
  SmallLayout layout;
  bool centred;            ///< whether G is about the means m, else about zero
  const double* diagonal;  ///< D (p)
  const double* right;     ///< r (p), the same for all targets; null: zero
  const double* pull;      ///< a, where G is replaced by G + k m m^T, k = W a / (W + a); null: zero
  double* sums;            ///< sums about the shift, which G overwrites
  double* shift;           ///< the shift (p + t), which the means overwrite
  double* factor;          ///< L L^T = S (G + D) S; size: padded_row(p rounded up to 4, 4)
  double* scale;           ///< S (p), which scales to a unit diagonal
  double* coef;            ///< t x p
  double* intercept;       ///< t
  double* rcond;           ///< a lower bound on rcond; zero where there is no answer
  double* optimality;      ///< largest relative gradient
};

using SmallSolveFn = void (*)(const SmallSystems& systems);

/// out[e * lanes + l] = in[l * ld + e] for e < n, a multiple of 8.
using InterleaveFn = void (*)(Index n, const double* in, Index ld, double* out);

/// The kernels of one instruction set for small problems.
struct SmallKernels {
  Index lanes;
  Index width;
  Index most_narrow;  ///< columns up to which panels of 4 are used
  SmallSumsFn<double> sums_f64;
  SmallSumsFn<float> sums_f32;
  SmallSolveFn solve;      ///< one problem
  SmallSolveFn solve_all;  ///< one problem in each lane
  InterleaveFn interleave;

  template <Real T>
  SmallSumsFn<T> sums() const {
    if constexpr (std::same_as<T, float>) return sums_f32;
    else return sums_f64;
  }
  SmallLayout layout(Index p, Index t) const { return {p, t, p <= most_narrow ? 4 : width}; }
};

}  // namespace elltwo
