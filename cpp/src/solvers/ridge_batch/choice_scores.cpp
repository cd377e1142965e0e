#include "solvers/ridge_batch/choice_scores.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

#include "parallel/interruption.hpp"

namespace elltwo {
namespace {

// Predictions of several alphas that are held together: 128 MB.
constexpr std::size_t most_predictions = std::size_t{1} << 24;

}  // namespace

std::vector<Index> fold_starts(Index n, Index n_folds) {
  std::vector<Index> starts;
  for (Index f = 0; f <= n_folds; ++f) {
    starts.push_back(f * (n / n_folds) + std::min(f, n % n_folds));
  }
  return starts;
}

void require_rows(Index n, const Choice& choice) {
  const Index wanted = choice.by == ChoiceBy::folds ? choice.n_folds : 2;
  if (n >= wanted) return;
  const std::string what = choice.by == ChoiceBy::folds
                               ? std::to_string(wanted) + " folds need " + std::to_string(wanted)
                               : "cross-validation needs at least 2";
  throw std::invalid_argument("X has " + std::to_string(n) + " row(s), while " + what);
}

template <Real T>
ChoiceScores<T>::ChoiceScores(const RidgeData<T>& data, const Choice& choice,
                              const RidgeOptions& options, double smallest_alpha, Monitor& monitor)
    : data_(data),
      options_(options),
      monitor_(monitor),
      smallest_alpha_(smallest_alpha),
      weight_(data.sample_weight.begin(), data.sample_weight.end()),
      by_(choice.by) {
  const Index n = data.x.rows;
  require_rows(n, choice);
  if (weight_.empty()) weight_.assign(n, 1.0);
  if (by_ == ChoiceBy::folds && choice.n_folds == n) by_ = ChoiceBy::leave_one_out;
  if (by_ != ChoiceBy::folds) {
    path_.emplace(data_, options_, monitor_);
    return;
  }
  const Index k = choice.n_folds;
  const auto starts = fold_starts(n, choice.n_folds);
  for (Index f = 0; f < k; ++f) {
    fold_.insert(fold_.end(), static_cast<std::size_t>(starts[f + 1] - starts[f]),
                 static_cast<std::int32_t>(f));
  }
  train_.assign(k * k, 1.0);
  test_.assign(k * k, 0.0);
  for (Index f = 0; f < k; ++f) {
    train_[f * k + f] = 0.0;
    test_[f * k + f] = 1.0;
  }
  const Splits splits{.group = fold_, .n_groups = choice.n_folds, .train = train_, .test = test_};
  splits_.emplace(data_, splits, options_, monitor_);
}

template <Real T>
void ChoiceScores<T>::decompose() {
  if (smallest_alpha_ < 0.0) return;
  const double smallest = std::exchange(smallest_alpha_, -1.0);
  if (!path_->decompose(smallest)) throw Interrupted{};
}

template <Real T>
bool ChoiceScores<T>::own_grid(std::span<double> out) {
  if (splits_) {
    bool done = false;
    const auto values = splits_->eigenvalues(done);
    if (!done) throw Interrupted{};
    elltwo::own_grid(values, out);
    return true;
  }
  decompose();
  elltwo::own_grid(path_->eigenvalues(), out);
  return true;
}

template <Real T>
bool ChoiceScores<T>::score(std::span<const double> alphas, AlphaScores& out) {
  if (splits_) {
    out = by_folds(alphas);
    return true;
  }
  decompose();
  out = by_ == ChoiceBy::gcv ? by_measures(alphas) : by_rows(alphas);
  return true;
}

template <Real T>
AlphaScores ChoiceScores<T>::by_measures(std::span<const double> alphas) {
  const Index n_targets = data_.y.cols;
  std::vector<double> edf(alphas.size()), rss(alphas.size() * n_targets);
  path_->measures(alphas, edf, rss);
  const auto counted =
      std::count_if(weight_.begin(), weight_.end(), [](double w) { return w > 0.0; });
  AlphaScores out{std::vector<double>(alphas.size(), 0.0), {}};
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    for (Index t = 0; t < n_targets; ++t) {
      out.score[a] += generalised_cv(static_cast<double>(counted), rss[a * n_targets + t], edf[a]);
    }
    out.score[a] /= static_cast<double>(n_targets);
  }
  return out;
}

template <Real T>
AlphaScores ChoiceScores<T>::by_rows_of_some(std::span<const double> alphas) {
  const auto n = static_cast<Index>(weight_.size()), n_targets = data_.y.cols;
  const std::size_t n_alphas = alphas.size();
  std::vector<double> sse(n_alphas * n_targets), predictions(n * n_targets * n_alphas);
  if (!path_->leave_one_out(alphas, sse, predictions)) throw Interrupted{};
  std::vector<double> squares(n * n_alphas, 0.0);
  for (Index i = 0; i < n; ++i) {
    for (Index t = 0; t < n_targets; ++t) {
      const double y = data_.y(i, t);
      for (std::size_t a = 0; a < n_alphas; ++a) {
        const double e = y - predictions[(i * n_targets + t) * n_alphas + a];
        squares[i * n_alphas + a] += e * e / static_cast<double>(n_targets);
      }
    }
  }
  return pooled(squares, weight_);
}

template <Real T>
AlphaScores ChoiceScores<T>::by_rows(std::span<const double> alphas) {
  const std::size_t of_one = weight_.size() * data_.y.cols;
  const std::size_t at_once = std::max<std::size_t>(1, most_predictions / of_one);
  AlphaScores out;
  for (std::size_t a = 0; a < alphas.size(); a += at_once) {
    const auto count = std::min(at_once, alphas.size() - a);
    const auto some = by_rows_of_some(alphas.subspan(a, count));
    out.score.insert(out.score.end(), some.score.begin(), some.score.end());
    out.standard_error.insert(out.standard_error.end(), some.standard_error.begin(),
                              some.standard_error.end());
  }
  return out;
}

template <Real T>
AlphaScores ChoiceScores<T>::by_folds(std::span<const double> alphas) {
  const Index n_targets = data_.y.cols;
  const auto k = static_cast<Index>(std::sqrt(static_cast<double>(train_.size())) + 0.5);
  std::vector<double> sse(k * alphas.size() * n_targets), weight(k);
  if (!splits_->score(alphas, sse, weight)) throw Interrupted{};
  std::vector<double> mse(k * alphas.size(), 0.0);
  for (std::size_t i = 0; i < sse.size(); ++i) {
    const std::size_t fold = i / n_targets / alphas.size();
    mse[i / n_targets] += sse[i] / weight[fold] / static_cast<double>(n_targets);
  }
  return pooled(mse, weight);
}

template class ChoiceScores<double>;
template class ChoiceScores<float>;

}  // namespace elltwo
