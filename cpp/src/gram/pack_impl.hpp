#pragma once

#include <algorithm>
#include <type_traits>

#include "gram/simd.hpp"
#include "gram/source.hpp"

namespace elltwo {
namespace {

/// Shifts and scales are applied in the wider of the two types, never below the source's.
template <class S, class T>
using Work = std::conditional_t<std::same_as<S, float> && std::same_as<T, float>, float, double>;

/// One column panel's shift and scale in registers.
template <class W, int Width>
struct PanelFrame {
  Vec<W, Width> shift{};
  Vec<W, Width> scale = Vec<W, Width>{} + W(1);
};

template <class S, class W, int Width>
inline PanelFrame<W, Width> frame_of(const Source<S>& source, Index col, Index n_cols) {
  PanelFrame<W, Width> frame;
  if (n_cols == Width) {
    if (source.col_shift != nullptr) {
      frame.shift =
          __builtin_convertvector(load<double, Width>(source.col_shift + col), Vec<W, Width>);
    }
    if (source.col_scale != nullptr) {
      frame.scale =
          __builtin_convertvector(load<double, Width>(source.col_scale + col), Vec<W, Width>);
    }
    return frame;
  }
  for (Index j = 0; j < n_cols; ++j) {
    if (source.col_shift != nullptr) frame.shift[j] = static_cast<W>(source.col_shift[col + j]);
    if (source.col_scale != nullptr) frame.scale[j] = static_cast<W>(source.col_scale[col + j]);
  }
  return frame;
}

template <class S, class W>
inline W row_shift(const Source<S>& source, Index k) {
  return source.row_shift != nullptr ? static_cast<W>(source.row_shift[k]) : W(0);
}

template <class S, class W>
inline W row_scale(const Source<S>& source, Index k) {
  return source.row_scale != nullptr ? static_cast<W>(source.row_scale[k]) : W(1);
}

/// r s (x - c - d) for one vector of a row.
template <class S, class T, int Width, class W>
inline Vec<T, Width> framed(Vec<S, Width> x, const PanelFrame<W, Width>& frame, W d, W r) {
  const Vec<W, Width> wide = __builtin_convertvector(x, Vec<W, Width>);
  return __builtin_convertvector((wide - frame.shift - d) * (frame.scale * r), Vec<T, Width>);
}

/// A full panel from rows whose elements are adjacent: one vector load per row. Plain: rows in order,
/// without shift or scale of their own.
template <class S, class T, int Width, bool Plain>
inline void pack_panel_rows(const Source<S>& source, Index k0, Index kc, Index col, T* out) {
  using W = Work<S, T>;
  const auto frame = frame_of<S, W, Width>(source, col, Width);
  const S* base = source.x.data + col;
  for (Index k = 0; k < kc; ++k) {
    const Index from = Plain ? k0 + k : source.source_row(k0 + k);
    const auto x = load<S, Width>(base + from * source.x.row_stride);
    const W d = Plain ? W(0) : row_shift<S, W>(source, k0 + k);
    const W r = Plain ? W(1) : row_scale<S, W>(source, k0 + k);
    store<T, Width>(out + k * Width, framed<S, T, Width, W>(x, frame, d, r));
  }
}

/// A full panel from columns whose elements are adjacent: square blocks transposed in registers.
template <class S, class T, int Width>
inline void pack_panel_cols(const Source<S>& source, Index k0, Index kc, Index col, T* out) {
  using W = Work<S, T>;
  const auto frame = frame_of<S, W, Width>(source, col, Width);
  const S* base = source.x.data + k0 + col * source.x.col_stride;
  Index k = 0;
  for (; k + Width <= kc; k += Width) {
    Vec<S, Width> v[Width];
#pragma GCC unroll 16
    for (int j = 0; j < Width; ++j) v[j] = load<S, Width>(base + k + j * source.x.col_stride);
    transpose<S, Width>(v);
#pragma GCC unroll 16
    for (int i = 0; i < Width; ++i) {
      store<T, Width>(out + (k + i) * Width,
                      framed<S, T, Width, W>(v[i], frame, row_shift<S, W>(source, k0 + k + i),
                                             row_scale<S, W>(source, k0 + k + i)));
    }
  }
  for (; k < kc; ++k) {
    Vec<S, Width> v;
    for (int j = 0; j < Width; ++j) v[j] = base[k + j * source.x.col_stride];
    store<T, Width>(out + k * Width,
                    framed<S, T, Width, W>(v, frame, row_shift<S, W>(source, k0 + k),
                                           row_scale<S, W>(source, k0 + k)));
  }
}

/// Columns [0, n_x) of a panel from x with any strides, element by element.
template <class S, class T, int Width>
inline void pack_x_elements(const Source<S>& source, Index k0, Index kc, Index col, Index n_x,
                            T* out) {
  using W = Work<S, T>;
  const auto frame = frame_of<S, W, Width>(source, col, n_x);
  for (Index k = 0; k < kc; ++k) {
    const S* row =
        source.x.data + source.source_row(k0 + k) * source.x.row_stride + col * source.x.col_stride;
    const W d = row_shift<S, W>(source, k0 + k);
    const W r = row_scale<S, W>(source, k0 + k);
    T* out_row = out + k * Width;
    for (Index j = 0; j < n_x; ++j) {
      out_row[j] =
          static_cast<T>((static_cast<W>(row[j * source.x.col_stride]) - frame.shift[j] - d) *
                         (frame.scale[j] * r));
    }
  }
}

/// One column of y, or the column of ones, into lane j of a panel.
template <class S, class T, int Width>
inline void pack_extra(const Source<S>& source, Index k0, Index kc, Index col, Index j, T* out) {
  const Index t = col - source.x.cols;
  const bool is_y = t < source.y.cols;
  const double shift = is_y && source.y_shift != nullptr ? source.y_shift[t] : 0.0;
  const double scale = is_y && source.y_scale != nullptr ? source.y_scale[t] : 1.0;
  for (Index k = 0; k < kc; ++k) {
    double value = row_scale<S, double>(source, k0 + k);
    if (is_y) value *= scale * (source.y(source.source_row(k0 + k), t) - shift);
    out[k * Width + j] = static_cast<T>(value);
  }
}

/// Columns [col, col + n_x) of rows whose elements are adjacent: whole vectors are loaded, and what
/// they hold of the next row is replaced by zeros. The last row must be taken element by element.
template <class S, class T, int Width>
inline void pack_x_lanes(const Source<S>& source, Index k0, Index kc, Index col, Index n_x,
                         T* out) {
  using W = Work<S, T>;
  const auto frame = frame_of<S, W, Width>(source, col, n_x);
  Vec<T, Width> keep;
  for (Index j = 0; j < Width; ++j) keep[j] = j < n_x ? T(1) : T(0);
  const auto kept = keep != Vec<T, Width>{};
  for (Index k = 0; k < kc; ++k) {
    const S* row = source.x.data + (k0 + k) * source.x.row_stride + col;
    const auto v =
        framed<S, T, Width, W>(load<S, Width>(row), frame, row_shift<S, W>(source, k0 + k),
                               row_scale<S, W>(source, k0 + k));
    store<T, Width>(out + k * Width, kept ? v : Vec<T, Width>{});
  }
}

/// Rows from k0 on of which a vector load at `col` stays within the matrix.
template <class S, int Width>
inline Index loadable_rows(const Source<S>& source, Index k0, Index kc, Index col) {
  if (source.x.col_stride != 1 || source.row_index != nullptr ||
      source.x.row_stride < source.x.cols)
    return 0;
  const Index end = (source.x.rows - 1) * source.x.row_stride + source.x.cols;
  Index rows = kc;
  while (rows > 0 && (k0 + rows - 1) * source.x.row_stride + col + Width > end) --rows;
  return rows;
}

template <class S, class T, int Width>
inline void pack_mixed_panel(const Source<S>& source, Index k0, Index kc, Index col, T* out) {
  const Index n_x = std::clamp<Index>(source.x.cols - col, 0, Width);
  const Index n_all = std::clamp<Index>(source.cols() - col, 0, Width);
  const Index fast = n_x > 0 ? loadable_rows<S, Width>(source, k0, kc, col) : 0;
  if (fast > 0) pack_x_lanes<S, T, Width>(source, k0, fast, col, n_x, out);
  for (Index k = fast; k < kc; ++k) store<T, Width>(out + k * Width, Vec<T, Width>{});
  if (n_x > 0 && fast < kc) {
    pack_x_elements<S, T, Width>(source, k0 + fast, kc - fast, col, n_x, out + fast * Width);
  }
  for (Index j = n_x; j < n_all; ++j) {
    pack_extra<S, T, Width>(source, k0, kc, col + j, j, out);
  }
}

/// PackFn: chooses the loop by the strides. Rows go in small groups so that a source line is read
/// once for all the panels that share it.
template <class S, class T, int Width>
void pack(const Source<S>& source, Index k0, Index kc, Index panel_begin, Index panel_end, T* out,
          Index panel_stride) {
  constexpr Index group = 16;
  const Index full = std::min(panel_end, source.x.cols / Width);
  const bool plain =
      source.row_index == nullptr && source.row_shift == nullptr && source.row_scale == nullptr;
  const bool rows_adjacent = source.x.row_stride == 1 && source.row_index == nullptr;
  if (source.x.col_stride == 1) {
    for (Index k = 0; k < kc; k += group) {
      const Index now = std::min(group, kc - k);
      for (Index p = panel_begin; p < full; ++p) {
        T* panel = out + p * panel_stride + k * Width;
        if (plain) pack_panel_rows<S, T, Width, true>(source, k0 + k, now, p * Width, panel);
        else pack_panel_rows<S, T, Width, false>(source, k0 + k, now, p * Width, panel);
      }
    }
  } else {
    for (Index p = panel_begin; p < full; ++p) {
      T* panel = out + p * panel_stride;
      if (rows_adjacent) pack_panel_cols<S, T, Width>(source, k0, kc, p * Width, panel);
      else pack_x_elements<S, T, Width>(source, k0, kc, p * Width, Width, panel);
    }
  }
  for (Index p = std::max(panel_begin, full); p < panel_end; ++p) {
    pack_mixed_panel<S, T, Width>(source, k0, kc, p * Width, out + p * panel_stride);
  }
}

}  // namespace
}  // namespace elltwo
