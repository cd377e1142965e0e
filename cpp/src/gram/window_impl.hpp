#pragma once

#include <algorithm>
#include <limits>
#include <type_traits>

#include "gram/simd.hpp"
#include "gram/window.hpp"

// Loops over features unroll where their number is part of the type.
#define ELLTWO_UNROLL _Pragma("GCC unroll 16")

namespace elltwo::window {
namespace {

constexpr Index row_of(Index i) { return i * (i + 1) / 2; }

/// A vector with one lane for each window, and pointers to such vectors in memory.
template <int Width>
using V = Vec<double, Width>;
template <int Width>
using Row = typename VecOf<double, Width>::unaligned*;
template <int Width>
using ConstRow = const typename VecOf<double, Width>::unaligned*;

template <int Width>
inline V<Width> all(double value) {
  return V<Width>{} + value;
}

/// a / b, or zero where b is not positive.
template <int Width>
inline V<Width> ratio(V<Width> a, V<Width> b) {
  const V<Width> safe = b > 0.0 ? b : all<Width>(1.0);
  return b > 0.0 ? a / safe : all<Width>(0.0);
}

/// Shape with P features and one target as constants, or with P = 0 as it comes.
template <int P>
struct Sizes : Shape {
  explicit Sizes(const Shape& shape) : Shape(shape) {}
  static constexpr Index p() { return P; }
  static constexpr Index t() { return 1; }
};

template <>
struct Sizes<0> : Shape {
  explicit Sizes(const Shape& shape) : Shape(shape) {}
  Index p() const { return features; }
  Index t() const { return targets; }
};

/// What one step works with: on the stack for few features.
template <int Width, int P>
struct Work {
  Work(const Shape&, double*) {}

  V<Width> d[P + 1];
  V<Width> mean[P + 1];
  V<Width> low[P + 1];
  V<Width> system[row_of(P)];    ///< x by x, penalised, lower triangle by rows
  V<Width> right[P];             ///< y by x
  V<Width> factor[row_of(P)];    ///< of L D L^T, likewise
  V<Width> solved[P];            ///< L^-1 right
  V<Width> inverse_pivot[P];     ///< 1 / D
  V<Width> column[P];            ///< of L^-1
  V<Width> inverse_diagonal[P];  ///< of the system's inverse
  V<Width> square[1];            ///< y by y, then the least objective
  V<Width> residual[1];          ///< y by y
  V<Width> fit[P + 5 + Width];   ///< as in Shape, with room for whole vectors
};

template <int Width>
struct Work<Width, 0> {
  Work(const Shape& shape, double* work)
      : d(reinterpret_cast<Row<Width>>(work)),
        mean(d + shape.columns()),
        low(mean + shape.columns()),
        system(low + shape.columns()),
        right(system + row_of(shape.features)),
        factor(right + shape.targets * shape.features),
        solved(factor + row_of(shape.features)),
        inverse_pivot(solved + shape.targets * shape.features),
        column(inverse_pivot + shape.features),
        inverse_diagonal(column + shape.features),
        square(inverse_diagonal + shape.features),
        residual(square + shape.targets),
        fit(residual + shape.targets) {}

  Row<Width> d;
  Row<Width> mean;
  Row<Width> low;
  Row<Width> system;
  Row<Width> right;
  Row<Width> factor;
  Row<Width> solved;
  Row<Width> inverse_pivot;
  Row<Width> column;
  Row<Width> inverse_diagonal;
  Row<Width> square;
  Row<Width> residual;
  Row<Width> fit;
};

/// next = the moments of `last`, decayed, and of one row; next may be last.
template <int Width, int P, bool Decay>
inline void add_row(const Sizes<P>& shape, ConstRow<Width> row, double decay, ConstRow<Width> last,
                    Row<Width> next, Work<Width, P>& work) {
  const Index p = shape.p();
  const Index columns = p + shape.t();
  const V<Width> w = row[columns];
  const auto aged = [&](Index at) -> V<Width> {
    if constexpr (Decay) return last[at] * decay;
    else return last[at];
  };
  const V<Width> before = aged(shape.weight());
  const V<Width> weight = before + w;
  const V<Width> share = ratio<Width>(w, weight);
  const V<Width> factor = shape.centred ? before * share : w;
  const V<Width> pull = shape.centred ? share : all<Width>(0.0);
  const Index squared = shape.weight_squared_decay();
  next[shape.weight()] = weight;
  next[squared] = aged(squared) * decay + w;
  const Index mean = shape.mean();
  const Index low = mean + columns;
  ELLTWO_UNROLL for (Index k = 0; k < columns; ++k) {
    const V<Width> centre = last[mean + k];
    const V<Width> below = last[low + k];
    const V<Width> gap = (row[k] - centre) - below;
    const V<Width> step = below + gap * pull;
    const V<Width> moved = centre + step;
    work.d[k] = gap;
    next[mean + k] = moved;
    next[low + k] = step - (moved - centre);
  }
  const Index second = low + columns;
  ELLTWO_UNROLL for (Index i = 0; i < p; ++i) {
    const V<Width> di = factor * work.d[i];
    const Index at = second + row_of(i);
    ELLTWO_UNROLL for (Index j = 0; j <= i; ++j) { next[at + j] = aged(at + j) + di * work.d[j]; }
  }
  for (Index t = 0; t < shape.t(); ++t) {
    const V<Width> di = factor * work.d[p + t];
    const Index at = second + row_of(p) + t * p;
    ELLTWO_UNROLL for (Index j = 0; j < p; ++j) { next[at + j] = aged(at + j) + di * work.d[j]; }
    const Index square = second + row_of(p) + shape.t() * p + t;
    next[square] = aged(square) + di * work.d[p + t];
  }
}

/// Moments of a and b together, penalised, into the work space; b is empty or there is none.
template <int Width, int P, bool Both>
inline void merge(const Sizes<P>& shape, ConstRow<Width> a, ConstRow<Width> b,
                  const double* penalty, Work<Width, P>& work, V<Width>& weight,
                  V<Width>& squared) {
  const Index p = shape.p();
  const Index columns = p + shape.t();
  const V<Width> wa = a[shape.weight()];
  weight = wa;
  squared = a[shape.weight_squared_decay()];
  V<Width> factor = all<Width>(0.0);
  const Index mean = shape.mean();
  const Index low = mean + columns;
  if constexpr (Both) {
    weight += b[shape.weight()];
    squared += b[shape.weight_squared_decay()];
    const V<Width> share = ratio<Width>(b[shape.weight()], weight);
    factor = shape.centred ? wa * share : factor;
    const V<Width> own = wa > 0.0 ? all<Width>(1.0) : all<Width>(0.0);
    // Where a is empty, the mean is b's.
    ELLTWO_UNROLL for (Index k = 0; k < columns; ++k) {
      const V<Width> centre = wa > 0.0 ? a[mean + k] : b[mean + k];
      const V<Width> below = wa > 0.0 ? a[low + k] : b[low + k];
      const V<Width> gap = (b[mean + k] - centre) + (b[low + k] - below);
      work.d[k] = gap * own;
      work.mean[k] = centre;
      work.low[k] = below + gap * share;
    }
  } else {
    ELLTWO_UNROLL for (Index k = 0; k < columns; ++k) {
      work.mean[k] = a[mean + k];
      work.low[k] = a[low + k];
    }
  }
  const auto together = [&](Index at, V<Width> di, Index j) -> V<Width> {
    if constexpr (Both) return a[at] + b[at] + di * work.d[j];
    else return a[at];
  };
  const Index second = low + columns;
  ELLTWO_UNROLL for (Index i = 0; i < p; ++i) {
    V<Width> di = factor;
    if constexpr (Both) di *= work.d[i];
    ELLTWO_UNROLL for (Index j = 0; j < i; ++j) {
      work.system[row_of(i) + j] = together(second + row_of(i) + j, di, j);
    }
    work.system[row_of(i) + i] = together(second + row_of(i) + i, di, i) + penalty[i];
  }
  for (Index t = 0; t < shape.t(); ++t) {
    V<Width> di = factor;
    if constexpr (Both) di *= work.d[p + t];
    ELLTWO_UNROLL for (Index j = 0; j < p; ++j) {
      work.right[t * p + j] = together(second + row_of(p) + t * p + j, di, j);
    }
    work.square[t] = together(second + row_of(p) + shape.t() * p + t, di, p + t);
    work.residual[t] = work.square[t];
  }
}

/// L D L^T = system row by row; solved = L^-1 right, and the least objective in square.
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

/// The squared norm of the gradient in the inverse of the system, over that of y.
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
  // A pivot is not positive, or weights have decayed to where products lose digits.
  const V<Width> sound = weight > 1e-200 ? condition : infinite;
  work.fit[last] = least > 0.0 ? sound : infinite;
  work.fit[last + 1] = worst;
}

/// Vectors become one consecutive record for each lane.
template <int Width, class Vectors>
inline void write_lanes(const Vectors& vectors, Index n, double* records, Index step) {
  for (Index k = 0; k < n; k += Width) {
    V<Width> square[Width];
    ELLTWO_UNROLL for (int i = 0; i < Width; ++i) square[i] = vectors[k + i];
    transpose<double, Width>(square);
    ELLTWO_UNROLL for (int i = 0; i < Width; ++i) {
      store<double, Width>(records + i * step + k, square[i]);
    }
  }
}

template <int Width>
void pack(const Pack& job) {
  const Index whole = job.features / Width * Width;
  double* out = job.packed;
  for (Index k = 0; k < job.n_rows; ++k, out += job.row * Width) {
    const Index from = k * job.row_stride;
    for (Index j = 0; j < whole; j += Width) {
      V<Width> square[Width];
      ELLTWO_UNROLL for (int i = 0; i < Width; ++i) {
        square[i] = load<double, Width>(job.lanes[i] + from + j);
      }
      transpose<double, Width>(square);
      ELLTWO_UNROLL for (int i = 0; i < Width; ++i) {
        store<double, Width>(out + (j + i) * Width, square[i]);
      }
    }
    for (Index j = whole; j < job.features; ++j) {
      ELLTWO_UNROLL for (int i = 0; i < Width; ++i) out[j * Width + i] = job.lanes[i][from + j];
    }
  }
}

template <int Width, int P, bool Both, bool Decay>
void fit_steps(const Fits& job) {
  const Sizes<P> shape(job.shape);
  Work<Width, P> work(job.shape, job.work);
  const auto running = reinterpret_cast<Row<Width>>(job.running);
  auto row = reinterpret_cast<ConstRow<Width>>(job.rows);
  double* records = job.fits;
  for (Index k = 0; k < job.n_rows; ++k, row += shape.row(), records += Width * job.fits_step) {
    add_row<Width, P, Decay>(shape, row, job.decay, running, running, work);
    const double* others = Both ? job.others + k * job.others_step : nullptr;
    fit_step<Width, P, Both>(shape, job, others, row + shape.row(), work);
    write_lanes<Width>(work.fit, shape.fit(), records, job.fits_step);
  }
}

template <int Width, int P, bool Decay>
void sum_rows(const Sums& job) {
  const Sizes<P> shape(job.shape);
  Work<Width, P> work(job.shape, job.work);
  const double* last = job.start;
  double* next = job.moments;
  for (Index k = 0; k < job.n_rows; ++k, next += job.moments_step) {
    add_row<Width, P, Decay>(shape, reinterpret_cast<ConstRow<Width>>(job.rows + k * job.row_step),
                             job.decay, reinterpret_cast<ConstRow<Width>>(last),
                             reinterpret_cast<Row<Width>>(next), work);
    last = next;
  }
}

/// Calls f with the number of features as a constant where there is code for it, else with 0.
template <int Most, class F>
void with_features(const Shape& shape, F f) {
  if constexpr (Most == 0) {
    f(std::integral_constant<int, 0>{});
  } else {
    if (shape.features == Most && shape.targets == 1) f(std::integral_constant<int, Most>{});
    else with_features<Most - 1>(shape, f);
  }
}

constexpr int most_unrolled = 8;

template <int Width>
void sums(const Sums& job) {
  with_features<most_unrolled>(job.shape, [&](auto p) {
    if (job.decay != 1.0) sum_rows<Width, p(), true>(job);
    else sum_rows<Width, p(), false>(job);
  });
}

template <int Width>
void fits(const Fits& job) {
  with_features<most_unrolled>(job.shape, [&](auto p) {
    if (job.others != nullptr) fit_steps<Width, p(), true, false>(job);
    else if (job.decay != 1.0) fit_steps<Width, p(), false, true>(job);
    else fit_steps<Width, p(), false, false>(job);
  });
}

}  // namespace
}  // namespace elltwo::window

#undef ELLTWO_UNROLL
