#include "solvers/ridge_splits/fold_moments.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"
#include "solvers/ridge/problem.hpp"
#include "solvers/ridge_sparse/moments.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {

template <Real T>
FoldMoments<T>::FoldMoments(const RidgeData<T>& data, std::span<const std::int32_t> fold,
                            Index n_folds, const RidgeOptions& options, const SparseRows<T>* sparse)
    : data_(data), options_(options), sparse_(sparse), rows_(n_folds) {
  for (std::size_t i = 0; i < fold.size(); ++i) {
    rows_[fold[i]].push_back(static_cast<Index>(i));
  }
  for (const double w : data.sample_weight) root_weight_.push_back(std::sqrt(w));
  const double* weight = root_weight_.empty() ? nullptr : root_weight_.data();
  x_shift_.assign(data.x.cols, 0.0);
  y_shift_.assign(data.y.cols, 0.0);
  if (options.fit_intercept) {
    if (sparse == nullptr) x_shift_ = provisional_mean(data.x, weight);
    y_shift_ = provisional_mean(data.y, weight);
  }
}

template <Real T>
void FoldMoments<T>::compute(Monitor& monitor) {
  if (sparse_ != nullptr) return compute_sparse(monitor);
  for (const auto& rows : rows_) {
    auto x = data_.x;
    auto y = data_.y;
    const Index* order = rows.data();
    x.rows = static_cast<Index>(rows.size());
    if (!rows.empty() && rows.back() - rows.front() + 1 == x.rows) {  // they need no gathering
      x.data += rows.front() * x.row_stride;
      y.data += rows.front() * y.row_stride;
      y.rows = x.rows;
      order = nullptr;
    }
    std::vector<double> row_scale;
    for (const Index i : rows) {
      if (!root_weight_.empty()) row_scale.push_back(root_weight_[i]);
    }
    const Source<T> source{.x = x,
                           .row_index = order,
                           .col_shift = x_shift_.data(),
                           .row_scale = row_scale.empty() ? nullptr : row_scale.data(),
                           .y = y,
                           .y_shift = y_shift_.data(),
                           .ones = options_.fit_intercept};
    grams_.push_back(gram<T, double>(source, options_.n_threads, monitor));
  }
}

template <Real T>
void FoldMoments<T>::compute_sparse(Monitor& monitor) {
  for (const auto& rows : rows_) {
    const auto x = gathered(*sparse_, rows);
    Buffer<double> y(x.rows * data_.y.cols);
    std::vector<double> weight;
    for (Index k = 0; k < x.rows; ++k) {
      const Index i = rows[k];
      for (Index t = 0; t < data_.y.cols; ++t) y[k * data_.y.cols + t] = data_.y(i, t);
      const auto& w = data_.sample_weight;
      if (!w.empty()) weight.push_back(w[i]);
    }
    const SparseGramInput<T> input{x, row_major<double>(y.data(), x.rows, data_.y.cols),
                                   weight.empty() ? nullptr : weight.data(), y_shift_,
                                   options_.fit_intercept};
    grams_.push_back(sparse_extended_gram(input, options_.n_threads, monitor));
  }
}

template <Real T>
bool FoldMoments<T>::in_range() const {
  if (sparse_ != nullptr) {
    const auto all = sum(std::vector<double>(grams_.size(), 1.0));
    const double* weight = data_.sample_weight.empty() ? nullptr : data_.sample_weight.data();
    if (!features_in_range(*sparse_, weight, all)) return false;
  }
  for (Index j = 0; j < data_.x.cols + data_.y.cols; ++j) {
    double square = 0.0;
    for (const auto& g : grams_) square += g(j, j);
    const bool is_x = j < data_.x.cols;
    if (is_x && sparse_ != nullptr) continue;
    const bool centred = options_.fit_intercept;
    if (square == 0.0 &&
        (is_x ? vanishes(data_.x.column(j), data_.sample_weight, centred)
              : vanishes(data_.y.column(j - data_.x.cols), data_.sample_weight, centred))) {
      continue;
    }
    if (out_of_range<double>(square)) return false;
  }
  return true;
}

template <Real T>
GramMatrix FoldMoments<T>::sum(std::span<const double> times) const {
  auto total = grams_.front().zeros_alike();
  for (std::size_t g = 0; g < grams_.size(); ++g) {
    if (times[g] != 0.0) total.add(grams_[g], times[g], data_.x.cols);
  }
  return total;
}

template <Real T>
std::vector<GramMatrix> FoldMoments<T>::sums_but_one() const {
  const auto n = grams_.size();
  std::vector<GramMatrix> sums;  // over those before each
  sums.push_back(grams_.front().zeros_alike());
  for (std::size_t g = 1; g < n; ++g) {
    sums.push_back(sums.back().copy());
    sums.back().add(grams_[g - 1], 1.0, data_.x.cols);
  }
  auto behind = grams_.front().zeros_alike();
  for (std::size_t g = n; g-- > 0;) {
    sums[g].add(behind, 1.0, data_.x.cols);
    behind.add(grams_[g], 1.0, data_.x.cols);
  }
  return sums;
}

template <Real T>
GramMatrix FoldMoments<T>::feature_sum(std::span<const double> times) const {
  const Index p = data_.x.cols, cols = p + (options_.fit_intercept ? 1 : 0);
  const Index ones = grams_.front().cols() - 1;
  auto values = Buffer<double>::zeros(cols * cols);
  for (std::size_t g = 0; g < grams_.size(); ++g) {
    if (times[g] == 0.0) continue;
    for (Index i = 0; i < p; ++i) {
      for (Index j = i; j < p; ++j) values[i * cols + j] += times[g] * grams_[g](i, j);
      if (cols > p) values[i * cols + p] += times[g] * grams_[g](i, ones);
    }
    if (cols > p) values[p * cols + p] += times[g] * grams_[g](ones, ones);
  }
  return GramMatrix(cols, cols, std::move(values));
}

template <Real T>
ScaledMoments FoldMoments<T>::finish(GramMatrix sum) const {
  const Index n_targets = sum.cols() - data_.x.cols - (options_.fit_intercept ? 1 : 0);
  const std::vector<double> y_shift(y_shift_.begin(), y_shift_.begin() + n_targets);
  if (options_.fit_intercept) return centred_moments(std::move(sum), x_shift_, y_shift);
  return {.n_features = data_.x.cols,
          .n_targets = n_targets,
          .gram = std::move(sum),
          .x_mean = x_shift_,
          .y_mean = y_shift};
}

template class FoldMoments<double>;
template class FoldMoments<float>;

}  // namespace elltwo
