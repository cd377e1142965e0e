#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "elltwo/cross_validation.hpp"
#include "solvers/fold_moments.hpp"
#include "solvers/outcome.hpp"
#include "solvers/primal.hpp"
#include "solvers/validate.hpp"

namespace elltwo {
namespace {

void validate_folds(std::span<const std::int32_t> fold, Index n_folds, Index n) {
  if (n_folds < 2 || n_folds > n) {
    throw std::invalid_argument("cv must be between 2 and the number of samples (" +
                                std::to_string(n) + "), got " + std::to_string(n_folds));
  }
  if (static_cast<Index>(fold.size()) != n) {
    throw std::invalid_argument("fold must have one entry per row of X (" + std::to_string(n) +
                                "), got " + std::to_string(fold.size()));
  }
  for (const auto f : fold) {
    if (f < 0 || f >= n_folds) {
      throw std::invalid_argument("fold must be in [0, " + std::to_string(n_folds) + "), got " +
                                  std::to_string(f));
    }
  }
}

/// Scores of all alphas for one fold at a time.
template <Real T>
class KFold {
 public:
  KFold(const RidgeData<T>& data, std::span<const double> alphas,
        std::span<const std::int32_t> fold, const RidgeOptions& options, Monitor& monitor)
      : data_(data), alphas_(alphas), fold_(fold), options_(options), monitor_(monitor) {}

  /// Weights of the other folds' rows; throws if none is left. Returns the fold's own weight.
  double leave_out(Index f) {
    train_weight_.resize(fold_.size());
    double left = 0.0;
    double train = 0.0;
    for (std::size_t i = 0; i < fold_.size(); ++i) {
      const double w = data_.sample_weight.empty() ? 1.0 : data_.sample_weight[i];
      train_weight_[i] = fold_[i] == f ? 0.0 : w;
      train += train_weight_[i];
      left += w - train_weight_[i];
    }
    if (!(train > 0.0)) {
      throw std::invalid_argument(
          "sample_weight must not be all zero outside a fold, got zeros for "
          "every row outside fold " +
          std::to_string(f));
    }
    return left;
  }

  /// From the other folds' moments; `own` are the fold's, about the folds' common shift.
  bool score(Index f, const FoldMoments<T>& folds, GramMatrix train, double* sse) {
    auto data = training_data();
    data.alpha = alphas_;
    Problem<T> problem(data, options_, monitor_);
    PrimalRidge<T> primal(problem);
    primal.adopt(folds.finish(std::move(train)));
    TargetGroup group{.targets = {}};
    for (Index t = 0; t < data.y.cols; ++t) group.targets.push_back(t);
    std::vector<double> coef(static_cast<std::size_t>(data.y.cols * data.x.cols));
    std::vector<double> intercept(static_cast<std::size_t>(data.y.cols));
    for (std::size_t a = 0; a < alphas_.size(); ++a) {
      group.alpha = alphas_[a];
      const auto fit = primal.fit(group);
      if (fit.info.status == Status::interrupted) return false;
      const auto& m = primal.moments();
      problem.write_result(group, fit, m.weight, m.x_mean.data(), m.y_mean.data(), coef, intercept);
      for (Index t = 0; t < data.y.cols; ++t) {
        const double* b = coef.data() + t * data.x.cols;
        const double b0 = intercept[static_cast<std::size_t>(t)];
        double value = folds.squared_error(f, t, b, b0);
        if (!(value > 1e-9 * folds.total_square(f, t))) value = squared_error(f, t, b, b0);
        sse[static_cast<Index>(a) * data.y.cols + t] = value;
      }
    }
    return true;
  }

  /// From a fit of its own per fold and target: more features than samples, or data out of range.
  bool score_by_refit(Index f, double* sse) {
    const Index n_targets = data_.y.cols;
    const auto n_alphas = static_cast<Index>(alphas_.size());
    std::vector<double> coef(static_cast<std::size_t>(n_alphas * data_.x.cols));
    std::vector<double> intercept(static_cast<std::size_t>(n_alphas));
    for (Index t = 0; t < n_targets; ++t) {
      auto data = training_data();
      data.y = {data_.y.data + t * data_.y.col_stride, data_.y.rows, n_alphas, data_.y.row_stride,
                0};
      data.alpha = alphas_;
      if (!data.prior_mean.empty()) repeat_prior(t, data);
      if (ridge(data, options_, monitor_, coef, intercept).status == Status::interrupted)
        return false;
      for (Index a = 0; a < n_alphas; ++a) {
        sse[a * n_targets + t] = squared_error(f, t, coef.data() + a * data_.x.cols,
                                               intercept[static_cast<std::size_t>(a)]);
      }
    }
    return true;
  }

 private:
  RidgeData<T> training_data() const {
    auto data = data_;
    data.sample_weight = train_weight_;
    return data;
  }

  void repeat_prior(Index t, RidgeData<T>& data) {
    const auto p = static_cast<std::size_t>(data.x.cols);
    prior_.clear();
    for (std::size_t a = 0; a < alphas_.size(); ++a) {
      const auto row = data_.prior_mean.subspan(static_cast<std::size_t>(t) * p, p);
      prior_.insert(prior_.end(), row.begin(), row.end());
    }
    data.prior_mean = prior_;
  }

  double squared_error(Index f, Index t, const double* b, double b0) const {
    double sum = 0.0;
    for (Index i = 0; i < data_.x.rows; ++i) {
      if (fold_[static_cast<std::size_t>(i)] != f) continue;
      double r = data_.y(i, t) - b0;
      for (Index j = 0; j < data_.x.cols; ++j) r -= static_cast<double>(data_.x(i, j)) * b[j];
      const double w =
          data_.sample_weight.empty() ? 1.0 : data_.sample_weight[static_cast<std::size_t>(i)];
      sum += w * r * r;
    }
    return sum;
  }

  const RidgeData<T>& data_;
  std::span<const double> alphas_;
  std::span<const std::int32_t> fold_;
  const RidgeOptions& options_;
  Monitor& monitor_;
  std::vector<double> train_weight_;
  std::vector<double> prior_;
};

}  // namespace

template <Real T>
Status ridge_kfold(const RidgeData<T>& data, std::span<const double> alphas,
                   std::span<const std::int32_t> fold, Index n_folds, const RidgeOptions& options,
                   Monitor& monitor, std::span<double> sse, std::span<double> weight) {
  auto checked = data;
  checked.alpha = {};
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    checked.alpha = alphas.subspan(a, 1);
    validate(checked, options, "alphas");
  }
  validate_folds(fold, n_folds, data.x.rows);
  KFold<T> scores(data, alphas, fold, options, monitor);
  const auto row = [&](Index f) {
    return sse.data() + f * static_cast<Index>(alphas.size()) * data.y.cols;
  };
  for (Index f = 0; f < n_folds; ++f) weight[static_cast<std::size_t>(f)] = scores.leave_out(f);
  FoldMoments<T> folds(data, fold, n_folds, options);
  const bool tall = data.x.rows - data.x.rows / n_folds >= data.x.cols;
  if (tall) {
    if (!folds.compute(monitor)) return Status::interrupted;
    if (folds.in_range()) {
      const bool done = folds.for_each_complement([&](Index f, GramMatrix train) {
        scores.leave_out(f);
        if (options.fit_intercept && far_from_mean(train)) return scores.score_by_refit(f, row(f));
        return scores.score(f, folds, std::move(train), row(f));
      });
      return done ? Status::converged : Status::interrupted;
    }
    throw_if_not_finite(data);
  }
  for (Index f = 0; f < n_folds; ++f) {
    scores.leave_out(f);
    if (!scores.score_by_refit(f, row(f))) return Status::interrupted;
  }
  return Status::converged;
}

template <Real T>
double gram_trace(MatrixView<T> x, std::span<const double> sample_weight, bool fit_intercept) {
  const std::vector<double> no_target(static_cast<std::size_t>(x.rows), 0.0);
  const double alpha = 0.0;
  const RidgeData<T> data{.x = x,
                          .y = row_major(no_target.data(), x.rows, 1),
                          .alpha = {&alpha, 1},
                          .penalty_factors = {},
                          .prior_mean = {},
                          .sample_weight = sample_weight};
  validate(data, RidgeOptions{});
  throw_if_not_finite(data);
  // West (1979): one pass, no cancellation.
  const auto p = static_cast<std::size_t>(x.cols);
  std::vector<double> mean(p, 0.0);
  std::vector<double> square(p, 0.0);
  double weight = 0.0;
  for (Index i = 0; i < x.rows; ++i) {
    const double w = sample_weight.empty() ? 1.0 : sample_weight[static_cast<std::size_t>(i)];
    if (w == 0.0) continue;
    weight += w;
    const double share = fit_intercept ? w / weight : 0.0;
    for (std::size_t j = 0; j < p; ++j) {
      const double deviation = static_cast<double>(x(i, static_cast<Index>(j))) - mean[j];
      mean[j] += share * deviation;
      square[j] += w * deviation * deviation * (1.0 - share);
    }
  }
  double trace = 0.0;
  for (const double s : square) trace += s;
  return trace;
}

template Status ridge_kfold<double>(const RidgeData<double>&, std::span<const double>,
                                    std::span<const std::int32_t>, Index, const RidgeOptions&,
                                    Monitor&, std::span<double>, std::span<double>);
template Status ridge_kfold<float>(const RidgeData<float>&, std::span<const double>,
                                   std::span<const std::int32_t>, Index, const RidgeOptions&,
                                   Monitor&, std::span<double>, std::span<double>);
template double gram_trace<double>(MatrixView<double>, std::span<const double>, bool);
template double gram_trace<float>(MatrixView<float>, std::span<const double>, bool);

}  // namespace elltwo
