#pragma once

#include <limits>

#include "kernels/window_moments_impl.hpp"

// Loops over features unroll where their number is part of the type.
#define ELLTWO_UNROLL _Pragma("GCC unroll 16")

namespace elltwo::window {
namespace {

/// Factors system = L D L^T row by row; solved = L^-1 right, and square becomes the least
/// objective.
template <int Width, int P>
inline void eliminate(const Sizes<P>& shape, Work<Width, P>& work) {
  const Index p = shape.p();
  ELLTWO_UNROLL for (Index i = 0; i < p; ++i) {
    // column[k] = L_ik D_k
    V<Width> pivot = work.system[row_of(i) + i];
    ELLTWO_UNROLL for (Index j = 0; j < i; ++j) {
      V<Width> sum = work.system[row_of(i) + j];
      ELLTWO_UNROLL for (Index k = 0; k < j; ++k) {
        sum -= work.column[k] * work.factor[row_of(j) + k];
      }
      work.column[j] = sum;
      const V<Width> entry = sum * work.inverse_pivot[j];
      work.factor[row_of(i) + j] = entry;
      pivot -= entry * sum;
    }
    work.inverse_pivot[i] = 1.0 / pivot;
    for (Index t = 0; t < shape.t(); ++t) {
      V<Width> sum = work.right[t * p + i];
      ELLTWO_UNROLL for (Index k = 0; k < i; ++k) {
        sum -= work.factor[row_of(i) + k] * work.solved[t * p + k];
      }
      work.solved[t * p + i] = sum;
      work.square[t] -= sum * sum * work.inverse_pivot[i];
    }
  }
}

/// The diagonal of the system's inverse, from the columns of L^-1.
template <int Width, int P>
inline void invert_diagonal(const Sizes<P>& shape, Work<Width, P>& work) {
  const Index p = shape.p();
  ELLTWO_UNROLL for (Index j = 0; j < p; ++j) {
    V<Width> sum = work.inverse_pivot[j];
    ELLTWO_UNROLL for (Index i = j + 1; i < p; ++i) {
      V<Width> entry = -work.factor[row_of(i) + j];
      ELLTWO_UNROLL for (Index k = j + 1; k < i; ++k) {
        entry -= work.factor[row_of(i) + k] * work.column[k];
      }
      work.column[i] = entry;
      sum += entry * entry * work.inverse_pivot[i];
    }
    work.inverse_diagonal[j] = sum;
  }
}

/// b = L^-T D^-1 z.
template <int Width, int P>
inline void substitute_back(const Sizes<P>& shape, Work<Width, P>& work, Index target) {
  const Index p = shape.p();
  const auto b = &work.fit[target * p];
  ELLTWO_UNROLL for (Index i = p - 1; i >= 0; --i) {
    V<Width> sum = work.solved[target * p + i] * work.inverse_pivot[i];
    ELLTWO_UNROLL for (Index k = i + 1; k < p; ++k) sum -= work.factor[row_of(k) + i] * b[k];
    b[i] = sum;
  }
}

/// The squared norm of the gradient g in the inverse of the system, g^T system^-1 g, over y by y.
template <int Width, int P>
inline V<Width> gradient_norm(const Sizes<P>& shape, Work<Width, P>& work, Index target) {
  const Index p = shape.p();
  const auto b = &work.fit[target * p];
  V<Width> sum = all<Width>(0.0);
  ELLTWO_UNROLL for (Index i = 0; i < p; ++i) {
    V<Width> g = work.right[target * p + i];
    ELLTWO_UNROLL for (Index j = 0; j < p; ++j) {
      g -= work.system[j < i ? row_of(i) + j : row_of(j) + i] * b[j];
    }
    ELLTWO_UNROLL for (Index k = 0; k < i; ++k) g -= work.factor[row_of(i) + k] * work.column[k];
    work.column[i] = g;
    sum += g * g * work.inverse_pivot[i];
  }
  return ratio<Width>(sum, work.residual[target]);
}

template <int Width, int P>
inline void fit_target(const Sizes<P>& shape, Work<Width, P>& work, const double* penalty,
                       Index target, ConstRow<Width> next, V<Width> scale) {
  const Index p = shape.p();
  const auto b = &work.fit[target * p];
  substitute_back<Width, P>(shape, work, target);
  V<Width> intercept = work.mean[p + target];
  V<Width> low = work.low[p + target];
  V<Width> moved = all<Width>(0.0);
  V<Width> rss = work.square[target];
  const V<Width> centre = intercept + low;
  ELLTWO_UNROLL for (Index j = 0; j < p; ++j) {
    intercept -= work.mean[j] * b[j];
    low -= work.low[j] * b[j];
    moved += (next[j] - work.mean[j] - work.low[j]) * b[j];
    rss -= penalty[j] * (b[j] * b[j]);
  }
  const Index at = shape.t() * p + target;
  work.fit[at] = intercept + low;
  work.fit[at + shape.t()] = centre + moved;
  work.fit[at + 2 * shape.t()] = (rss > 0.0 ? rss : all<Width>(0.0)) * scale;
}

template <int Width, int P, bool Both>
inline void fit_step(const Sizes<P>& shape, const Fits& job, const double* others,
                     ConstRow<Width> next, Work<Width, P>& work) {
  const Index p = shape.p();
  V<Width> weight;
  V<Width> squared;
  merge<Width, P, Both>(shape, reinterpret_cast<ConstRow<Width>>(job.running),
                        reinterpret_cast<ConstRow<Width>>(others), job.penalty, work, weight,
                        squared);
  eliminate<Width, P>(shape, work);
  invert_diagonal<Width, P>(shape, work);
  V<Width> used = all<Width>(static_cast<double>(p) + (shape.centred ? 1.0 : 0.0));
  V<Width> condition = all<Width>(0.0);
  V<Width> least = all<Width>(1.0);
  ELLTWO_UNROLL for (Index j = 0; j < p; ++j) {
    least = work.inverse_pivot[j] < least ? work.inverse_pivot[j] : least;
    used -= job.penalty[j] * work.inverse_diagonal[j];
    condition += work.system[row_of(j) + j] * work.inverse_diagonal[j];
  }
  const V<Width> square = weight * weight;
  const V<Width> freedom = square - used * squared;
  const V<Width> nothing = all<Width>(std::numeric_limits<double>::quiet_NaN());
  const V<Width> scale = freedom > 1e-9 * square ? weight / freedom : nothing;
  V<Width> worst = all<Width>(0.0);
  for (Index t = 0; t < shape.t(); ++t) {
    fit_target<Width, P>(shape, work, job.penalty, t, next, scale);
    const V<Width> norm = gradient_norm<Width, P>(shape, work, t);
    worst = norm > worst ? norm : worst;
  }
  const Index last = shape.t() * (p + 3);
  const V<Width> infinite = all<Width>(std::numeric_limits<double>::infinity());
  // Where a pivot is not positive, or weights have decayed until products lose digits.
  const V<Width> sound = weight > 1e-200 ? condition : infinite;
  work.fit[last] = least > 0.0 ? sound : infinite;
  work.fit[last + 1] = worst;
}

}  // namespace
}  // namespace elltwo::window

#undef ELLTWO_UNROLL
