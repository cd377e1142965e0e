#include "solvers/ridge_batch/problem.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "kernels/ahead.hpp"
#include "solvers/ridge/validate.hpp"
#include "solvers/shared/validate.hpp"
#include "solvers/shared/weights.hpp"

namespace elltwo {
namespace {

void require(bool holds, const std::string& message) {
  if (!holds) throw std::invalid_argument(message);
}

template <Real T>
void validate_places(const BatchData<T>& data) {
  const auto& starts = data.starts;
  require(static_cast<Index>(starts.size()) == data.n_problems + 1 && starts.front() == 0,
          "starts must begin with 0 and have one more entry than there are groups");
  for (std::size_t k = 0; k + 1 < starts.size(); ++k) {
    require(starts[k] < starts[k + 1],
            "starts must ascend: group " + std::to_string(k) + " has no rows");
  }
  const Index used = starts.back();
  if (data.order.empty()) {
    require(used <= data.x.rows, "starts must not go beyond the rows of X");
    return;
  }
  require(used <= static_cast<Index>(data.order.size()), "starts must not go beyond order");
  const auto outside = [&](Index row) { return row < 0 || row >= data.x.rows; };
  require(std::ranges::none_of(data.order, outside), "order must hold rows of X");
}

// Throws for the first weight that is negative, infinite or NaN, naming the problem it belongs to.
template <Real T>
void validate_weights(const BatchData<T>& data, int n_threads) {
  const auto& weight = data.sample_weight;
  if (weight.empty()) return;
  const auto size = static_cast<Index>(weight.size());
  const bool shared = data.starts.empty() && size == data.x.rows;
  const Index wanted = data.starts.empty() ? data.n_problems * data.x.rows : data.x.rows;
  require(shared || size == wanted, "sample_weight must have " + std::to_string(wanted) +
                                        " values, got " + std::to_string(size));
  if (!std::isnan(largest_weight(weight, n_threads))) return;
  const auto bad =
      std::ranges::find_if(weight, [](double w) { return !(w >= 0.0) || std::isinf(w); });
  const Index at = bad - weight.begin();
  const auto where = "sample_weight must be finite and not negative, got " + show(*bad) +
                     " at row " + std::to_string(at % data.x.rows);
  require(false,
          shared || !data.starts.empty() ? where : naming_problem(data, at / data.x.rows, where));
}

template <Real T>
void validate_alpha(const BatchData<T>& data) {
  const auto size = static_cast<Index>(data.alpha.size());
  require(size == 1 || size == data.n_problems,
          "alpha must have one entry, or one for each problem, got " + std::to_string(size));
  for (Index k = 0; k < size; ++k) {
    const double alpha = data.alpha[k];
    if (alpha >= 0.0) continue;
    const auto message = "alpha must be in [0, inf], got " + show(alpha);
    require(false, size == 1 ? message : naming_problem(data, k, message));
  }
}

// Gathered rows are prefetched, since the processor cannot foresee their addresses: this many rows
// ahead, and at most so many cache lines of each.
constexpr std::size_t rows_ahead = 16;
constexpr Index most_lines_ahead = 8;

template <class E>
void fetch(MatrixView<E> a, Index row) {
  const Index step = a.col_stride == 1 ? 64 / Index{sizeof(E)} : 1;
  for (Index j = 0; j < std::min(a.cols, most_lines_ahead * step); j += step) {
    prefetch(&a(row, j));
  }
}

// Some rows of a: a view of them where they are consecutive, else a copy in `storage`.
template <class E>
MatrixView<E> gathered(MatrixView<E> a, std::span<const Index> rows, std::vector<E>& storage) {
  const auto n = static_cast<Index>(rows.size());
  std::size_t together = 1;
  while (together < rows.size() && rows[together] == rows[together - 1] + 1) ++together;
  if (together == rows.size()) {
    a.data += rows[0] * a.row_stride;
    a.rows = n;
    return a;
  }
  storage.resize(rows.size() * a.cols);
  E* out = storage.data();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i + rows_ahead < rows.size()) fetch(a, rows[i + rows_ahead]);
    for (Index j = 0; j < a.cols; ++j) *out++ = a(rows[i], j);
  }
  return row_major(storage.data(), n, a.cols);
}

}  // namespace

template <Real T>
BatchProblem<T>::BatchProblem(const BatchData<T>& data) : data_(data) {
  if (!data.prior_mean.empty()) {
    for (Index t = 0; t < data.y.cols; ++t) {
      prior_.insert(prior_.end(), data.prior_mean.begin(), data.prior_mean.end());
    }
  }
  problem_.alpha = {&alpha_, 1};
  problem_.penalty_factors = data.penalty_factors;
  problem_.prior_mean = prior_;
}

template <Real T>
const RidgeData<T>& BatchProblem<T>::take(Index k) {
  alpha_ = batch_alpha(data_, k);
  if (batch_in_place(data_)) {
    problem_.x = batch_x(data_, k);
    problem_.y = batch_y(data_, k);
    problem_.sample_weight = batch_weight(data_, k);
  } else {
    gather(k);
  }
  return problem_;
}

template <Real T>
void BatchProblem<T>::gather(Index k) {
  const BatchRows<T> at(data_, k);
  const auto rows = data_.order.subspan(at.begin, at.count);
  problem_.x = gathered(data_.x, rows, x_);
  problem_.y = gathered(data_.y, rows, y_);
  if (data_.sample_weight.empty()) return;
  const auto w = gathered(row_major(data_.sample_weight.data(), data_.x.rows, 1), rows, weight_);
  problem_.sample_weight = std::span(w.data, w.rows);
}

template <Real T>
void validate_batch(const BatchData<T>& data, const RidgeOptions& options) {
  require(data.n_problems >= 0, "the number of problems must not be negative");
  const double any_alpha = 1.0;
  RidgeData<T> one{.x = data.x,
                   .y = data.y,
                   .alpha = {&any_alpha, 1},
                   .penalty_factors = data.penalty_factors,
                   .prior_mean = {},
                   .sample_weight = {}};
  validate(one, options);
  one.y.cols = 1;
  one.prior_mean = data.prior_mean;
  validate(one, options);
  if (!data.starts.empty()) validate_places(data);
  validate_alpha(data);
  validate_weights(data, options.n_threads);
}

template <Real T>
std::string naming_problem(const BatchData<T>& data, Index k, const std::string& message) {
  const auto end = message.find(' ');
  const std::string which = data.starts.empty() ? " of problem " : " of group ";
  return message.substr(0, end) + which + std::to_string(k) + message.substr(end);
}

template class BatchProblem<double>;
template class BatchProblem<float>;
template void validate_batch<double>(const BatchData<double>&, const RidgeOptions&);
template void validate_batch<float>(const BatchData<float>&, const RidgeOptions&);
template std::string naming_problem<double>(const BatchData<double>&, Index, const std::string&);
template std::string naming_problem<float>(const BatchData<float>&, Index, const std::string&);

}  // namespace elltwo
