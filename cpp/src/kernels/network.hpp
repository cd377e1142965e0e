#pragma once

#include "elltwo/activation.hpp"
#include "elltwo/views.hpp"

/// Products, activations and updates of small networks. Matrices lie by rows, with rows that are
/// padded to whole vectors of `width` numbers where a kernel reads or writes them by columns.
namespace elltwo::network {

/// c(i, j) = first(j) + sum_k a(i, k) b(k, j) for i < n, k < inner and the columns j of whole
/// vectors that hold the first m. `first` may be null (zeros).
template <Real T>
struct Product {
  Index n = 0;
  Index inner = 0;
  Index m = 0;
  const T* a = nullptr;
  Index ld_a = 0;
  const T* b = nullptr;
  Index ld_b = 0;  ///< a multiple of width
  const T* first = nullptr;
  T* c = nullptr;
  Index ld_c = 0;  ///< a multiple of width
};

/// c(i, j) += sum_r a(r, i) b(r, j) for r < n, i < k and the columns j of whole vectors that hold
/// the first m. Sums over r are in T, and are added to c in double.
template <Real T>
struct OuterSum {
  Index n = 0;
  Index k = 0;
  Index m = 0;
  const T* a = nullptr;
  Index ld_a = 0;
  const T* b = nullptr;
  Index ld_b = 0;  ///< a multiple of width
  double* c = nullptr;
  Index ld_c = 0;  ///< a multiple of width
};

/// One step of Adam, or of gradient descent with momentum, on `size` parameters.
struct Update {
  Index size = 0;                 ///< a multiple of width
  const double* slope = nullptr;  ///< sum of the gradients of rows
  float scale = 1.0F;             ///< of these sums
  float decay = 0.0F;             ///< the gradient is scale * slope + decay * parameter
  float rate = 0.0F;
  float beta_1 = 0.0F;  ///< or the momentum
  float beta_2 = 0.0F;
  float epsilon = 0.0F;
  float* parameter = nullptr;
  float* first = nullptr;
  float* second = nullptr;  ///< adam alone
};

template <Real T>
struct Passes {
  Index width;
  void (*product)(const Product<T>& job);
  void (*outer_sum)(const OuterSum<T>& job);
  /// Product with b given by its columns: c(i, j) = first(j) + sum_k a(i, k) b(j, k), for few
  /// columns j < m. Rows of b are padded by zeros to whole vectors, those of a by anything finite.
  void (*dots)(const Product<T>& job);
  /// Replaces `count` numbers, a multiple of width, by their activation.
  void (*activate)(Activation activation, Index count, T* z);
  /// delta *= activation'(z) in terms of a = activation(z).
  void (*chain)(Activation activation, Index count, const T* a, T* delta);
  /// sum(j) += sum_i a(i, j) for the columns of whole vectors that hold the first m.
  void (*column_sums)(Index n, Index m, const T* a, Index ld, double* sum);
};

/// The kernels of one instruction set.
struct Kernels {
  const char* name;
  Passes<float> f32;
  Passes<double> f64;
  void (*adam)(const Update& job);
  void (*momentum)(const Update& job);  ///< v = beta_1 v - rate g;  parameter += v
  void (*nesterov)(const Update& job);  ///< the same;  parameter += beta_1 v - rate g

  template <Real T>
  const Passes<T>& passes() const {
    if constexpr (std::same_as<T, float>) return f32;
    else return f64;
  }
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

/// The kernels of that name, which elltwo::find_kernels() has found to run here.
const Kernels& kernels_named(const char* name);

}  // namespace elltwo::network
