#pragma once

#include "gram/kernels.hpp"
#include "gram/pack_impl.hpp"
#include "gram/stream_impl.hpp"
#include "gram/tile_impl.hpp"

namespace elltwo {
namespace {

/// All kernels for panels of Width doubles or 2 Width floats, and register tiles of
/// Rows x MaxPanels vectors.
template <int Width, int Rows, int MaxPanels>
constexpr Kernels make_kernels(const char* name) {
  return {
      .name = name,
      .width_f64 = Width,
      .width_f32 = 2 * Width,
      .pack_f64 = pack<double, double, Width>,
      .pack_f32 = pack<float, float, 2 * Width>,
      .pack_f32_as_f64 = pack<float, double, Width>,
      .tiles_f64 = tiles<double, Width, Rows, MaxPanels>,
      .tiles_f32 = tiles<float, 2 * Width, Rows, MaxPanels>,
      .forward = forward<Width>,
      .adjoint = adjoint<Width>,
  };
}

}  // namespace
}  // namespace elltwo
