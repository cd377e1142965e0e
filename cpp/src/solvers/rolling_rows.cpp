#include "solvers/rolling_rows.hpp"

#include <atomic>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

// Sums of v - v: zero where all values are finite.
template <Real T>
double not_finite(MatrixView<T> a, Index i) {
  double sum = 0.0;
  const T* row = &a(i, 0);
  for (Index j = 0; j < a.cols; ++j) {
    const T v = row[j * a.col_stride];
    sum += static_cast<double>(v - v);
  }
  return sum;
}

// The first value of a row that is infinite, or NaN where that is refused as well.
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
    : data_(data), counts_(static_cast<std::size_t>(data.x.rows)) {
  for (Index j = 0; j < data.x.cols; ++j) {
    const double f =
        data.penalty_factors.empty() ? 1.0 : data.penalty_factors[static_cast<std::size_t>(j)];
    const double penalty = f == 0.0 ? 0.0 : f == inf ? inf : data.alpha * f;
    if (penalty == inf) continue;
    features_.push_back(j);
    penalties_.push_back(penalty);
  }
  check(options);
}

template <Real T>
void RollingRows<T>::check(const RollingOptions& options) {
  const double work = 2.0 * static_cast<double>(data_.x.rows) * static_cast<double>(data_.x.cols);
  std::atomic<bool> suspicious = false;
  run_over(size(), threads_for(options.n_threads, work), [&](Index begin, Index end) {
    bool all_finite = true;
    for (Index i = begin; i < end; ++i) {
      const bool finite = not_finite(data_.x, i) == 0.0 && not_finite(data_.y, i) == 0.0;
      counts_[static_cast<std::size_t>(i)] = finite && weight(i) > 0.0;
      all_finite &= finite;
    }
    if (!all_finite) suspicious = true;
  });
  for (Index i = 0; suspicious && i < size(); ++i) {
    refuse("X", data_.x, i, options.skip_missing, true);
    refuse("y", data_.y, i, options.skip_missing, data_.y.cols > 1);
  }
}

template <Real T>
void RollingRows<T>::pack(Index first, Index n_rows, Index width, double* lane) const {
  const Index p = static_cast<Index>(features_.size());
  const Index row = p + n_targets() + 1;
  const bool all = p == data_.x.cols;
  for (Index k = 0; k < n_rows; ++k, lane += row * width) {
    const Index i = first + k;
    if (i < 0 || i >= size() || !counts(i)) {
      for (Index c = 0; c < row; ++c) lane[c * width] = 0.0;
      continue;
    }
    const T* x = &data_.x(i, 0);
    for (Index j = 0; j < p; ++j) {
      const Index column = all ? j : features_[static_cast<std::size_t>(j)];
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
