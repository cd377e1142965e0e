#pragma once

#include "elltwo/views.hpp"

/// Moments of as many windows as a vector has lanes, and ridge fits from them. Every "number" below is a
/// vector of `width` doubles, one for each window (lane).
namespace elltwo::window {

/// Where things are in a window's moments and fits, in vectors.
struct Shape {
  Index features = 0;
  Index targets = 1;
  bool centred = true;  ///< about the mean (with an intercept), or about zero

  Index columns() const { return features + targets; }
  Index row() const { return columns() + 1; }  ///< [x | y | weight]

  // Moments: sum of weights, with the decay and with its square; means as unevaluated sums of two
  // doubles; second moments of x by x (lower triangle by rows), of y by x, and of each y.
  Index weight() const { return 0; }
  Index weight_squared_decay() const { return 1; }
  Index mean() const { return 2; }
  Index mean_low() const { return mean() + columns(); }
  Index second() const { return mean_low() + columns(); }
  Index second_y() const { return second() + features * (features + 1) / 2; }
  Index square_y() const { return second_y() + targets * features; }
  Index moments() const { return square_y() + targets; }

  // Fits: coefficients target by target, then for each target intercept, prediction and variance.
  Index intercept() const { return targets * features; }
  Index prediction() const { return intercept() + targets; }
  Index variance() const { return prediction() + targets; }
  Index condition() const { return variance() + targets; }
  Index optimality() const { return condition() + 1; }
  Index fit() const { return optimality() + 1; }
};

/// Turns rows of `features` consecutive doubles, one for each lane, into vectors at the beginning of packed
/// rows of `row` vectors.
struct Pack {
  const double* const* lanes = nullptr;
  Index row_stride = 0;
  Index n_rows = 0;
  Index features = 0;
  Index row = 0;
  double* packed = nullptr;
};

/// Rows are added one by one (Welford 1962, West 1979); where `moments` is to hold every state on the way,
/// moments_step is its length, else zero. Row k is at rows + k * row_step.
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

/// Step k adds row k to `running`, merges with others + k * others_step (Chan, Golub and LeVeque 1983), and
/// fits; row k + 1 is predicted. `others` may be null; beside them nothing decays.
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
  double* fits = nullptr;           ///< that of lane l at step k: at (k * width + l) * fits_step
  Index fits_step = 0;              ///< fit() rounded up to whole vectors
};

inline Index work_size(const Shape& shape) {
  const Index triangle = shape.features * (shape.features + 1) / 2;
  return 2 * triangle + 2 * shape.targets * shape.features + 3 * shape.columns() +
         4 * shape.features + 2 * shape.targets + shape.fit();
}

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

/// Those of the level in use.
const Kernels& kernels();

}  // namespace elltwo::window
