#include <algorithm>
#include <optional>
#include <vector>

#include "elltwo/cross_validation.hpp"
#include "solvers/group_moments.hpp"
#include "solvers/path_dual.hpp"
#include "solvers/path_primal.hpp"
#include "solvers/refit.hpp"
#include "solvers/split_rows.hpp"
#include "solvers/validate.hpp"

namespace elltwo {
namespace {

constexpr double most_gram_bytes = 1e9;  // of all groups; beyond, every split takes its own

/// Scores of all alphas for one split at a time.
template <Real T>
class SplitScores {
 public:
  SplitScores(const RidgeData<T>& data, std::span<const double> alphas, const Splits& splits,
              const RidgeOptions& options, Monitor& monitor)
      : data_(data),
        alphas_(alphas),
        options_(options),
        monitor_(monitor),
        rows_(splits, data.sample_weight),
        smallest_(*std::min_element(alphas.begin(), alphas.end())) {}

  void choose(Index s) { rows_.choose(s); }

  double test_weight() const { return rows_.test_total(); }

  /// Fits the training rows at every alpha; `moments` are theirs, if known.
  bool score(std::optional<Moments> moments, double* sse) {
    auto data = data_;
    data.sample_weight = rows_.train_weight();
    const double alpha = 1.0;
    data.alpha = {&alpha, 1};
    Problem<T> problem(data, options_, monitor_);
    if (moments.has_value()) {
      PrimalPath<T> path(problem);
      return path.decompose(std::move(*moments), smallest_) &&
             path.squared_errors(rows_.test_rows(), rows_.test_weight(), alphas_, sse);
    }
    if (rows_.n_trained() < data.x.cols) {
      DualPath<T> path(problem);
      return path.decompose(smallest_) &&
             path.squared_errors(rows_.test_rows(), rows_.test_weight(), alphas_, sse);
    }
    PrimalPath<T> path(problem);
    return path.decompose(smallest_) &&
           path.squared_errors(rows_.test_rows(), rows_.test_weight(), alphas_, sse);
  }

  /// By ridge() itself, which brings data of any scale into range.
  bool score_by_refit(double* sse) {
    auto data = data_;
    data.sample_weight = rows_.train_weight();
    const Index p = data.x.cols, n_targets = data.y.cols;
    std::vector<double> coef(alphas_.size() * static_cast<std::size_t>(p));
    std::vector<double> intercept(alphas_.size());
    for (Index t = 0; t < n_targets; ++t) {
      if (!refit_target<T>(data, nullptr, t, alphas_, options_, monitor_, coef, intercept))
        return false;
      for (std::size_t a = 0; a < alphas_.size(); ++a) {
        const double* b = coef.data() + a * static_cast<std::size_t>(p);
        double sum = 0.0;
        for (std::size_t k = 0; k < rows_.test_rows().size(); ++k) {
          const Index i = rows_.test_rows()[k];
          double r = data.y(i, t) - intercept[a];
          for (Index j = 0; j < p; ++j) r -= static_cast<double>(data.x(i, j)) * b[j];
          sum += rows_.test_weight()[k] * r * r;
        }
        sse[static_cast<Index>(a) * n_targets + t] = sum;
      }
    }
    return true;
  }

 private:
  const RidgeData<T>& data_;
  std::span<const double> alphas_;
  const RidgeOptions& options_;
  Monitor& monitor_;
  SplitRows rows_;
  double smallest_;
};

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
  // Fewer rows to train on than features: the dual of each split, and no Gram matrices.
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
