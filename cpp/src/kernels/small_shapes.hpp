#pragma once

#include "elltwo/views.hpp"

/// Small problems, whose sums of products stay in the first cache, and of which several are solved side by
/// side in the lanes of a vector.
namespace elltwo {

inline constexpr Index small_max_features = 32;
inline constexpr Index small_max_targets = 8;

// Above this a bound on rcond is good enough; below it an estimate that costs four solutions is taken.
inline constexpr double small_sharp = 1e-2;

// Panels are 4 or 8 columns wide: constants divide faster.
constexpr Index panel_of(Index column, Index width) { return width == 4 ? column / 4 : column / 8; }

/// Row j's first place in a lower triangle whose rows are padded to whole vectors of `width`.
constexpr Index padded_row(Index j, Index width) {
  const Index block = panel_of(j, width);
  return width * (block + 1) * (j - width * block / 2);
}

/// Where the sums of a problem with p features and t targets stand: the lower triangle of the Gram matrix
/// of x - c, then rows of p for the products with each target y - e and with the ones, then the sums of
/// squares of the targets, the targets' products with the ones, and the sum of weights.
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
  /// A multiple of every vector's length.
  constexpr Index size() const { return (weight() + 8) / 8 * 8; }
};

inline constexpr SmallLayout small_largest{small_max_features, small_max_targets, 8};

/// Rows of one problem.
template <Real T>
struct SmallRows {
  MatrixView<T> x;
  MatrixView<double> y;
  const double* weight = nullptr;  ///< one per row; null: ones
  bool centred = true;             ///< else c and e are zero
  MatrixView<T> next_x{};          ///< rows that will be asked for next, to be fetched meanwhile
  MatrixView<double> next_y{};
};

/// The sums of a problem about provisional means, the first rows', which go to shift[0 .. p + t).
template <Real T>
using SmallSumsFn = void (*)(const SmallRows<T>& rows, const SmallLayout& layout, double* shift,
                             double* sums);

/// Systems (G + D) b = X^T y + r side by side: entry e of problem l stands at [e * lanes + l] of each array.
struct SmallSystems {
  SmallLayout layout;
  bool centred;            ///< G about the means: else about zero
  const double* diagonal;  ///< D; p
  const double* right;     ///< r; p, the same for all targets; null: zero
  const double* pull;      ///< a: G + k m m^T with k = W a / (W + a) in the place of G; null: zero
  double* sums;            ///< overwritten: G in the place of the sums
  double* shift;           ///< p + t; becomes the means
  double* factor;          ///< padded_row(p rounded up to 4, 4): of G + D scaled to a unit diagonal
  double* scale;           ///< p: which scales it
  double* coef;            ///< t x p
  double* intercept;       ///< t
  double* rcond;           ///< at least a lower bound; zero where there is no answer
  double* optimality;      ///< largest relative gradient
};

using SmallSolveFn = void (*)(const SmallSystems& systems);

/// out[e * lanes + l] = in[l * ld + e] for e < n, a multiple of 8.
using InterleaveFn = void (*)(Index n, const double* in, Index ld, double* out);

/// What one instruction set has for small problems.
struct SmallKernels {
  Index lanes;
  Index width;
  Index most_narrow;  ///< columns up to which panels of 4 are used
  SmallSumsFn<double> sums_f64;
  SmallSumsFn<float> sums_f32;
  SmallSolveFn solve;      ///< one problem
  SmallSolveFn solve_all;  ///< as many as there are lanes
  InterleaveFn interleave;

  template <Real T>
  SmallSumsFn<T> sums() const {
    if constexpr (std::same_as<T, float>) return sums_f32;
    else return sums_f64;
  }
  SmallLayout layout(Index p, Index t) const { return {p, t, p <= most_narrow ? 4 : width}; }
};

}  // namespace elltwo
