#pragma once

#include <algorithm>
#include <limits>

#include "gram/simd.hpp"
#include "gram/window.hpp"

namespace elltwo::window {
namespace {

/// Vectors of doubles, one lane for each window, numbered from a pointer.
template <int Width>
struct Lanes {
  using V = Vec<double, Width>;

  static V at(const double* p, Index k) { return load<double, Width>(p + k * Width); }
  static void put(double* p, Index k, V v) { store<double, Width>(p + k * Width, v); }
  static V all(double value) { return V{} + value; }
  /// a / b, or zero where b is not positive.
  static V ratio(V a, V b) {
    const V safe = b > 0.0 ? b : all(1.0);
    return b > 0.0 ? a / safe : all(0.0);
  }
};

/// next = the moments of `last`, decayed, and of one row; next may be last. d: columns() vectors.
template <int Width>
void add_row(const Shape& shape, const double* row, double decay, const double* last, double* next,
             double* d) {
  using L = Lanes<Width>;
  using V = typename L::V;
  const Index columns = shape.columns();
  const Index p = shape.features;
  const V w = L::at(row, columns);
  const V before = L::at(last, shape.weight()) * decay;
  const V weight = before + w;
  const V share = L::ratio(w, weight);
  const V factor = shape.centred ? before * share : w;
  const V pull = shape.centred ? share : L::all(0.0);
  const Index squared = shape.weight_squared_decay();
  L::put(next, shape.weight(), weight);
  L::put(next, squared, L::at(last, squared) * (decay * decay) + w);
  for (Index k = 0; k < columns; ++k) {
    const V mean = L::at(last, shape.mean() + k);
    const V low = L::at(last, shape.mean_low() + k);
    const V gap = (L::at(row, k) - mean) - low;
    const V step = low + gap * pull;
    const V moved = mean + step;
    L::put(d, k, gap);
    L::put(next, shape.mean() + k, moved);
    L::put(next, shape.mean_low() + k, step - (moved - mean));
  }
  Index at = shape.second();
  for (Index i = 0; i < columns; ++i) {
    const V di = factor * L::at(d, i);
    for (Index j = 0; j < std::min(i + 1, p); ++j, ++at) {
      L::put(next, at, L::at(last, at) * decay + di * L::at(d, j));
    }
    if (i < p) continue;
    const Index square = shape.square_y() + i - p;
    L::put(next, square, L::at(last, square) * decay + di * L::at(d, i));
  }
}

template <int Width>
void sums(const Sums& job) {
  const double* last = job.start;
  double* next = job.moments;
  for (Index k = 0; k < job.n_rows; ++k) {
    add_row<Width>(job.shape, job.rows + k * job.row_step, job.decay, last, next, job.work);
    last = next;
    next += job.moments_step;
  }
}

/// Places in the work space of one step.
struct Work {
  Work(const Shape& shape, int width, double* at)
      : d(at),
        mean(d + shape.columns() * width),
        low(mean + shape.columns() * width),
        system(low + shape.columns() * width),
        right(system + shape.features * (shape.features + 1) / 2 * width),
        factor(right + shape.targets * shape.features * width),
        solved(factor + shape.features * (shape.features + 1) / 2 * width),
        inverse_pivot(solved + shape.targets * shape.features * width),
        column(inverse_pivot + shape.features * width),
        inverse_diagonal(column + shape.features * width),
        square(inverse_diagonal + shape.features * width),
        residual(square + shape.targets * width) {}

  double* d;
  double* mean;
  double* low;
  double* system;            ///< x by x, penalised, lower triangle by rows
  double* right;             ///< y by x
  double* factor;            ///< of L D L^T, likewise
  double* solved;            ///< L^-1 right
  double* inverse_pivot;     ///< 1 / D
  double* column;            ///< of L^-1
  double* inverse_diagonal;  ///< of the system's inverse
  double* square;            ///< y by y, then the least objective
  double* residual;          ///< y by y
};

constexpr Index row_of(Index i) { return i * (i + 1) / 2; }

/// Moments of a and b together, penalised, into the work space; returns {weight, weight_squared_decay}.
template <int Width>
void merge(const Shape& shape, const double* a, const double* b, const double* penalty, Work& work,
           typename Lanes<Width>::V& weight, typename Lanes<Width>::V& squared) {
  using L = Lanes<Width>;
  using V = typename L::V;
  const Index columns = shape.columns();
  const Index p = shape.features;
  const V wa = L::at(a, shape.weight());
  const V wb = b != nullptr ? L::at(b, shape.weight()) : L::all(0.0);
  weight = wa + wb;
  squared = L::at(a, shape.weight_squared_decay());
  if (b != nullptr) squared += L::at(b, shape.weight_squared_decay());
  const V share = L::ratio(wb, weight);
  const V factor = shape.centred ? wa * share : L::all(0.0);
  const V pull = wa > 0.0 ? share : L::all(0.0);
  for (Index k = 0; k < columns; ++k) {
    const V mean = L::at(a, shape.mean() + k);
    const V low = L::at(a, shape.mean_low() + k);
    V gap = L::all(0.0);
    if (b != nullptr) {
      gap = (L::at(b, shape.mean() + k) - mean) + (L::at(b, shape.mean_low() + k) - low);
    }
    L::put(work.d, k, gap);
    L::put(work.mean, k, wa > 0.0 ? mean : mean + (wb > 0.0 ? gap : L::all(0.0)));
    L::put(work.low, k, low + gap * pull);
  }
  const auto both = [&](Index at) {
    return b != nullptr ? L::at(a, at) + L::at(b, at) : L::at(a, at);
  };
  Index at = shape.second();
  for (Index i = 0; i < columns; ++i) {
    const V di = factor * L::at(work.d, i);
    const bool feature = i < p;
    double* out = feature ? work.system + row_of(i) * Width : work.right + (i - p) * p * Width;
    for (Index j = 0; j < std::min(i + 1, p); ++j, ++at) {
      V sum = both(at) + di * L::at(work.d, j);
      if (feature && j == i) sum += penalty[i];
      L::put(out, j, sum);
    }
    if (!feature) {
      const V sum = both(shape.square_y() + i - p) + di * L::at(work.d, i);
      L::put(work.square, i - p, sum);
      L::put(work.residual, i - p, sum);
    }
  }
}

/// L D L^T = system by columns; solved = L^-1 right, and the least objective in square.
template <int Width>
void eliminate(const Shape& shape, Work& work) {
  using L = Lanes<Width>;
  using V = typename L::V;
  const Index p = shape.features;
  std::copy_n(work.system, row_of(p) * Width, work.factor);
  std::copy_n(work.right, shape.targets * p * Width, work.solved);
  for (Index k = 0; k < p; ++k) {
    const V inverse = 1.0 / L::at(work.factor, row_of(k) + k);
    L::put(work.inverse_pivot, k, inverse);
    for (Index i = k + 1; i < p; ++i) {
      double* row = work.factor + row_of(i) * Width;
      const V multiplier = L::at(row, k) * inverse;
      for (Index j = k + 1; j <= i; ++j) {
        L::put(row, j, L::at(row, j) - multiplier * L::at(work.factor, row_of(j) + k));
      }
    }
    for (Index t = 0; t < shape.targets; ++t) {
      double* row = work.solved + t * p * Width;
      const V multiplier = L::at(row, k) * inverse;
      for (Index j = k + 1; j < p; ++j) {
        L::put(row, j, L::at(row, j) - multiplier * L::at(work.factor, row_of(j) + k));
      }
      L::put(work.square, t, L::at(work.square, t) - multiplier * L::at(row, k));
    }
    for (Index i = k + 1; i < p; ++i) {
      double* row = work.factor + row_of(i) * Width;
      L::put(row, k, L::at(row, k) * inverse);
    }
  }
}

/// The diagonal of the system's inverse, from the columns of L^-1.
template <int Width>
void invert_diagonal(Index p, Work& work) {
  using L = Lanes<Width>;
  using V = typename L::V;
  for (Index j = 0; j < p; ++j) {
    V sum = L::at(work.inverse_pivot, j);
    for (Index i = j + 1; i < p; ++i) {
      const double* row = work.factor + row_of(i) * Width;
      V entry = L::at(row, j);
      for (Index k = j + 1; k < i; ++k) entry += L::at(row, k) * L::at(work.column, k);
      L::put(work.column, i, -entry);
      sum += entry * entry * L::at(work.inverse_pivot, i);
    }
    L::put(work.inverse_diagonal, j, sum);
  }
}

/// b = L^-T D^-1 z.
template <int Width>
void substitute_back(Index p, const Work& work, const double* z, double* b) {
  using L = Lanes<Width>;
  for (Index i = 0; i < p; ++i) L::put(b, i, L::at(z, i) * L::at(work.inverse_pivot, i));
  for (Index i = p - 1; i > 0; --i) {
    const auto bi = L::at(b, i);
    const double* row = work.factor + row_of(i) * Width;
    for (Index k = 0; k < i; ++k) L::put(b, k, L::at(b, k) - L::at(row, k) * bi);
  }
}

/// The squared norm of the gradient in the inverse of the system, over that of y.
template <int Width>
typename Lanes<Width>::V gradient_norm(Index p, const Work& work, Index target, const double* b) {
  using L = Lanes<Width>;
  using V = typename L::V;
  double* g = work.column;
  const double* right = work.right + target * p * Width;
  for (Index i = 0; i < p; ++i) L::put(g, i, L::at(right, i));
  for (Index i = 0; i < p; ++i) {
    const double* row = work.system + row_of(i) * Width;
    V gi = L::at(g, i);
    for (Index j = 0; j < i; ++j) {
      gi -= L::at(row, j) * L::at(b, j);
      L::put(g, j, L::at(g, j) - L::at(row, j) * L::at(b, i));
    }
    L::put(g, i, gi - L::at(row, i) * L::at(b, i));
  }
  V sum = L::all(0.0);
  for (Index i = 0; i < p; ++i) {
    const double* row = work.factor + row_of(i) * Width;
    V gi = L::at(g, i);
    for (Index k = 0; k < i; ++k) gi -= L::at(row, k) * L::at(g, k);
    L::put(g, i, gi);
    sum += gi * gi * L::at(work.inverse_pivot, i);
  }
  return L::ratio(sum, L::at(work.residual, target));
}

template <int Width>
void fit_target(const Fits& job, const Work& work, Index target, const double* next,
                typename Lanes<Width>::V scale, double* fit) {
  using L = Lanes<Width>;
  using V = typename L::V;
  const Shape& shape = job.shape;
  const Index p = shape.features;
  double* b = fit + target * p * Width;
  substitute_back<Width>(p, work, work.solved + target * p * Width, b);
  V intercept = L::at(work.mean, p + target);
  V low = L::at(work.low, p + target);
  V moved = L::all(0.0);
  V rss = L::at(work.square, target);
  for (Index j = 0; j < p; ++j) {
    const V bj = L::at(b, j);
    const V mean = L::at(work.mean, j);
    intercept -= mean * bj;
    low -= L::at(work.low, j) * bj;
    moved += (L::at(next, j) - mean - L::at(work.low, j)) * bj;
    rss -= job.penalty[j] * bj * bj;
  }
  const V centre = L::at(work.mean, p + target) + L::at(work.low, p + target);
  L::put(fit, shape.intercept() + target, intercept + low);
  L::put(fit, shape.prediction() + target, centre + moved);
  L::put(fit, shape.variance() + target, (rss > 0.0 ? rss : L::all(0.0)) * scale);
}

template <int Width>
void fit_step(const Fits& job, const double* others, const double* next, double* fit) {
  using L = Lanes<Width>;
  using V = typename L::V;
  const Shape& shape = job.shape;
  const Index p = shape.features;
  Work work(shape, Width, job.work);
  V weight;
  V squared;
  merge<Width>(shape, job.running, others, job.penalty, work, weight, squared);
  eliminate<Width>(shape, work);
  invert_diagonal<Width>(p, work);
  V used = L::all(static_cast<double>(p) + (shape.centred ? 1.0 : 0.0));
  V condition = L::all(0.0);
  for (Index j = 0; j < p; ++j) {
    const V inverse = L::at(work.inverse_diagonal, j);
    used -= job.penalty[j] * inverse;
    condition += L::at(work.system, row_of(j) + j) * inverse;
  }
  L::put(fit, shape.condition(), condition);
  const V square = weight * weight;
  const V freedom = square - used * squared;
  const V nothing = L::all(std::numeric_limits<double>::quiet_NaN());
  const V scale = freedom > 1e-9 * square ? weight / freedom : nothing;
  V worst = L::all(0.0);
  for (Index t = 0; t < shape.targets; ++t) {
    fit_target<Width>(job, work, t, next, scale, fit);
    const V norm = gradient_norm<Width>(p, work, t, fit + t * p * Width);
    worst = norm > worst ? norm : worst;
  }
  L::put(fit, shape.optimality(), worst);
}

template <int Width>
void fits(const Fits& job) {
  const Index row = job.shape.row() * Width;
  for (Index k = 0; k < job.n_rows; ++k) {
    const double* at = job.rows + k * row;
    add_row<Width>(job.shape, at, job.decay, job.running, job.running, job.work);
    const double* others = job.others != nullptr ? job.others + k * job.others_step : nullptr;
    fit_step<Width>(job, others, at + row, job.fits + k * job.shape.fit() * Width);
  }
}

}  // namespace
}  // namespace elltwo::window
