#pragma once

#include <algorithm>

#include "gram/gram.hpp"
#include "kernels/table.hpp"

namespace elltwo {

/// Multiplications that a chunk of rows should hold, so that its sums cost little beside them.
inline constexpr double gram_chunk_operations = 4e6;

/// How a Gram matrix is cut into tiles. All of it depends on the shape alone.
template <Real T>
struct TilePlan {
  static constexpr Index l1_bytes = 12 * 1024;   ///< first cache that a few panels may fill
  static constexpr Index superblock_cols = 192;  ///< columns of b that stay in the second cache
  static constexpr Index task_cols = 64;         ///< columns of a in one task
  static constexpr Index many_panels = 8;        ///< of extra columns, whose products are left out

  Index x_cols;
  Index cols;
  bool narrow;  ///< all tiles fit the registers
  Index width;
  Index panels;
  Index x_panels;
  Index full_panels;  ///< panels whose rows of G have all columns
  Index ld;
  Index kc;
  Index panel_stride;

  /// Narrow panels are packed from sources of T only.
  TilePlan(Index n_rows, Index n_x_cols, Index n_cols, bool same_type)
      : x_cols(n_x_cols),
        cols(n_cols),
        narrow(same_type &&
               n_cols <= kernels().narrow<T>().max_panels * kernels().narrow<T>().width),
        width(narrow ? kernels().narrow<T>().width : kernels().width<T>()),
        panels((n_cols + width - 1) / width),
        x_panels((n_x_cols + width - 1) / width),
        full_panels(!narrow && panels - x_panels >= many_panels ? x_panels : panels),
        ld(padded(panels * width)),
        kc(std::clamp<Index>(n_rows, 1, block_rows())),
        panel_stride(kc * width + width) {
  }  // a line more, so that panels fall in different cache sets

  Index block_size() const { return panels * panel_stride; }
  Index square_size() const { return panels * width * ld; }
  Index gram_size() const { return full_panels * width * ld + tail_panels() * 2 * width * width; }

  /// G of gram_size() values that multiply() has added to.
  GramMatrix matrix(Buffer<double> values) const {
    if (full_panels == panels) return {cols, ld, std::move(values)};
    return {cols, ld, full_panels * width, width, std::move(values)};
  }

  /// Rows of panel i that exist.
  Index rows_of(Index i) const { return std::min(width, cols - i * width); }

  /// Adds the products of panel i with panels [first, last) of a packed block.
  void multiply(Index kc_now, const T* block, Index i, Index first, Index last, double* g,
                Ahead& ahead) const {
    first = std::max(first, i);
    const auto tiles = kernels().tiles<T>();
    const T* a = block + i * panel_stride;
    const auto run = [&](Index from, Index to, double* c, Index ldc) {
      if (from >= to) return;
      tiles(kc_now, a, rows_of(i), block + from * panel_stride, to - from, panel_stride, c, ldc,
            ahead);
    };
    if (i < x_panels) {
      run(first, last, g + i * width * ld + first * width, ld);
      return;
    }
    // Extra columns: only their own squares and their products with the last panel (the ones).
    const Index end = std::min(last, i + 1), ones = std::max({first, i + 1, panels - 1});
    if (i < full_panels) {
      run(first, end, g + i * width * ld + first * width, ld);
      run(ones, last, g + i * width * ld + ones * width, ld);
      return;
    }
    double* pair = g + full_panels * width * ld + (i - full_panels) * 2 * width * width;
    run(first, end, pair, 2 * width);
    run(ones, last, pair + width, 2 * width);
  }

  /// Adds the products of all panels of a packed block.
  void multiply(Index kc_now, const T* block, double* g, Ahead& ahead) const {
    if (narrow) {
      kernels().narrow<T>().triangle(kc_now, block, panels, panel_stride, g, ld, ahead);
      return;
    }
    ahead.spread(steps(kc_now));
    for (Index i = 0; i < panels; ++i) multiply(kc_now, block, i, 0, panels, g, ahead);
  }

  /// Packs rows [k0, k0 + kc) of panels [first, last).
  template <Real S>
  void pack(const Source<S>& source, Index k0, Index kc_now, Index first, Index last,
            T* out) const {
    if constexpr (std::same_as<S, T>) {
      if (narrow) {
        kernels().narrow<T>().pack(source, k0, kc_now, first, last, out, panel_stride);
        return;
      }
    }
    kernels().pack<S, T>()(source, k0, kc_now, first, last, out, panel_stride);
  }

 private:
  Index tail_panels() const { return panels - full_panels; }

  /// About the number of steps of the tile loops for all tiles of a packed block.
  Index steps(Index kc_now) const {
    Index calls = 0;
    for (Index i = 0; i < panels; ++i) calls += (panels - i + 2) / 3;
    return calls * kc_now;
  }

  Index block_rows() const {
    const Index row_bytes = panels * width * static_cast<Index>(sizeof(T));
    if (panels <= 4) return std::clamp<Index>(l1_bytes / row_bytes / 16 * 16, 64, 256);
    return 256;
  }

  // Rows of G at multiples of 4 KiB would share one cache set.
  Index padded(Index n) const { return n % 512 == 0 ? n + 8 : n; }
};

}  // namespace elltwo
