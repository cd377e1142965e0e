#include "solvers/ridge_batch/small.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/ridge/outcome.hpp"

namespace elltwo {
namespace {

// Number of values in X above which a problem is fitted by ridge(), which polls the monitor
// meanwhile.
constexpr Index most_values = Index{1} << 22;

// How many problems ahead rows are prefetched: with one, lines arrive too late.
constexpr Index ahead = 2;

constexpr Index rounded(Index n) { return (n + 7) / 8 * 8; }

}  // namespace

template <Real T>
bool SmallBatch<T>::takes(const BatchData<T>& data) {
  const bool pins =
      std::ranges::any_of(data.penalty_factors, [](double f) { return std::isinf(f); });
  return data.x.cols <= small_max_features && data.y.cols <= small_max_targets && !pins;
}

template <Real T>
SmallBatch<T>::SmallBatch(const BatchData<T>& data, const RidgeOptions& options)
    : data_(data),
      options_(options),
      kernels_(kernels().small),
      lanes_(kernels_.lanes),
      layout_(kernels_.layout(data.x.cols, data.y.cols)) {
  const Index p = layout_.p, t = layout_.t;
  gathered_ld_ = layout_.size() + rounded(p + t);
  gathered_ = Buffer<double>(lanes_ * gathered_ld_);
  std::fill_n(gathered_.data(), lanes_ * gathered_ld_, 0.0);
  const Index factor_size = padded_row(rounded(p), 4);
  storage_ = Buffer<double>(lanes_ * (gathered_ld_ + factor_size + 3 * p + t * p + t + 3));
  next_ = storage_.data();
  const auto take = [&](Index n) {
    double* const start = next_;
    next_ += n * lanes_;
    return start;
  };
  sums_ = take(gathered_ld_);
  shift_ = sums_ + layout_.size() * lanes_;
  factor_ = take(factor_size);
  scale_ = take(p);
  diagonal_ = take(p);
  right_ = take(p);
  coef_ = take(t * p);
  intercept_ = take(t);
  pull_ = take(1);
  rcond_ = take(1);
  optimality_ = take(1);
}

template <Real T>
SmallSystems SmallBatch<T>::systems() {
  return {.layout = layout_,
          .centred = options_.fit_intercept,
          .diagonal = diagonal_,
          .right = data_.prior_mean.empty() ? nullptr : right_,
          .pull = options_.penalize_intercept ? pull_ : nullptr,
          .sums = sums_,
          .shift = shift_,
          .factor = factor_,
          .scale = scale_,
          .coef = coef_,
          .intercept = intercept_,
          .rcond = rcond_,
          .optimality = optimality_};
}

template <Real T>
void SmallBatch<T>::penalise(Index first, Index count) {
  for (Index l = 0; l < lanes_; ++l) {
    const double alpha = batch_alpha(data_, first + std::min(l, count - 1));
    pull_[l] = alpha;
    for (Index j = 0; j < layout_.p; ++j) {
      const double factor = data_.penalty_factors.empty() ? 1.0 : data_.penalty_factors[j];
      const double penalty = alpha * factor;
      diagonal_[j * lanes_ + l] = penalty;
      if (!data_.prior_mean.empty()) right_[j * lanes_ + l] = penalty * data_.prior_mean[j];
    }
  }
}

// Problems whose results are not finite are not fitted. v - v is 0 or NaN; the sums of all lanes
// advance together.
template <Real T>
void SmallBatch<T>::refuse_infinite_results() {
  const Index n = layout_.t * layout_.p;
  double not_finite[8] = {};
  const auto add = [&](const double* v) {
    for (Index l = 0; l < lanes_; ++l) not_finite[l] += v[l] - v[l];
  };
  for (Index e = 0; e < n; ++e) add(coef_ + e * lanes_);
  for (Index u = 0; u < layout_.t; ++u) add(intercept_ + u * lanes_);
  for (Index l = 0; l < lanes_; ++l) {
    if (not_finite[l] != 0.0) rcond_[l] = 0.0;
  }
}

template <Real T>
void SmallBatch<T>::run(Index first, Index count, BatchProblem<T>& problem) {
  const auto rows_of = [&](Index k) {
    const auto& one = problem.take(k);
    const auto& weight = one.sample_weight;
    return SmallRows<T>{.x = one.x,
                        .y = one.y,
                        .weight = weight.empty() ? nullptr : weight.data(),
                        .centred = options_.fit_intercept,
                        .next_x = {},
                        .next_y = {}};
  };
  bool too_large[8] = {};
  for (Index l = 0; l < count; ++l) {
    auto rows = rows_of(first + l);
    if (batch_in_place(data_) && first + l + ahead < data_.n_problems) {
      rows.next_x = batch_x(data_, first + l + ahead);
      rows.next_y = batch_y(data_, first + l + ahead);
    }
    double* sums = gathered_.data() + l * gathered_ld_;
    too_large[l] = rows.x.rows > most_values / layout_.p;
    if (!too_large[l]) kernels_.sums<T>()(rows, layout_, sums + layout_.size(), sums);
  }
  penalise(first, count);
  kernels_.interleave(gathered_ld_, gathered_.data(), gathered_ld_, sums_);
  const auto all = systems();
  kernels_.solve_all(all);
  for (Index l = 0; l < count; ++l) {
    if (too_large[l] || !(rcond_[l] >= rcond_exact)) rcond_[l] = 0.0;
    if (rcond_[l] == 0.0 || rcond_[l] >= small_comfortable) continue;
    if (options_.penalize_intercept) rcond_[l] = 0.0;
    else SmallLane{all, lanes_, l}.correct(rows_of(first + l));
  }
  refuse_infinite_results();
}

template <Real T>
void SmallBatch<T>::write(Index l, double* coef, double* intercept) const {
  const Index p = layout_.p, t = layout_.t;
  for (Index e = 0; e < t * p; ++e) coef[e] = coef_[e * lanes_ + l];
  for (Index u = 0; u < t; ++u) intercept[u] = intercept_[u * lanes_ + l];
}

template class SmallBatch<double>;
template class SmallBatch<float>;

}  // namespace elltwo
