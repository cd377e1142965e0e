#pragma once

#include "kernels/column_products_impl.hpp"
#include "kernels/columns_impl.hpp"
#include "kernels/elementary_impl.hpp"
#include "kernels/forms_impl.hpp"
#include "kernels/pack_impl.hpp"
#include "kernels/small_solve_impl.hpp"
#include "kernels/small_sums_impl.hpp"
#include "kernels/stream_impl.hpp"
#include "kernels/table.hpp"
#include "kernels/tile_impl.hpp"

namespace elltwo {
namespace {

template <class T, int Width, int MaxPanels>
constexpr NarrowKernels<T> make_narrow() {
  return {.width = Width,
          .max_panels = MaxPanels,
          .pack = pack<T, T, Width>,
          .triangle = triangle<T, Width, MaxPanels>};
}

template <int Width, int MaxPanels, int NarrowPanels>
constexpr SmallKernels make_small() {
  return {.lanes = Width,
          .width = Width,
          .most_narrow = 4 * NarrowPanels,
          .sums_f64 = small_sums<double, Width, MaxPanels, NarrowPanels>,
          .sums_f32 = small_sums<float, Width, MaxPanels, NarrowPanels>,
          .solve = small_solve<1>,
          .solve_all = small_solve<Width>,
          .interleave = interleave<Width>};
}

/// All kernels for panels of Width doubles or 2 Width floats, with register tiles of Rows x
/// MaxPanels vectors, and with narrow blocks of up to NarrowPanels panels of 4 doubles or 8 floats,
/// whose triangle fits the registers. Streaming tiles of 4 rows or panels have as many targets as
/// registers allow.
template <int Width, int Rows, int MaxPanels, int NarrowPanels>
constexpr Kernels make_kernels(const char* name) {
  return {
      .name = name,
      .width_f64 = Width,
      .width_f32 = 2 * Width,
      .pack_f64 = pack<double, double, Width>,
      .pack_f32 = pack<float, float, 2 * Width>,
      .pack_f32_as_f64 = pack<float, double, Width>,
      .pack_f64_as_f32 = pack<double, float, 2 * Width>,
      .tiles_f64 = tiles<double, Width, Rows, MaxPanels>,
      .tiles_f32 = tiles<float, 2 * Width, Rows, MaxPanels>,
      .narrow_f64 = make_narrow<double, 4, NarrowPanels>(),
      .narrow_f32 = make_narrow<float, 8, NarrowPanels>(),
      .forward = forward<Width, (Width > 4 ? 6 : 3)>,
      .adjoint = adjoint<Width, (Width > 4 ? 6 : 4)>,
      .columns = column_sums<Width>,
      .inverse_forms = inverse_forms<Width, (Width > 4 ? 4 : 2)>,
      .column_dots = column_dots<Width>,
      .column_products_f64 = column_products<double, Width, (Width > 4 ? 4 : 2), 6>,
      .column_products_f32 = column_products<float, Width, (Width > 4 ? 4 : 2), 6>,
      .column_combination = column_combination<Width, (Width > 4 ? 4 : 2), 6>,
      .add_columns = add_columns<Width, 8>,
      .logistic = logistic<Width>,
      .softmax = softmax<Width>,
      .small = make_small<Width, MaxPanels, NarrowPanels>(),
  };
}

}  // namespace
}  // namespace elltwo
