#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "kernels/ahead.hpp"
#include "sparse/pass.hpp"

namespace elltwo {

/// Calls f with k as a compile-time constant if it is 1, 2, 4 or 8, else with 0.
template <class F>
void with_constant(Index k, F f) {
  switch (k) {
    case 1:
      return f(std::integral_constant<Index, 1>{});
    case 2:
      return f(std::integral_constant<Index, 2>{});
    case 4:
      return f(std::integral_constant<Index, 4>{});
    case 8:
      return f(std::integral_constant<Index, 8>{});
    default:
      return f(std::integral_constant<Index, 0>{});
  }
}

/// Distance of prefetched values: rows are short, and each is read twice.
inline constexpr Index values_ahead = 160;

/// Distance of prefetched rows of right-hand sides, whose places the columns tell.
inline constexpr Index rows_ahead = 8;

/// The dot product of a row with v, by four independent sums.
template <Real T>
double dot(const std::int32_t* column, const T* value, Index n, const double* v) {
  double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0;
  Index e = 0;
  for (; e + 4 <= n; e += 4) {
    prefetch(value + e + values_ahead);
    prefetch(column + e + 2 * values_ahead);
    s0 += static_cast<double>(value[e]) * v[column[e]];
    s1 += static_cast<double>(value[e + 1]) * v[column[e + 1]];
    s2 += static_cast<double>(value[e + 2]) * v[column[e + 2]];
    s3 += static_cast<double>(value[e + 3]) * v[column[e + 3]];
  }
  for (; e < n; ++e) s0 += static_cast<double>(value[e]) * v[column[e]];
  return (s0 + s1) + (s2 + s3);
}

/// out += u x for a row x. The columns of a row differ, so that four can be updated at a time.
template <Real T>
void add_row(const std::int32_t* column, const T* value, Index n, double u, double* out) {
  Index e = 0;
  for (; e + 4 <= n; e += 4) {
    const double g0 = out[column[e]] + u * static_cast<double>(value[e]);
    const double g1 = out[column[e + 1]] + u * static_cast<double>(value[e + 1]);
    const double g2 = out[column[e + 2]] + u * static_cast<double>(value[e + 2]);
    const double g3 = out[column[e + 3]] + u * static_cast<double>(value[e + 3]);
    out[column[e]] = g0;
    out[column[e + 1]] = g1;
    out[column[e + 2]] = g2;
    out[column[e + 3]] = g3;
  }
  for (; e < n; ++e) out[column[e]] += u * static_cast<double>(value[e]);
}

/// The largest number of right-hand sides with code of its own.
inline constexpr Index most_constant = 8;

/// The kinds of RowTransform: subtraction of centres alone, the general one, or the Hessian of a
/// softmax.
enum class RowWork { centre, weighted, softmax };

/// Products of single rows of X with k right-hand sides; K is k, or 0 if k is no constant.
template <Index K, Real T>
struct RowKernel {
  const SparseRows<T>& x;
  Index k_any;

  Index k() const { return K > 0 ? K : k_any; }

  /// f = x_i V.
  void multiply(Index i, const double* v, double* f) const {
    const Index first = x.start[i];
    const Index last = x.start[i + 1];
    if constexpr (K == 1) {
      *f = dot(x.column + first, x.value + first, last - first, v);
    } else {
      Index t = 0;
      if constexpr (K == 0) {
        for (; t + 8 <= k(); t += 8) sums_of<8>(first, last, v + t, f + t);
        for (; t + 4 <= k(); t += 4) sums_of<4>(first, last, v + t, f + t);
        for (; t + 2 <= k(); t += 2) sums_of<2>(first, last, v + t, f + t);
        if (t < k()) sums_of<1>(first, last, v + t, f + t);
      } else {
        sums_of<K>(first, last, v, f);
      }
    }
  }

  /// out += x_i u^T.
  void add(Index i, const double* u, double* out) const {
    const Index first = x.start[i];
    const Index last = x.start[i + 1];
    if constexpr (K == 1) {
      add_row(x.column + first, x.value + first, last - first, *u, out);
    } else {
      for (Index e = first; e < last; ++e) {
        prefetch(out + x.column[std::min(e + rows_ahead, last - 1)] * k());
        double* to = out + x.column[e] * k();
        const auto value = static_cast<double>(x.value[e]);
        for (Index t = 0; t < k(); ++t) to[t] += value * u[t];
      }
    }
  }

  /// Replaces f by u of row i, see RowTransform, and adds it to sums.
  template <RowWork Work>
  void change(const RowTransform& transform, Index i, double* f, double* sums) const {
    if constexpr (Work == RowWork::centre) {
      for (Index t = 0; t < k(); ++t) sums[t] += f[t] -= transform.centre[t];
      return;
    }
    const double w = transform.weight != nullptr ? transform.weight[i] : 1.0;
    if (w == 0.0) {
      std::fill_n(f, k(), 0.0);
      return;
    }
    if constexpr (Work == RowWork::softmax) {
      softmax(transform, w, transform.probability + i * k(), f, sums);
      return;
    }
    const double* y = transform.target + i * transform.target_stride;
    for (Index t = 0; t < k(); ++t) {
      double r = f[t];
      if (transform.centre != nullptr) r -= transform.centre[t];
      if (transform.target != nullptr) r -= y[transform.column[t]];
      f[t] = w * r;
      sums[t] += f[t];
    }
  }

 private:
  /// Some right-hand sides of multiply(). The sums stay in registers: in f, which may be part of v
  /// for all that the compiler knows, every addition would wait for the store of the one before.
  template <Index Width>
  void sums_of(Index first, Index last, const double* v, double* f) const {
    double sum[Width] = {};
    for (Index e = first; e < last; ++e) {
      prefetch(v + x.column[std::min(e + rows_ahead, last - 1)] * k());
      const double* w = v + x.column[e] * k();
      const auto value = static_cast<double>(x.value[e]);
      for (Index t = 0; t < Width; ++t) sum[t] += value * w[t];
    }
    std::copy_n(sum, Width, f);
  }

  void softmax(const RowTransform& transform, double w, const double* p, double* f,
               double* sums) const {
    double mean = 0.0;
    for (Index t = 0; t < k(); ++t) mean += p[t] * (f[t] -= transform.centre[t]);
    for (Index t = 0; t < k(); ++t) sums[t] += f[t] = w * p[t] * (f[t] - mean);
  }
};

}  // namespace elltwo
