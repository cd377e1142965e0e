#pragma once

#include <string>
#include <vector>

#include "elltwo/batch.hpp"

namespace elltwo {

/// Where the rows of problem k stand in spans that hold those of all problems.
template <Real T>
struct BatchRows {
  Index begin = 0;
  Index count = 0;

  BatchRows(const BatchData<T>& data, Index k) {
    if (data.starts.empty()) {
      count = data.x.rows;
      const bool own = static_cast<Index>(data.sample_weight.size()) != count;
      begin = own ? k * count : 0;
    } else {
      begin = data.starts[k];
      count = data.starts[k + 1] - begin;
    }
  }
};

template <Real T>
double batch_alpha(const BatchData<T>& data, Index k) {
  return data.alpha[data.alpha.size() == 1 ? 0 : k];
}

/// Whether the rows of a problem stand together: all but those that `order` gathers.
template <Real T>
bool batch_in_place(const BatchData<T>& data) {
  return data.order.empty();
}

/// The rows of problem k, which must stand together.
template <Real T>
MatrixView<T> batch_x(const BatchData<T>& data, Index k) {
  auto x = data.x;
  const BatchRows<T> rows(data, k);
  x.data += data.starts.empty() ? k * data.x_stride : rows.begin * x.row_stride;
  x.rows = rows.count;
  return x;
}

template <Real T>
MatrixView<double> batch_y(const BatchData<T>& data, Index k) {
  auto y = data.y;
  const BatchRows<T> rows(data, k);
  y.data += data.starts.empty() ? k * data.y_stride : rows.begin * y.row_stride;
  y.rows = rows.count;
  return y;
}

/// Empty for unit weights.
template <Real T>
std::span<const double> batch_weight(const BatchData<T>& data, Index k) {
  if (data.sample_weight.empty()) return {};
  const BatchRows<T> rows(data, k);
  return data.sample_weight.subspan(rows.begin, rows.count);
}

/// Problems of a batch as problems of their own, one after the other; gathered rows are copied.
template <Real T>
class BatchProblem {
 public:
  explicit BatchProblem(const BatchData<T>& data);

  /// Valid until the next call.
  const RidgeData<T>& take(Index k);

 private:
  void gather(Index k);

  const BatchData<T>& data_;
  double alpha_ = 0.0;
  std::vector<double> prior_;  // targets x features
  std::vector<T> x_;
  std::vector<double> y_;
  std::vector<double> weight_;
  RidgeData<T> problem_;
};

/// Throws std::invalid_argument unless shapes agree and alpha, factors, prior means, weights, options
/// and the places of rows are in range. Does not look at X and y.
template <Real T>
void validate_batch(const BatchData<T>& data, const RidgeOptions& options);

/// `message`, which begins with an argument's name, with the problem (or group) named after it.
template <Real T>
std::string naming_problem(const BatchData<T>& data, Index k, const std::string& message);

}  // namespace elltwo
