#pragma once

#include <span>
#include <vector>

#include "gram/gram.hpp"

namespace elltwo {

/// Exact powers of two that keep squares of the data within range. Empty: all ones.
struct Scales {
  std::vector<double> x;
  std::vector<double> y;
};

/// Second moments of scaled data, about the weighted mean (centred) or about zero:
///   gram(i, j) = sum w x_i x_j,  gram(i, p + t) = sum w x_i y_t,  gram(p + t, p + t) = sum w y_t^2.
struct ScaledMoments {
  Index n_features = 0;
  Index n_targets = 0;
  double weight = 0.0;         ///< sum of w; 0 when not centred
  GramMatrix gram;             ///< upper triangle
  std::vector<double> x_mean;  ///< of the scaled data; zeros when not centred
  std::vector<double> y_mean;
  double noise = 0.0;  ///< relative error of the products, where there are no rows to tell

  double xx(Index i, Index j) const { return i <= j ? gram(i, j) : gram(j, i); }
  double xy(Index j, Index t) const { return gram(j, n_features + t); }
  double yy(Index t) const { return gram(n_features + t, n_features + t); }
};

/// (mean - shift)^2 of a column in units of its variance up to which moments about the shift are
/// used: moments about the mean lose log10 of it digits.
inline constexpr double tolerated_offset = 1e4;

/// Whether a column's shift lies so far from its mean, beside its deviation, that moments about the
/// mean would lose digits. For a Gram matrix of [x | y | 1].
bool far_from_mean(const GramMatrix& about_shift);

/// The Gram matrix of [x | y | 1] about shifts as moments about the mean.
ScaledMoments centred_moments(GramMatrix about_shift, const std::vector<double>& x_shift,
                              const std::vector<double>& y_shift);

/// What moments are taken of. sqrt_weight may be null (unit weights).
template <Real S>
struct MomentsInput {
  MatrixView<S> x;
  MatrixView<double> y;
  const double* sqrt_weight = nullptr;
  const Scales& scales;
  bool centred = true;
};

/// The Gram matrix of scaled [x | y | 1] about shifts near the means, in the same units.
struct ShiftedGram {
  GramMatrix gram;
  std::vector<double> x_shift;
  std::vector<double> y_shift;
};

/// One streaming pass (two if the first rows misjudged the mean so badly that digits were lost), of a
/// centred input. Products are formed in T, as gram() does.
template <Real S, Real T = S>
ShiftedGram gram_about_mean(const MomentsInput<S>& input, int n_threads, Monitor& monitor);

/// The same as moments, about the means or about zero.
template <Real S, Real T = S>
ScaledMoments compute_moments(const MomentsInput<S>& input, int n_threads, Monitor& monitor);

/// A shift near the columns' means, from the first rows: x_0 + mean(x - x_0), exact for constants.
template <Real S>
std::vector<double> provisional_mean(MatrixView<S> x, const double* sqrt_weight);

}  // namespace elltwo
