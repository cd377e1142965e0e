#pragma once

#include <cstring>
#include <type_traits>

#include "kernels/ahead.hpp"
#include "kernels/simd.hpp"

namespace elltwo {
namespace {

/// Inner products of Rows rows of a packed block with Targets targets, over all panels. Tiles have
/// many targets rather than many rows, since coefficients stay in the first cache, the block in the
/// second.
template <int Width, int Rows, int Targets>
inline void forward_tile(const double* packed, Index n_panels, Index panel_stride,
                         const double* coef, Index ld_coef, double* out, Index ld_out,
                         Ahead& ahead) {
  Vec<double, Width> acc[Targets][Rows];
#pragma GCC unroll 8
  for (int t = 0; t < Targets; ++t) {
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) acc[t][i] = Vec<double, Width>{};
  }
  const Index skip = ahead.every - 1;
  for (Index p = 0; p < n_panels; ++p) {
    if ((p & skip) == 0) ahead.touch();
    Vec<double, Width> b[Targets];
#pragma GCC unroll 8
    for (int t = 0; t < Targets; ++t) b[t] = load<double, Width>(coef + t * ld_coef + p * Width);
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      const auto x = load<double, Width>(packed + p * panel_stride + i * Width);
#pragma GCC unroll 8
      for (int t = 0; t < Targets; ++t) acc[t][i] += x * b[t];
    }
  }
  constexpr int together = Width / Rows;  // targets whose sums fill a vector
#pragma GCC unroll 8
  for (int t = 0; t < Targets; t += together) {
    Vec<double, Width> parts[Width] = {};
    double sums[Width];
#pragma GCC unroll 8
    for (int u = 0; u < together && t + u < Targets; ++u) {
#pragma GCC unroll 8
      for (int i = 0; i < Rows; ++i) parts[u * Rows + i] = acc[t + u][i];
    }
    store_sums<double, Width>(parts, sums);
#pragma GCC unroll 8
    for (int u = 0; u < together && t + u < Targets; ++u)
      std::memcpy(out + (t + u) * ld_out, sums + u * Rows, Rows * sizeof(double));
  }
}

template <int Width, int Rows, int Targets>
inline void forward_targets(Index kc, const double* packed, Index n_panels, Index panel_stride,
                            const double* coef, Index ld_coef, double* out, Index ld_out,
                            Ahead& ahead) {
  Index k = 0;
  for (; k + Rows <= kc; k += Rows) {
    forward_tile<Width, Rows, Targets>(packed + k * Width, n_panels, panel_stride, coef, ld_coef,
                                       out + k, ld_out, ahead);
  }
  for (; k < kc; ++k) {
    forward_tile<Width, 1, Targets>(packed + k * Width, n_panels, panel_stride, coef, ld_coef,
                                    out + k, ld_out, ahead);
  }
}

/// Calls body(count) with the count, at most Most, as a constant.
template <int Most, class Body>
inline void for_count(Index count, const Body& body) {
  if (count == Most) {
    body(std::integral_constant<int, Most>{});
  } else if constexpr (Most > 1) {
    for_count<Most - 1>(count, body);
  }
}

/// Calls body(t, count) for sets of at most Most targets, of sizes as equal as possible: a set of
/// one or two would wait for loads.
template <int Most, class Body>
inline void for_even_groups(Index n_targets, const Body& body) {
  for (Index t = 0; t < n_targets;) {
    const Index groups = (n_targets - t + Most - 1) / Most;
    const Index count = (n_targets - t + groups - 1) / groups;
    for_count<Most>(count, [&](auto targets) { body(t, targets); });
    t += count;
  }
}

/// ForwardFn: up to Most targets share each load of the block.
template <int Width, int Most>
void forward(Index kc, const double* packed, Index n_panels, Index panel_stride, const double* coef,
             Index ld_coef, Index n_targets, double* out, Index ld_out, Ahead& ahead) {
  for_even_groups<Most>(n_targets, [&](Index t, auto targets) {
    constexpr int count = decltype(targets)::value;
    forward_targets<Width, (count > 1 ? 4 : Width), count>(kc, packed, n_panels, panel_stride,
                                                           coef + t * ld_coef, ld_coef,
                                                           out + t * ld_out, ld_out, ahead);
  });
}

template <int Width, int Panels, int Targets>
inline void adjoint_tile(Index kc, const double* packed, Index panel_stride, const double* z,
                         Index ld_z, double* acc, Index ld_acc, Ahead& ahead) {
  Vec<double, Width> sum[Panels][Targets] = {};
  const Index skip = ahead.every - 1;
  for (Index k = 0; k < kc; ++k) {
    if ((k & skip) == 0) ahead.touch();
#pragma GCC unroll 8
    for (int p = 0; p < Panels; ++p) {
      const auto x = load<double, Width>(packed + p * panel_stride + k * Width);
#pragma GCC unroll 8
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
                            const double* z, Index ld_z, double* acc, Index ld_acc, Ahead& ahead) {
  Index p = 0;
  for (; p + Panels <= n_panels; p += Panels) {
    adjoint_tile<Width, Panels, Targets>(kc, packed + p * panel_stride, panel_stride, z, ld_z,
                                         acc + p * Width, ld_acc, ahead);
  }
  for (; p < n_panels; ++p) {
    adjoint_tile<Width, 1, Targets>(kc, packed + p * panel_stride, panel_stride, z, ld_z,
                                    acc + p * Width, ld_acc, ahead);
  }
}

/// AdjointFn: up to Most targets share each load of the block.
template <int Width, int Most>
void adjoint(Index kc, const double* packed, Index n_panels, Index panel_stride, const double* z,
             Index ld_z, Index n_targets, double* acc, Index ld_acc, Ahead& ahead) {
  for_even_groups<Most>(n_targets, [&](Index t, auto targets) {
    constexpr int count = decltype(targets)::value;
    constexpr int panels = count < 3 ? 8 / count : (Width > 4 ? 4 : 2);
    adjoint_targets<Width, panels, count>(kc, packed, n_panels, panel_stride, z + t * ld_z, ld_z,
                                          acc + t * ld_acc, ld_acc, ahead);
  });
}

}  // namespace
}  // namespace elltwo
