#pragma once

#include <cmath>

#include "kernels/network_activation_impl.hpp"
#include "kernels/network_product_impl.hpp"

namespace elltwo::network {
namespace {

template <int Width>
using Floats = Vec<float, Width>;

/// The square root of every lane; compilers turn the loop into one instruction.
template <int Width>
inline Floats<Width> root(Floats<Width> v) {
  for (int l = 0; l < Width; ++l) v[l] = std::sqrt(v[l]);
  return v;
}

/// The gradient of Width parameters.
template <int Width>
inline Floats<Width> gradient_of(const Update& job, Index i) {
  const auto slope = __builtin_convertvector(load<double, Width>(job.slope + i), Floats<Width>);
  return slope * job.scale + load<float, Width>(job.parameter + i) * job.decay;
}

template <int Width>
void adam(const Update& job) {
  for (Index i = 0; i < job.size; i += Width) {
    const auto g = gradient_of<Width>(job, i);
    const Floats<Width> m =
        load<float, Width>(job.first + i) * job.beta_1 + g * (1.0F - job.beta_1);
    const Floats<Width> v =
        load<float, Width>(job.second + i) * job.beta_2 + g * g * (1.0F - job.beta_2);
    store<float, Width>(job.first + i, m);
    store<float, Width>(job.second + i, v);
    store<float, Width>(job.parameter + i, load<float, Width>(job.parameter + i) -
                                               job.rate * m / (root<Width>(v) + job.epsilon));
  }
}

template <int Width, bool Nesterov>
void momentum(const Update& job) {
  for (Index i = 0; i < job.size; i += Width) {
    const auto g = gradient_of<Width>(job, i);
    const Floats<Width> v = load<float, Width>(job.first + i) * job.beta_1 - g * job.rate;
    store<float, Width>(job.first + i, v);
    const Floats<Width> step = Nesterov ? v * job.beta_1 - g * job.rate : v;
    store<float, Width>(job.parameter + i, load<float, Width>(job.parameter + i) + step);
  }
}

template <class T, int Width, int Rows, int MaxPanels>
constexpr Passes<T> make_passes() {
  return {.width = Width,
          .product = product<T, Width, Rows, MaxPanels>,
          .outer_sum = outer_sum<T, Width, Rows, MaxPanels>,
          .dots = dots<T, Width>,
          .activate = activate<T, Width>,
          .chain = chain<T, Width>,
          .column_sums = column_sums<T, Width>};
}

/// All kernels for vectors of Width doubles or 2 Width floats, with register tiles of Rows x
/// MaxPanels vectors.
template <int Width, int Rows, int MaxPanels>
constexpr Kernels make_network_kernels(const char* name) {
  return {.name = name,
          .f32 = make_passes<float, 2 * Width, Rows, MaxPanels>(),
          .f64 = make_passes<double, Width, Rows, MaxPanels>(),
          .adam = adam<2 * Width>,
          .momentum = momentum<2 * Width, false>,
          .nesterov = momentum<2 * Width, true>};
}

}  // namespace
}  // namespace elltwo::network
