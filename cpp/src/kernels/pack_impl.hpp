#pragma once

#include <algorithm>
#include <type_traits>

#include "kernels/simd.hpp"
#include "kernels/source.hpp"

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

/// The transformations of rows: none, a scale, or any that a source describes.
enum class Rows { plain, scaled, any };

template <class S>
Rows rows_of(const Source<S>& source) {
  if (source.row_index != nullptr || source.row_shift != nullptr) return Rows::any;
  return source.row_scale != nullptr ? Rows::scaled : Rows::plain;
}

template <class S, class W>
inline W row_shift(const Source<S>& source, Index k) {
  return source.row_shift != nullptr ? static_cast<W>(source.row_shift[k]) : W(0);
}

template <class S, class W>
inline W row_scale(const Source<S>& source, Index k) {
  return source.row_scale != nullptr ? static_cast<W>(source.row_scale[k]) : W(1);
}

/// The index, shift and scale of each row; the source's pointers stay in registers.
template <class W, Rows How>
struct RowAccess {
  const Index* index;
  const double* shifts;
  const double* scales;

  template <class S>
  explicit RowAccess(const Source<S>& source)
      : index(source.row_index), shifts(source.row_shift), scales(source.row_scale) {}

  Index source_row(Index k) const { return How == Rows::any && index != nullptr ? index[k] : k; }
  W shift(Index k) const {
    return How == Rows::any && shifts != nullptr ? static_cast<W>(shifts[k]) : W(0);
  }
  W scale(Index k) const { return static_cast<W>(wide_scale(k)); }
  double wide_scale(Index k) const {
    if constexpr (How == Rows::plain) return 1.0;
    else if constexpr (How == Rows::scaled) return scales[k];
    else return scales != nullptr ? scales[k] : 1.0;
  }
};

/// r s (x - c - d) for one vector of a row.
template <class S, class T, int Width, class W>
inline Vec<T, Width> framed(Vec<S, Width> x, const PanelFrame<W, Width>& frame, W d, W r) {
  const Vec<W, Width> wide = __builtin_convertvector(x, Vec<W, Width>);
  return __builtin_convertvector((wide - frame.shift - d) * (frame.scale * r), Vec<T, Width>);
}

/// A full panel from rows whose elements are adjacent: one vector load per row.
template <class S, class T, int Width, Rows How>
inline void pack_panel_rows(const Source<S>& source, Index k0, Index kc, Index col, T* out) {
  using W = Work<S, T>;
  const auto frame = frame_of<S, W, Width>(source, col, Width);
  const S* base = source.x.data + col;
  const Index stride = source.x.row_stride;
  const RowAccess<W, How> rows(source);
  for (Index k = 0; k < kc; ++k) {
    const auto x = load<S, Width>(base + rows.source_row(k0 + k) * stride);
    const auto v = framed<S, T, Width, W>(x, frame, rows.shift(k0 + k), rows.scale(k0 + k));
    store<T, Width>(out + k * Width, v);
  }
}

/// `Lanes` consecutive values of a per-row array, or `missing` where there is none.
template <class W, int Lanes>
inline Vec<W, Lanes> row_lanes(const double* values, Index k, W missing) {
  if (values == nullptr) return Vec<W, Lanes>{} + missing;
  return __builtin_convertvector(load<double, Lanes>(values + k), Vec<W, Lanes>);
}

/// A full panel from columns whose elements are adjacent: square blocks transposed in registers.
template <class S, class T, int Width>
inline void pack_panel_cols(const Source<S>& source, Index k0, Index kc, Index col, T* out) {
  using W = Work<S, T>;
  const auto frame = frame_of<S, W, Width>(source, col, Width);
  const S* base = source.x.data + k0 + col * source.x.col_stride;
  Index k = 0;
  for (; k + Width <= kc; k += Width) {
    const auto d = row_lanes<W, Width>(source.row_shift, k0 + k, W(0));
    const auto r = row_lanes<W, Width>(source.row_scale, k0 + k, W(1));
    Vec<T, Width> v[Width];
#pragma GCC unroll 16
    for (int j = 0; j < Width; ++j) {
      const auto x = load<S, Width>(base + k + j * source.x.col_stride);
      const auto wide = __builtin_convertvector(x, Vec<W, Width>);
      v[j] = __builtin_convertvector((wide - frame.shift[j] - d) * (frame.scale[j] * r),
                                     Vec<T, Width>);
    }
    transpose<T, Width>(v);
#pragma GCC unroll 16
    for (int i = 0; i < Width; ++i) store<T, Width>(out + (k + i) * Width, v[i]);
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

/// The panel of columns [col, col + n_x) of x, then perhaps the first target and the ones, from
/// rows whose elements are adjacent: whole vectors are loaded, and their lanes from the next row
/// are replaced. The last row must be packed element by element.
template <class S, class T, int Width, bool HasY, Rows How>
inline void pack_x_lanes(const Source<S>& source, Index k0, Index kc, Index col, Index n_x,
                         T* out) {
  using W = Work<S, T>;
  const auto x_data = source.x;
  const auto y_data = source.y;
  const RowAccess<W, How> rows(source);
  const auto frame = frame_of<S, W, Width>(source, col, n_x);
  Vec<T, Width> x_lane{}, y_lane{}, one_lane{};
  for (Index j = 0; j < Width; ++j) {
    x_lane[j] = j < n_x ? T(1) : T(0);
    y_lane[j] = HasY && col + j == source.x.cols ? T(1) : T(0);
    one_lane[j] = source.ones && col + j == source.cols() - 1 ? T(1) : T(0);
  }
  const auto is_x = x_lane != Vec<T, Width>{};
  const auto is_y = y_lane != Vec<T, Width>{};
  const double y_shift = HasY && source.y_shift != nullptr ? source.y_shift[0] : 0.0;
  const double y_scale = HasY && source.y_scale != nullptr ? source.y_scale[0] : 1.0;
  for (Index k = 0; k < kc; ++k) {
    const Index from = rows.source_row(k0 + k);
    const auto x = load<S, Width>(x_data.data + from * x_data.row_stride + col);
    const W r = rows.scale(k0 + k);
    const auto v = framed<S, T, Width, W>(x, frame, rows.shift(k0 + k), r);
    auto row = is_x ? v : one_lane * static_cast<T>(r);
    if constexpr (HasY) {
      const double scale = rows.wide_scale(k0 + k) * y_scale;
      const auto y = static_cast<T>(scale * (y_data(from, 0) - y_shift));
      row = is_y ? Vec<T, Width>{} + y : row;
    }
    store<T, Width>(out + k * Width, row);
  }
}

/// The number of rows from k0 on for which a vector load at `col` stays within the matrix.
template <class S, int Width>
inline Index loadable_rows(const Source<S>& source, Index k0, Index kc, Index col) {
  if (source.x.col_stride != 1 || source.x.row_stride < source.x.cols) return 0;
  if (source.row_index != nullptr) {
    const Index* index = source.row_index;  // into a matrix of unknown length
    const Index last = *std::max_element(index + k0, index + k0 + kc);
    Index rows = 0;
    const Index reach = last * source.x.row_stride + source.x.cols;
    while (rows < kc && index[k0 + rows] * source.x.row_stride + col + Width <= reach) ++rows;
    return rows;
  }
  const Index end = (source.x.rows - 1) * source.x.row_stride + source.x.cols;
  Index rows = kc;
  while (rows > 0 && (k0 + rows - 1) * source.x.row_stride + col + Width > end) --rows;
  return rows;
}

/// The last panels, where x ends and the targets and the ones follow.
template <class S, class T, int Width, Rows How>
inline void pack_mixed_panel(const Source<S>& source, Index k0, Index kc, Index col, T* out) {
  const Index n_x = std::clamp<Index>(source.x.cols - col, 0, Width);
  const Index n_all = std::clamp<Index>(source.cols() - col, 0, Width);
  const bool has_y = source.y.cols > 0 && n_x < Width;
  const Index fast = n_x > 0 ? loadable_rows<S, Width>(source, k0, kc, col) : 0;
  if (fast > 0) {
    if (has_y) pack_x_lanes<S, T, Width, true, How>(source, k0, fast, col, n_x, out);
    else pack_x_lanes<S, T, Width, false, How>(source, k0, fast, col, n_x, out);
    const Index y_end = std::min(n_all, source.x.cols + source.y.cols - col);
    for (Index j = n_x + 1; j < y_end; ++j) {
      pack_extra<S, T, Width>(source, k0, fast, col + j, j, out);
    }
  }
  if (fast == kc) return;
  T* rest = out + fast * Width;
  for (Index k = 0; k < kc - fast; ++k) store<T, Width>(rest + k * Width, Vec<T, Width>{});
  if (n_x > 0) pack_x_elements<S, T, Width>(source, k0 + fast, kc - fast, col, n_x, rest);
  for (Index j = n_x; j < n_all; ++j) {
    pack_extra<S, T, Width>(source, k0 + fast, kc - fast, col + j, j, rest);
  }
}

template <class S, class T, int Width, Rows How>
inline void pack_rows(const Source<S>& source, Index k0, Index kc, Index panel_begin,
                      Index panel_end, T* out, Index panel_stride) {
  constexpr Index group = 16;
  const Index full = std::min(panel_end, source.x.cols / Width);
  for (Index k = 0; k < kc; k += group) {
    const Index now = std::min(group, kc - k);
    for (Index p = panel_begin; p < full; ++p) {
      T* panel = out + p * panel_stride + k * Width;
      pack_panel_rows<S, T, Width, How>(source, k0 + k, now, p * Width, panel);
    }
  }
  for (Index p = std::max(panel_begin, full); p < panel_end; ++p) {
    pack_mixed_panel<S, T, Width, How>(source, k0, kc, p * Width, out + p * panel_stride);
  }
}

/// PackFn: selects the loop by the strides. Rows are packed in small groups, so that a cache line
/// of the source is read once for all panels that share it.
template <class S, class T, int Width>
void pack(const Source<S>& source, Index k0, Index kc, Index panel_begin, Index panel_end, T* out,
          Index panel_stride) {
  const Rows how = rows_of(source);
  if (source.x.col_stride == 1) {
    const auto run = how == Rows::plain    ? pack_rows<S, T, Width, Rows::plain>
                     : how == Rows::scaled ? pack_rows<S, T, Width, Rows::scaled>
                                           : pack_rows<S, T, Width, Rows::any>;
    return run(source, k0, kc, panel_begin, panel_end, out, panel_stride);
  }
  const bool rows_adjacent = source.x.row_stride == 1 && source.row_index == nullptr;
  const Index full = std::min(panel_end, source.x.cols / Width);
  for (Index p = panel_begin; p < full; ++p) {
    T* panel = out + p * panel_stride;
    if (rows_adjacent) pack_panel_cols<S, T, Width>(source, k0, kc, p * Width, panel);
    else pack_x_elements<S, T, Width>(source, k0, kc, p * Width, Width, panel);
  }
  for (Index p = std::max(panel_begin, full); p < panel_end; ++p) {
    pack_mixed_panel<S, T, Width, Rows::any>(source, k0, kc, p * Width, out + p * panel_stride);
  }
}

}  // namespace
}  // namespace elltwo
