#pragma once

#include "kernels/ahead.hpp"
#include "kernels/small_shapes.hpp"
#include "kernels/source.hpp"

namespace elltwo {

// A packed block of kc rows consists of panels of `width` columns: element (k, c) is at
//   out[(c / width) * panel_stride + k * width + c % width],   panel_stride >= kc * width,
// and columns after the last are zero. Lines of an `ahead` argument are prefetched meanwhile.

/// Packs rows [k0, k0 + kc) of all panels in [panel_begin, panel_end).
template <Real S, Real T>
using PackFn = void (*)(const Source<S>& source, Index k0, Index kc, Index panel_begin,
                        Index panel_end, T* out, Index panel_stride);

/// c[i * ldc + j] += sum_k a(k, i) b(k, j) for the first `rows` columns of the one panel a and all
/// columns of n_panels consecutive panels b. Sums over k are in T, and are added to c in double.
template <Real T>
using TileFn = void (*)(Index kc, const T* a, Index rows, const T* b, Index n_panels,
                        Index panel_stride, double* c, Index ldc, Ahead& ahead);

/// c[i * ldc + j] += sum_k packed(k, i) packed(k, j) for all tiles i <= j of a few narrow panels.
template <Real T>
using TriangleFn = void (*)(Index kc, const T* packed, Index n_panels, Index panel_stride,
                            double* c, Index ldc, Ahead& ahead);

/// out[t * ld_out + k] = sum_c packed(k, c) coef[t * ld_coef + c] for n_targets targets.
using ForwardFn = void (*)(Index kc, const double* packed, Index n_panels, Index panel_stride,
                           const double* coef, Index ld_coef, Index n_targets, double* out,
                           Index ld_out, Ahead& ahead);

/// acc[t * ld_acc + c] += sum_k packed(k, c) z[t * ld_z + k] for n_targets targets.
using AdjointFn = void (*)(Index kc, const double* packed, Index n_panels, Index panel_stride,
                           const double* z, Index ld_z, Index n_targets, double* acc, Index ld_acc,
                           Ahead& ahead);

/// Adds the weighted sums over rows of every column and of its square to two arrays, and replaces
/// the values of a third by its largest magnitude where that is larger. weight may be null (ones).
using ColumnsFn = void (*)(Index kc, const double* packed, Index n_panels, Index panel_stride,
                           const double* weight, double* sum, double* squares, double* largest);

/// out[r * ld_out + s] = z_r^T A_s^-1 z_r for rows z_r = z + r * ld_z and ld tridiagonal matrices
/// A_s = L D L^T with L below its diagonal at lower[k * ld + s] and 1 / D_k at inverse[k * ld + s].
/// ld must be a multiple of 2 width_f64.
using InverseFormsFn = void (*)(Index m, const double* lower, const double* inverse, Index ld,
                                Index n_rows, const double* z, Index ld_z, double* out,
                                Index ld_out);

/// out[i] += sum_r a[r * ld + i] b[r * ld + i] for i < ld, a multiple of width_f64.
using ColumnDotsFn = void (*)(Index n_rows, const double* a, const double* b, Index ld,
                              double* out);

/// other = 1 / (1 + exp(z)), softplus = log(1 + exp(-z)) and, unless it is null,
/// variance = other (1 - other), each to a few units in the last place for every z.
using LogisticFn = void (*)(Index n, const double* z, double* other, double* softplus,
                            double* variance);

/// n softmaxes side by side: z[k * ld + i] becomes times_i exp(z_ki) / sum_k exp(z_ki); times may
/// be null (ones). Writes top_i = max_k z_ki, log_sum_i = log(sum_k exp(z_ki - top_i)), and
/// others_i, one minus the largest probability.
using SoftmaxFn = void (*)(Index n_classes, Index n, double* z, Index ld, const double* times,
                           double* top, double* log_sum, double* others);

/// out[t * ld_out + j] += sum_i (x[j * ld_x + i] - shift_j) v[t * ld_v + i] for i < n and m vectors
/// v, of which each has zeros from n on to the next multiple of width_f64.
template <Real T>
using ColumnProductsFn = void (*)(Index n, const T* x, Index ld_x, Index n_columns,
                                  const double* shift, const double* v, Index ld_v, Index m,
                                  double* out, Index ld_out);

/// out[t * ld_out + i] += sum_c coef[t * ld_coef + c] x[places[c] * ld_x + i] for i < n, a multiple
/// of width_f64, and m combinations.
using ColumnCombinationFn = void (*)(Index n, const double* x, Index ld_x, Index n_places,
                                     const Index* places, const double* coef, Index ld_coef,
                                     Index m, double* out, Index ld_out);

/// out[i] += sum_c coef[c] x[places[c] * ld_x + i] for i < n: a single combination, whose columns
/// are read a few at a time from end to end.
using AddColumnsFn = void (*)(Index n, const double* x, Index ld_x, Index n_places,
                              const Index* places, const double* coef, double* out);

/// Kernels for blocks so narrow that all tiles of their Gram matrix fit the registers.
template <Real T>
struct NarrowKernels {
  Index width;
  Index max_panels;  ///< the most panels of such a block; 0: none is narrow enough
  PackFn<T, T> pack;
  TriangleFn<T> triangle;
};

/// The kernels of one instruction set.
struct Kernels {
  const char* name;
  Index width_f64;
  Index width_f32;
  PackFn<double, double> pack_f64;
  PackFn<float, float> pack_f32;
  PackFn<float, double> pack_f32_as_f64;
  PackFn<double, float> pack_f64_as_f32;
  TileFn<double> tiles_f64;
  TileFn<float> tiles_f32;
  NarrowKernels<double> narrow_f64;
  NarrowKernels<float> narrow_f32;
  ForwardFn forward;
  AdjointFn adjoint;
  ColumnsFn columns;
  InverseFormsFn inverse_forms;
  ColumnDotsFn column_dots;
  ColumnProductsFn<double> column_products_f64;
  ColumnProductsFn<float> column_products_f32;
  ColumnCombinationFn column_combination;
  AddColumnsFn add_columns;
  LogisticFn logistic;
  SoftmaxFn softmax;
  SmallKernels small;

  template <Real T>
  Index width() const {
    if constexpr (std::same_as<T, float>) return width_f32;
    else return width_f64;
  }

  template <Real S, Real T>
  PackFn<S, T> pack() const {
    if constexpr (std::same_as<S, double> && std::same_as<T, float>) return pack_f64_as_f32;
    else if constexpr (std::same_as<S, double>) return pack_f64;
    else if constexpr (std::same_as<T, double>) return pack_f32_as_f64;
    else return pack_f32;
  }

  template <Real T>
  const NarrowKernels<T>& narrow() const {
    if constexpr (std::same_as<T, float>) return narrow_f32;
    else return narrow_f64;
  }

  template <Real T>
  ColumnProductsFn<T> column_products() const {
    if constexpr (std::same_as<T, float>) return column_products_f32;
    else return column_products_f64;
  }

  template <Real T>
  TileFn<T> tiles() const {
    if constexpr (std::same_as<T, float>) return tiles_f32;
    else return tiles_f64;
  }
};

extern const Kernels kernels_baseline;
#if defined(ELLTWO_KERNELS_X86)
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx512;
#elif defined(ELLTWO_KERNELS_ARM)
extern const Kernels kernels_neon;
#endif

/// The kernels of the instruction set in use, which does not change within a process.
const Kernels& kernels();

/// The kernels of the instruction set of that name; null if this machine or build lacks it.
const Kernels* find_kernels(const char* name);

}  // namespace elltwo
