#pragma once

#include <span>
#include <vector>

#include "gram/gram.hpp"

namespace elltwo {

/// Powers of two that multiply columns, so that squares of the data stay within range. Empty: all
/// ones.
struct Scales {
  std::vector<double> x;
  std::vector<double> y;
};

/// Second moments of scaled data, about the weighted mean (centred) or about zero:
///   gram(i, j) = sum w x_i x_j,   gram(i, p + t) = sum w x_i y_t,
///   gram(p + t, p + t) = sum w y_t^2.
struct ScaledMoments {
  Index n_features = 0;
  Index n_targets = 0;
  double weight = 0.0;         ///< sum of w; 0 when not centred
  GramMatrix gram;             ///< upper triangle
  std::vector<double> x_mean;  ///< means of the scaled features; zeros when not centred
  std::vector<double> y_mean;  ///< means of the scaled targets; zeros when not centred
  double noise = 0.0;          ///< relative error of the products; used where there are no rows

  double xx(Index i, Index j) const { return i <= j ? gram(i, j) : gram(j, i); }
  double xy(Index j, Index t) const { return gram(j, n_features + t); }
  double yy(Index t) const { return gram(n_features + t, n_features + t); }
};

/// (mean - shift)^2 of a column in units of its variance up to which moments about the shift are
/// used: moments about the mean lose log10 of it digits.
inline constexpr double tolerated_offset = 1e4;

/// Whether the shift of a column lies so far from its mean, relative to its standard deviation,
/// that moments about the mean would lose digits, given the Gram matrix of [x | y | 1] about the
/// shifts.
bool far_from_mean(const GramMatrix& about_shift);

/// Moments about the mean from the Gram matrix of [x | y | 1] about shifts.
ScaledMoments centred_moments(GramMatrix about_shift, const std::vector<double>& x_shift,
                              const std::vector<double>& y_shift);

/// The data whose moments are formed.
template <Real S>
struct MomentsInput {
  MatrixView<S> x;
  MatrixView<double> y;
  const double* sqrt_weight = nullptr;  ///< null: unit weights
  const Scales& scales;
  bool centred = true;  ///< about the mean, else about zero
};

/// The Gram matrix of scaled [x | y | 1] about shifts near the means, in the same units.
struct ShiftedGram {
  GramMatrix gram;
  std::vector<double> x_shift;
  std::vector<double> y_shift;
};

/// The Gram matrix of a centred input about shifts that are near enough to the means, by one pass
/// over the data, or two if the mean of the first rows is too far from that of all. Products are
/// formed in T, see gram(). Throws Interrupted.
template <Real S, Real T = S>
ShiftedGram gram_about_mean(const MomentsInput<S>& input, int n_threads, Monitor& monitor);

/// The moments about the means or, of an input that is not centred, about zero. Throws Interrupted.
template <Real S, Real T = S>
ScaledMoments compute_moments(const MomentsInput<S>& input, int n_threads, Monitor& monitor);

/// Shifts near the means of the columns: x_0 + mean(x - x_0) over the first rows, exact for
/// constant columns.
template <Real S>
std::vector<double> provisional_mean(MatrixView<S> x, const double* sqrt_weight);

}  // namespace elltwo
