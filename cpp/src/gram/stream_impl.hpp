#pragma once

#include "gram/simd.hpp"

namespace elltwo {
namespace {

/// Rows x Targets inner products over all panels of a packed block.
template <int Width, int Rows, int Targets>
inline void forward_tile(const double* packed, Index n_panels, Index panel_stride,
                         const double* coef, Index ld_coef, double* out, Index ld_out) {
  Vec<double, Width> acc[Rows][Targets] = {};
  for (Index p = 0; p < n_panels; ++p) {
    Vec<double, Width> b[Targets];
#pragma GCC unroll 4
    for (int t = 0; t < Targets; ++t) b[t] = load<double, Width>(coef + t * ld_coef + p * Width);
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      const auto x = load<double, Width>(packed + p * panel_stride + i * Width);
#pragma GCC unroll 4
      for (int t = 0; t < Targets; ++t) acc[i][t] += x * b[t];
    }
  }
  for (int i = 0; i < Rows; ++i) {
    for (int t = 0; t < Targets; ++t) {
      out[t * ld_out + i] = horizontal_sum<double, Width>(acc[i][t]);
    }
  }
}

template <int Width, int Rows, int Targets>
inline void forward_targets(Index kc, const double* packed, Index n_panels, Index panel_stride,
                            const double* coef, Index ld_coef, double* out, Index ld_out) {
  Index k = 0;
  for (; k + Rows <= kc; k += Rows) {
    forward_tile<Width, Rows, Targets>(packed + k * Width, n_panels, panel_stride, coef, ld_coef,
                                       out + k, ld_out);
  }
  for (; k < kc; ++k) {
    forward_tile<Width, 1, Targets>(packed + k * Width, n_panels, panel_stride, coef, ld_coef,
                                    out + k, ld_out);
  }
}

/// ForwardFn: four targets share each load of the block.
template <int Width>
void forward(Index kc, const double* packed, Index n_panels, Index panel_stride, const double* coef,
             Index ld_coef, Index n_targets, double* out, Index ld_out) {
  Index t = 0;
  for (; t + 4 <= n_targets; t += 4) {
    forward_targets<Width, 4, 4>(kc, packed, n_panels, panel_stride, coef + t * ld_coef, ld_coef,
                                 out + t * ld_out, ld_out);
  }
  for (; t < n_targets; ++t) {
    forward_targets<Width, 8, 1>(kc, packed, n_panels, panel_stride, coef + t * ld_coef, ld_coef,
                                 out + t * ld_out, ld_out);
  }
}

template <int Width, int Panels, int Targets>
inline void adjoint_tile(Index kc, const double* packed, Index panel_stride, const double* z,
                         Index ld_z, double* acc, Index ld_acc) {
  Vec<double, Width> sum[Panels][Targets] = {};
  for (Index k = 0; k < kc; ++k) {
#pragma GCC unroll 8
    for (int p = 0; p < Panels; ++p) {
      const auto x = load<double, Width>(packed + p * panel_stride + k * Width);
#pragma GCC unroll 4
      for (int t = 0; t < Targets; ++t) sum[p][t] += x * z[t * ld_z + k];
    }
  }
  for (int p = 0; p < Panels; ++p) {
    for (int t = 0; t < Targets; ++t) {
      double* a = acc + t * ld_acc + p * Width;
      store<double, Width>(a, load<double, Width>(a) + sum[p][t]);
    }
  }
}

template <int Width, int Panels, int Targets>
inline void adjoint_targets(Index kc, const double* packed, Index n_panels, Index panel_stride,
                            const double* z, Index ld_z, double* acc, Index ld_acc) {
  Index p = 0;
  for (; p + Panels <= n_panels; p += Panels) {
    adjoint_tile<Width, Panels, Targets>(kc, packed + p * panel_stride, panel_stride, z, ld_z,
                                         acc + p * Width, ld_acc);
  }
  for (; p < n_panels; ++p) {
    adjoint_tile<Width, 1, Targets>(kc, packed + p * panel_stride, panel_stride, z, ld_z,
                                    acc + p * Width, ld_acc);
  }
}

/// AdjointFn.
template <int Width>
void adjoint(Index kc, const double* packed, Index n_panels, Index panel_stride, const double* z,
             Index ld_z, Index n_targets, double* acc, Index ld_acc) {
  Index t = 0;
  for (; t + 4 <= n_targets; t += 4) {
    adjoint_targets<Width, (Width > 4 ? 4 : 2), 4>(kc, packed, n_panels, panel_stride, z + t * ld_z,
                                                   ld_z, acc + t * ld_acc, ld_acc);
  }
  for (; t < n_targets; ++t) {
    adjoint_targets<Width, 8, 1>(kc, packed, n_panels, panel_stride, z + t * ld_z, ld_z,
                                 acc + t * ld_acc, ld_acc);
  }
}

}  // namespace
}  // namespace elltwo
