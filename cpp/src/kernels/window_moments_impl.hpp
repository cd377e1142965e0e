#pragma once

#include "kernels/simd.hpp"
#include "kernels/window.hpp"

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

/// A Shape with P features and one target as constants, or with P = 0 any Shape.
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

/// Work arrays of a step, on the stack for few features.
template <int Width, int P>
struct Work {
  Work(const Shape&, double*) {}

  V<Width> d[P + 1];
  V<Width> mean[P + 1];
  V<Width> low[P + 1];
  V<Width> system[row_of(P)];    ///< x by x, penalised, lower triangle by rows
  V<Width> right[P];             ///< y by x
  V<Width> factor[row_of(P)];    ///< L of L D L^T, lower triangle by rows
  V<Width> solved[P];            ///< L^-1 right
  V<Width> inverse_pivot[P];     ///< 1 / D
  V<Width> column[P];            ///< a column of L^-1
  V<Width> inverse_diagonal[P];  ///< diagonal of the inverse of the system
  V<Width> square[1];            ///< y by y, then the least objective
  V<Width> residual[1];          ///< y by y
  V<Width> fit[P + 5];           ///< the fit in the layout of Shape, padded
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

/// Writes the moments of a and b together, penalised, to the work arrays. Without Both there is no
/// b.
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

}  // namespace
}  // namespace elltwo::window

#undef ELLTWO_UNROLL
