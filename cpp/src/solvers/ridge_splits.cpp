#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "elltwo/cross_validation.hpp"
#include "solvers/group_moments.hpp"
#include "solvers/path_dual.hpp"
#include "solvers/path_primal.hpp"
#include "solvers/refit.hpp"
#include "solvers/validate.hpp"

namespace elltwo {
namespace {

constexpr double most_gram_bytes = 1e9;  // of all groups; beyond, every split takes its own

void validate_splits(const Splits& splits, Index n) {
  if (static_cast<Index>(splits.group.size()) != n || splits.n_groups < 1 || splits.size() < 1 ||
      splits.train.size() != splits.test.size()) {
    throw std::invalid_argument("splits must name a group for each of the " + std::to_string(n) +
                                " rows of X, and training and test sets of these groups");
  }
  for (const auto g : splits.group) {
    if (g < 0 || g >= splits.n_groups) {
      throw std::invalid_argument("group must be in [0, " + std::to_string(splits.n_groups) +
                                  "), got " + std::to_string(g));
    }
  }
}

/// Scores of all alphas for one split at a time.
template <Real T>
class SplitScores {
 public:
  SplitScores(const RidgeData<T>& data, std::span<const double> alphas, const Splits& splits,
              const RidgeOptions& options, Monitor& monitor)
      : data_(data),
        alphas_(alphas),
        splits_(splits),
        options_(options),
        monitor_(monitor),
        smallest_(*std::min_element(alphas.begin(), alphas.end())) {}

  /// Takes the split's training weights and test rows; throws if either is without weight.
  void choose(Index s) {
    const auto n = splits_.group.size();
    train_weight_.resize(n);
    test_rows_.clear();
    test_weight_.clear();
    double train = 0.0, test = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      const auto cell = static_cast<std::size_t>(s * splits_.n_groups + splits_.group[i]);
      const double w = data_.sample_weight.empty() ? 1.0 : data_.sample_weight[i];
      train_weight_[i] = w * splits_.train[cell];
      train += train_weight_[i];
      if (!(splits_.test[cell] > 0.0)) continue;
      test_rows_.push_back(static_cast<Index>(i));
      test_weight_.push_back(w * splits_.test[cell]);
      test += test_weight_.back();
    }
    const char* empty = !(train > 0.0) ? "training" : !(test > 0.0) ? "test" : nullptr;
    if (empty != nullptr) {
      throw std::invalid_argument(std::string("sample_weight must not be all zero on a ") + empty +
                                  " set, got zeros for every row of that of split " +
                                  std::to_string(s));
    }
    test_total_ = test;
  }

  double test_weight() const { return test_total_; }

  /// Fits the training rows at every alpha; `moments` are theirs, if known.
  bool score(std::optional<Moments> moments, double* sse) {
    auto data = data_;
    data.sample_weight = train_weight_;
    const double alpha = 1.0;
    data.alpha = {&alpha, 1};
    Problem<T> problem(data, options_, monitor_);
    if (moments.has_value()) {
      PrimalPath<T> path(problem);
      return path.decompose(std::move(*moments), smallest_) &&
             path.squared_errors(test_rows_, test_weight_, alphas_, sse);
    }
    if (training_rows() < data.x.cols) {
      DualPath<T> path(problem);
      return path.decompose(smallest_) &&
             path.squared_errors(test_rows_, test_weight_, alphas_, sse);
    }
    PrimalPath<T> path(problem);
    return path.decompose(smallest_) && path.squared_errors(test_rows_, test_weight_, alphas_, sse);
  }

  /// By ridge() itself, which brings data of any scale into range.
  bool score_by_refit(double* sse) {
    auto data = data_;
    data.sample_weight = train_weight_;
    const Index p = data.x.cols, n_targets = data.y.cols;
    std::vector<double> coef(alphas_.size() * static_cast<std::size_t>(p));
    std::vector<double> intercept(alphas_.size());
    for (Index t = 0; t < n_targets; ++t) {
      if (!refit_target(data, t, alphas_, options_, monitor_, coef, intercept)) return false;
      for (std::size_t a = 0; a < alphas_.size(); ++a) {
        const double* b = coef.data() + a * static_cast<std::size_t>(p);
        double sum = 0.0;
        for (std::size_t k = 0; k < test_rows_.size(); ++k) {
          double r = data.y(test_rows_[k], t) - intercept[a];
          for (Index j = 0; j < p; ++j) r -= static_cast<double>(data.x(test_rows_[k], j)) * b[j];
          sum += test_weight_[k] * r * r;
        }
        sse[static_cast<Index>(a) * n_targets + t] = sum;
      }
    }
    return true;
  }

 private:
  Index training_rows() const {
    return std::count_if(train_weight_.begin(), train_weight_.end(),
                         [](double w) { return w > 0.0; });
  }

  const RidgeData<T>& data_;
  std::span<const double> alphas_;
  const Splits& splits_;
  const RidgeOptions& options_;
  Monitor& monitor_;
  double smallest_;
  double test_total_ = 0.0;
  std::vector<double> train_weight_;
  std::vector<Index> test_rows_;
  std::vector<double> test_weight_;
};

// Fewer rows to train on than features: the dual of each split, and no Gram matrices.
Index fewest_training_rows(const Splits& splits) {
  std::vector<Index> size(static_cast<std::size_t>(splits.n_groups), 0);
  for (const auto g : splits.group) ++size[static_cast<std::size_t>(g)];
  Index fewest = static_cast<Index>(splits.group.size());
  for (Index s = 0; s < splits.size(); ++s) {
    Index rows = 0;
    for (Index g = 0; g < splits.n_groups; ++g) {
      const auto cell = static_cast<std::size_t>(s * splits.n_groups + g);
      if (splits.train[cell] > 0.0) rows += size[static_cast<std::size_t>(g)];
    }
    fewest = std::min(fewest, rows);
  }
  return fewest;
}

}  // namespace

template <Real T>
Status ridge_splits(const RidgeData<T>& data, std::span<const double> alphas, const Splits& splits,
                    const RidgeOptions& options, Monitor& monitor, std::span<double> sse,
                    std::span<double> weight) {
  auto checked = data;
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    checked.alpha = alphas.subspan(a, 1);
    validate(checked, options, "alphas");
  }
  validate_splits(splits, data.x.rows);
  SplitScores<T> scores(data, alphas, splits, options, monitor);
  for (Index s = 0; s < splits.size(); ++s) {
    scores.choose(s);
    weight[static_cast<std::size_t>(s)] = scores.test_weight();
  }
  const double columns = static_cast<double>(data.x.cols + data.y.cols + 1);
  const bool shared = fewest_training_rows(splits) >= data.x.cols &&
                      8.0 * columns * columns * splits.n_groups <= most_gram_bytes;
  std::optional<GroupMoments<T>> groups;
  bool in_range = true;
  if (shared) {
    groups.emplace(data, splits.group, splits.n_groups, options);
    if (!groups->compute(monitor)) return Status::interrupted;
    in_range = groups->in_range();
    if (!in_range) throw_if_not_finite(data);
  }
  for (Index s = 0; s < splits.size(); ++s) {
    scores.choose(s);
    double* row = sse.data() + s * static_cast<Index>(alphas.size()) * data.y.cols;
    if (!in_range) {
      if (!scores.score_by_refit(row)) return Status::interrupted;
      continue;
    }
    std::optional<Moments> moments;
    if (groups.has_value()) {
      const auto first = static_cast<std::size_t>(s * splits.n_groups);
      auto train =
          groups->sum(splits.train.subspan(first, static_cast<std::size_t>(splits.n_groups)));
      if (!(options.fit_intercept && far_from_mean(train)))
        moments = groups->finish(std::move(train));
    }
    if (!scores.score(std::move(moments), row)) return Status::interrupted;
  }
  return Status::converged;
}

template Status ridge_splits<double>(const RidgeData<double>&, std::span<const double>,
                                     const Splits&, const RidgeOptions&, Monitor&,
                                     std::span<double>, std::span<double>);
template Status ridge_splits<float>(const RidgeData<float>&, std::span<const double>, const Splits&,
                                    const RidgeOptions&, Monitor&, std::span<double>,
                                    std::span<double>);

}  // namespace elltwo
