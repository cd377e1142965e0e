#include "solvers/ridge_rolling/rows.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>

#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr Index most_lanes = 16;

// Whether n values, `stride` apart, are all finite: v - v is 0 or NaN.
template <Real T>
bool finite(const T* values, Index n, Index stride) {
  constexpr Index lanes = 8;  // independent: a loop over them becomes vectors
  T sums[lanes] = {};
  Index i = 0;
  if (stride == 1) {
    for (; i + lanes <= n; i += lanes) {
      for (Index lane = 0; lane < lanes; ++lane) {
        const T v = values[i + lane];
        sums[lane] += v - v;
      }
    }
  }
  for (; i < n; ++i) {
    const T v = values[i * stride];
    sums[i % lanes] += v - v;
  }
  for (Index lane = 1; lane < lanes; ++lane) sums[0] += sums[lane];
  return sums[0] == T{0};
}

template <Real T>
bool finite_rows(MatrixView<T> a, Index begin, Index end) {
  if (a.col_stride == 1 && a.row_stride == a.cols) {
    return finite(&a(begin, 0), (end - begin) * a.cols, 1);
  }
  bool all = true;
  if (a.row_stride == 1 || a.cols == 1) {
    for (Index j = 0; j < a.cols; ++j) all &= finite(&a(begin, j), end - begin, a.row_stride);
  } else {
    for (Index i = begin; i < end; ++i) all &= finite(&a(i, 0), a.cols, a.col_stride);
  }
  return all;
}

// Throws for the first value of row i that is infinite, or NaN unless rows with NaN are skipped.
template <Real T>
void refuse(const char* name, MatrixView<T> a, Index i, bool skip_missing, bool name_column) {
  for (Index j = 0; j < a.cols; ++j) {
    const bool nan = std::isnan(a(i, j));
    if (!std::isinf(a(i, j)) && (skip_missing || !nan)) continue;
    const std::string column = name_column ? ", column " + std::to_string(j) : "";
    throw std::invalid_argument(std::string(name) + " contains " + (nan ? "NaN" : "infinity") +
                                " at row " + std::to_string(i) + column);
  }
}

}  // namespace

template <Real T>
RollingRows<T>::RollingRows(const RollingData<T>& data, const RollingOptions& options)
    : data_(data), counts_(data.x.rows), zeros_(data.x.cols) {
  for (Index j = 0; j < data.x.cols; ++j) {
    const double f = data.penalty_factors.empty() ? 1.0 : data.penalty_factors[j];
    const double penalty = f == 0.0 ? 0.0 : f == infinity ? infinity : data.alpha * f;
    if (penalty == infinity) continue;
    features_.push_back(j);
    penalties_.push_back(penalty);
  }
  check(options);
}

template <Real T>
bool RollingRows<T>::all_finite(Index begin, Index end) const {
  return finite_rows(data_.x, begin, end) && finite_rows(data_.y, begin, end);
}

template <Real T>
void RollingRows<T>::check(const RollingOptions& options) {
  constexpr Index block = 256;
  const double work = 2.0 * static_cast<double>(data_.x.rows) * static_cast<double>(data_.x.cols);
  std::atomic<bool> suspicious = false;
  run_over(size(), threads_for(options.n_threads, work), [&](Index begin, Index end) {
    for (Index first = begin; first < end; first += block) {
      const Index last = std::min(end, first + block);
      const bool whole = all_finite(first, last);
      if (!whole) suspicious = true;
      for (Index i = first; i < last; ++i) {
        const bool complete = whole || all_finite(i, i + 1);
        counts_[i] = complete && weight(i) > 0.0;
      }
    }
  });
  for (Index i = 0; suspicious && i < size(); ++i) {
    refuse("X", data_.x, i, options.skip_missing, true);
    refuse("y", data_.y, i, options.skip_missing, data_.y.cols > 1);
  }
}

template <Real T>
bool RollingRows<T>::all_count(Index first, Index n_rows) const {
  return std::memchr(counts_.data() + first, 0, n_rows) == nullptr;
}

template <Real T>
void RollingRows<T>::pack(Index first, Index lane_step, Index n_rows,
                          const window::Kernels& kernels, double* packed) const {
  if (pack_whole(first, lane_step, n_rows, kernels, packed)) return;
  for (Index lane = 0; lane < kernels.width; ++lane) {
    pack_lane(first + lane * lane_step, n_rows, kernels.width, packed + lane);
  }
}

// The usual case: consecutive doubles, and for each lane rows that all count or all do not exist.
// False in other cases.
template <Real T>
bool RollingRows<T>::pack_whole(Index first, Index lane_step, Index n_rows,
                                const window::Kernels& kernels, double* packed) const {
  if constexpr (std::same_as<T, float>) return false;
  else {
    const Index p = data_.x.cols;
    if (static_cast<Index>(features_.size()) != p || data_.x.col_stride != 1) return false;
    if (n_rows > size()) return false;
    const double* lanes[most_lanes];
    Index row_of_lane[most_lanes];
    for (Index lane = 0; lane < kernels.width; ++lane) {
      const Index begin = first + lane * lane_step;
      const bool outside = begin + n_rows <= 0 || begin >= size();
      if (!outside && (begin < 0 || begin + n_rows > size())) return false;
      row_of_lane[lane] = outside ? 0 : begin;
      if (!all_count(row_of_lane[lane], n_rows)) return false;
      lanes[lane] = &data_.x(row_of_lane[lane], 0);
    }
    const Index row = p + n_targets() + 1;
    kernels.pack({.lanes = lanes,
                  .row_stride = data_.x.row_stride,
                  .n_rows = n_rows,
                  .features = p,
                  .row = row,
                  .packed = packed});
    for (Index lane = 0; lane < kernels.width; ++lane) {
      const bool outside = row_of_lane[lane] != first + lane * lane_step;
      double* out = packed + p * kernels.width + lane;
      for (Index k = 0; k < n_rows; ++k, out += row * kernels.width) {
        const Index i = row_of_lane[lane] + k;
        for (Index t = 0; t < n_targets(); ++t) out[t * kernels.width] = data_.y(i, t);
        out[n_targets() * kernels.width] = outside ? 0.0 : weight(i);
      }
    }
    return true;
  }
}

template <Real T>
void RollingRows<T>::pack_row(const Index* rows, const window::Kernels& kernels,
                              double* packed) const {
  const Index width = kernels.width;
  const auto counted = [&](Index lane) { return rows[lane] >= 0 && counts(rows[lane]); };
  if constexpr (std::same_as<T, double>) {
    const Index p = data_.x.cols;
    if (static_cast<Index>(features_.size()) == p && data_.x.col_stride == 1) {
      const double* lanes[most_lanes];
      for (Index lane = 0; lane < width; ++lane) {
        lanes[lane] = counted(lane) ? &data_.x(rows[lane], 0) : zeros_.data();
        double* out = packed + p * width + lane;
        for (Index t = 0; t < n_targets(); ++t, out += width) {
          *out = counted(lane) ? data_.y(rows[lane], t) : 0.0;
        }
        *out = counted(lane) ? weight(rows[lane]) : 0.0;
      }
      kernels.pack({.lanes = lanes, .n_rows = 1, .features = p, .packed = packed});
      return;
    }
  }
  for (Index lane = 0; lane < width; ++lane) pack_lane(rows[lane], 1, width, packed + lane);
}

template <Real T>
void RollingRows<T>::pack_lane(Index first, Index n_rows, Index width, double* lane) const {
  const auto p = static_cast<Index>(features_.size());
  const Index row = p + n_targets() + 1;
  for (Index k = 0; k < n_rows; ++k, lane += row * width) {
    const Index i = first + k;
    if (i < 0 || i >= size() || !counts(i)) {
      for (Index c = 0; c < row; ++c) lane[c * width] = 0.0;
      continue;
    }
    const T* x = &data_.x(i, 0);
    for (Index j = 0; j < p; ++j) {
      const Index column = features_[j];
      lane[j * width] = static_cast<double>(x[column * data_.x.col_stride]);
    }
    for (Index t = 0; t < n_targets(); ++t) lane[(p + t) * width] = data_.y(i, t);
    lane[(row - 1) * width] = weight(i);
  }
}

template <Real T>
double RollingRows<T>::product(Index i, const double* coef) const {
  double sum = 0.0;
  for (Index j = 0; j < data_.x.cols; ++j) sum += static_cast<double>(data_.x(i, j)) * coef[j];
  return sum;
}

template class RollingRows<double>;
template class RollingRows<float>;

}  // namespace elltwo
