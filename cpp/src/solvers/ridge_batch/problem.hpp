#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "elltwo/batch.hpp"

namespace elltwo {

/// The rows of problem k among the rows of all problems: begin, ..., begin + count - 1.
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

/// Whether the rows of each problem are consecutive, so that they need not be gathered.
template <Real T>
bool batch_in_place(const BatchData<T>& data) {
  return data.order.empty();
}

/// The rows of problem k, which must be consecutive.
template <Real T>
MatrixView<T> batch_x(const BatchData<T>& data, Index k) {
  auto x = data.x;
  const BatchRows<T> rows(data, k);
  x.data += data.starts.empty() ? k * data.x_stride : rows.begin * x.row_stride;
  x.rows = rows.count;
  return x;
}

/// The targets of problem k, whose rows must be consecutive.
template <Real T>
MatrixView<double> batch_y(const BatchData<T>& data, Index k) {
  auto y = data.y;
  const BatchRows<T> rows(data, k);
  y.data += data.starts.empty() ? k * data.y_stride : rows.begin * y.row_stride;
  y.rows = rows.count;
  return y;
}

/// The weights of problem k, whose rows must be consecutive; empty for unit weights.
template <Real T>
std::span<const double> batch_weight(const BatchData<T>& data, Index k) {
  if (data.sample_weight.empty()) return {};
  const BatchRows<T> rows(data, k);
  return data.sample_weight.subspan(rows.begin, rows.count);
}

/// Presents problems of a batch one after the other as problems of ridge(). Rows that are not
/// consecutive are copied.
template <Real T>
class BatchProblem {
 public:
  explicit BatchProblem(const BatchData<T>& data);

  /// Problem k. The reference is valid until the next call.
  const RidgeData<T>& take(Index k);

 private:
  void gather(Index k);

  const BatchData<T>& data_;
  double alpha_ = 0.0;
  std::vector<double> prior_;   // targets x features
  std::vector<T> x_;            // gathered rows
  std::vector<double> y_;       // gathered targets
  std::vector<double> weight_;  // gathered weights
  RidgeData<T> problem_;
};

/// Throws std::invalid_argument unless shapes agree and alpha, factors, prior means, weights,
/// options, starts and order are in range. Does not read the values of X and y.
template <Real T>
void validate_batch(const BatchData<T>& data, const RidgeOptions& options);

/// A message that begins with the name of an argument, with the number of the problem (or group)
/// inserted after the name.
template <Real T>
std::string naming_problem(const BatchData<T>& data, Index k, const std::string& message);

/// f() of problem k, which its errors then name.
template <Real T, class F>
auto with_named_problem(const BatchData<T>& data, Index k, F f) {
  try {
    return f();
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(naming_problem(data, k, error.what()));
  } catch (const std::overflow_error& error) {
    throw std::overflow_error(naming_problem(data, k, error.what()));
  }
}

}  // namespace elltwo
