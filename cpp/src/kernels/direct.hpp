#pragma once

#include <tuple>

#include "elltwo/views.hpp"

/// Steps of a small ridge problem that is solved by one factor. M is s x l with s <= l; its rows
/// are padded with zeros to ld, a multiple of 8, as are those of every matrix here. Vectors of the
/// short side are rows of `width` targets or a multiple of it, followed by room for three more
/// rows.
namespace elltwo::direct {

/// Copies an s x l matrix with consecutive columns to M, subtracts the means of columns if
/// `share` is 1 / s (0: it does not) and writes them to mean (ld).
template <Real T>
using TakeFn = void (*)(Index s, Index l, const T* x, Index row_stride, double share, double* m,
                        Index ld, double* mean);

/// The upper triangle of M M^T. What is below may be overwritten.
using GramFn = void (*)(Index s, const double* m, Index ld, double* gram, Index ld_gram);

/// Factors the upper triangle of a matrix as U^T D^-1 U, and writes U with 1 / D instead of D on
/// its diagonal. False if a pivot is below its floor, which must be positive.
using FactorFn = bool (*)(Index s, double* a, Index ld, const double* floors);

/// Multiplies vectors z (s x ld_z) by the inverse of the factored matrix.
using SubstituteFn = void (*)(Index s, const double* factor, Index ld, double* z, Index ld_z);

/// Combinations of rows: coefficient of row c in combination r at r * by_row + c * by_column.
struct Combination {
  Index n_rows = 0;  ///< rows of the matrix that are combined
  const double* matrix = nullptr;
  Index ld = 0;
  Index n_out = 0;
  const double* coef = nullptr;
  Index by_row = 0;
  Index by_column = 0;
  const double* base = nullptr;  ///< n_out x ld, to which they are added; null: zeros
};

/// Writes the first `size` values of each of the combinations.
template <Real T>
using CombineFn = void (*)(const Combination& job, Index size, T* out, Index ld_out);

/// The kernels of one instruction set.
struct Kernels {
  const char* name;
  Index width;
  std::tuple<TakeFn<double>, TakeFn<float>> take;
  GramFn gram;
  FactorFn factor;
  SubstituteFn substitute;
  std::tuple<CombineFn<double>, CombineFn<float>> combine;
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

}  // namespace elltwo::direct
