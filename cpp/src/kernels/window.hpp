#pragma once

#include "elltwo/views.hpp"

/// Moments of several windows, one in each lane of a vector, and ridge fits from them. Moments,
/// rows and fits below consist of vectors of `width` doubles, one for each window.
namespace elltwo::window {

/// Positions in the moments and the fits of a window, in vectors.
struct Shape {
  Index features = 0;
  Index targets = 1;
  bool centred = true;  ///< about the mean (with an intercept), or about zero

  Index columns() const { return features + targets; }
  Index row() const { return columns() + 1; }  ///< [x | y | weight]

  // Moments: the sums of the weights with the decay and with its square; means as unevaluated sums
  // of two doubles; second moments of x by x (lower triangle by rows), of y by x, and of each y.
  Index weight() const { return 0; }
  Index weight_squared_decay() const { return 1; }
  Index mean() const { return 2; }
  Index mean_low() const { return mean() + columns(); }
  Index second() const { return mean_low() + columns(); }
  Index second_y() const { return second() + features * (features + 1) / 2; }
  Index square_y() const { return second_y() + targets * features; }
  Index moments() const { return square_y() + targets; }

  // Fits: the coefficients of each target, then intercepts, predictions and variances.
  Index intercept() const { return targets * features; }
  Index prediction() const { return intercept() + targets; }
  Index variance() const { return prediction() + targets; }
  Index condition() const { return variance() + targets; }
  Index optimality() const { return condition() + 1; }
  Index fit() const { return optimality() + 1; }
};

/// Transposes rows of `features` consecutive doubles, one for each lane, into vectors at the
/// beginning of packed rows of `row` vectors.
struct Pack {
  const double* const* lanes = nullptr;  ///< the first row of each lane
  Index row_stride = 0;
  Index n_rows = 0;
  Index features = 0;
  Index row = 0;
  double* packed = nullptr;
};

/// Adds rows one by one (Welford 1962, West 1979). Row k is at rows + k * row_step. The moments
/// after row k are at moments + k * moments_step; with a step of zero only the last remain.
struct Sums {
  Shape shape;
  const double* rows = nullptr;
  Index row_step = 0;
  Index n_rows = 0;
  double decay = 1.0;             ///< multiplies all weights before each row
  const double* start = nullptr;  ///< moments before the first row
  double* moments = nullptr;      ///< moments after each row
  Index moments_step = 0;
  double* work = nullptr;  ///< work_size() vectors
};

/// Step k adds row k to the moments `running`, merges them with the moments others + k *
/// others_step (Chan, Golub and LeVeque 1983), fits, and predicts row k + 1. `others` may be null;
/// with others there must be no decay.
struct Fits {
  Shape shape;
  const double* rows = nullptr;  ///< n_rows + 1, consecutive
  Index n_rows = 0;
  double decay = 1.0;
  double* running = nullptr;
  const double* others = nullptr;
  Index others_step = 0;
  const double* penalty = nullptr;  ///< one double for each feature
  double* work = nullptr;           ///< work_size() vectors
  double* fits = nullptr;           ///< fit of lane l at step k at (k * width + l) * fits_step
  Index fits_step = 0;              ///< fit() rounded up to whole vectors
};

/// The number of vectors in the work arrays of Sums and Fits.
inline Index work_size(const Shape& shape) {
  const Index triangle = shape.features * (shape.features + 1) / 2;
  return 2 * triangle + 2 * shape.targets * shape.features + 3 * shape.columns() +
         4 * shape.features + 2 * shape.targets + shape.fit();
}

/// The kernels of one instruction set.
struct Kernels {
  const char* name;
  Index width;
  void (*pack)(const Pack& job);
  void (*sums)(const Sums& job);
  void (*fits)(const Fits& job);
};

extern const Kernels kernels_baseline;
#if defined(ELLTWO_KERNELS_X86)
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;
#elif defined(ELLTWO_KERNELS_ARM)
extern const Kernels kernels_neon;
#endif

/// The kernels of the instruction set in use.
const Kernels& kernels();

}  // namespace elltwo::window
