#include "solvers/fold_moments.hpp"

#include <cmath>

#include "solvers/problem.hpp"

namespace elltwo {

template <Real T>
FoldMoments<T>::FoldMoments(const RidgeData<T>& data, std::span<const std::int32_t> fold,
                            Index n_folds, const RidgeOptions& options)
    : data_(data), options_(options), rows_(static_cast<std::size_t>(n_folds)) {
  for (std::size_t i = 0; i < fold.size(); ++i) {
    rows_[static_cast<std::size_t>(fold[i])].push_back(static_cast<Index>(i));
  }
  for (const double w : data.sample_weight) root_weight_.push_back(std::sqrt(w));
  const double* weight = root_weight_.empty() ? nullptr : root_weight_.data();
  x_shift_.assign(static_cast<std::size_t>(data.x.cols), 0.0);
  y_shift_.assign(static_cast<std::size_t>(data.y.cols), 0.0);
  if (options.fit_intercept) {
    x_shift_ = provisional_mean(data.x, weight);
    y_shift_ = provisional_mean(data.y, weight);
  }
}

template <Real T>
bool FoldMoments<T>::compute(Monitor& monitor) {
  for (const auto& rows : rows_) {
    auto x = data_.x;
    x.rows = static_cast<Index>(rows.size());
    std::vector<double> row_scale;
    for (const Index i : rows) {
      if (!root_weight_.empty()) row_scale.push_back(root_weight_[static_cast<std::size_t>(i)]);
    }
    const Source<T> source{.x = x,
                           .row_index = rows.data(),
                           .col_shift = x_shift_.data(),
                           .row_scale = row_scale.empty() ? nullptr : row_scale.data(),
                           .y = data_.y,
                           .y_shift = y_shift_.data(),
                           .ones = options_.fit_intercept};
    grams_.emplace_back();
    if (!gram<T, T>(source, options_.n_threads, monitor, grams_.back())) return false;
  }
  return true;
}

template <Real T>
bool FoldMoments<T>::in_range() const {
  for (Index j = 0; j < data_.x.cols + data_.y.cols; ++j) {
    double square = 0.0;
    for (const auto& g : grams_) square += g(j, j);
    if (Problem<T>::out_of_range(square)) return false;
  }
  return true;
}

template <Real T>
bool FoldMoments<T>::for_each_complement(
    const std::function<bool(Index, GramMatrix)>& visit) const {
  const auto& first = grams_.front();
  const auto nothing = GramMatrix(first.cols(), first.ld(), Buffer<double>::zeros(first.size()));
  return visit_range(0, static_cast<Index>(grams_.size()), nothing, visit);
}

// `others` holds the folds outside [first, last): each half is completed by the other half's sum.
template <Real T>
bool FoldMoments<T>::visit_range(Index first, Index last, const GramMatrix& others,
                                 const std::function<bool(Index, GramMatrix)>& visit) const {
  if (last - first == 1) return visit(first, others.clone());
  const Index middle = first + (last - first) / 2;
  const auto with = [&](Index from, Index to) {
    auto sum = others.clone();
    for (Index f = from; f < to; ++f) sum.add(grams_[static_cast<std::size_t>(f)]);
    return sum;
  };
  return visit_range(first, middle, with(middle, last), visit) &&
         visit_range(middle, last, with(first, middle), visit);
}

template <Real T>
Moments FoldMoments<T>::finish(GramMatrix sum) const {
  if (options_.fit_intercept) return centred_moments(std::move(sum), x_shift_, y_shift_);
  return {.n_features = data_.x.cols,
          .n_targets = data_.y.cols,
          .gram = std::move(sum),
          .x_mean = x_shift_,
          .y_mean = y_shift_};
}

template <Real T>
double FoldMoments<T>::squared_error(Index f, Index t, const double* b, double b0) const {
  const auto& g = grams_[static_cast<std::size_t>(f)];
  const Index p = data_.x.cols;
  const Index y = p + t;
  const Index one = g.cols() - 1;
  // With x, y about the shifts the intercept becomes a.
  double a = b0 - y_shift_[static_cast<std::size_t>(t)];
  for (Index j = 0; j < p; ++j) a += x_shift_[static_cast<std::size_t>(j)] * b[j];
  double sum = g(y, y);
  if (options_.fit_intercept) sum += a * (a * g(one, one) - 2.0 * g(y, one));
  for (Index i = 0; i < p; ++i) {
    double row = 0.5 * g(i, i) * b[i] - g(i, y);
    if (options_.fit_intercept) row += a * g(i, one);
    for (Index j = i + 1; j < p; ++j) row += g(i, j) * b[j];
    sum += 2.0 * b[i] * row;
  }
  return sum;
}

template <Real T>
double FoldMoments<T>::total_square(Index f, Index t) const {
  const Index y = data_.x.cols + t;
  return grams_[static_cast<std::size_t>(f)](y, y);
}

template class FoldMoments<double>;
template class FoldMoments<float>;

}  // namespace elltwo
