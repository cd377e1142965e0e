#pragma once

#include <optional>

#include "parallel/relay.hpp"
#include "solvers/ridge_splits/error_forms.hpp"
#include "solvers/ridge_splits/sets.hpp"

namespace elltwo {

/// One split's fits at every alpha, and their squared test errors (alphas x targets).
template <Real T>
class SplitScores {
 public:
  SplitScores(const RidgeData<T>& data, std::span<const double> alphas, SplitSets sets,
              const RidgeOptions& options, Monitor monitor);
  SplitScores(const SplitScores&) = delete;
  SplitScores& operator=(const SplitScores&) = delete;

  /// Whether the moments of groups, whose weights are not scaled, may be used.
  bool has_plain_weights() const { return problem_->weight_scale() == 1.0; }

  /// From moments of the training and of the test rows. Writes the errors, or leaves them to
  /// `errors_of` where that is cheaper. False if the monitor asked to stop.
  bool score(ScaledMoments train, std::optional<ScaledMoments> test, double* sse);

  /// From the rows alone.
  bool score_rows(double* sse);

  /// By ridge() itself, which brings data of any scale into range.
  bool score_by_refit(double* sse) { return refit(alphas_, sse); }

  /// Whether `errors_of` is still to be called for every target.
  bool has_forms() const { return forms_.has_value(); }
  bool errors_of(Index first, Index count, Monitor& monitor, FormsSpace& space, double* sse) const {
    return forms_->errors(first, count, monitor, space, sse);
  }

 private:
  bool by_rows(PathMethod<T>& path, double* sse);
  bool refit(std::span<const double> alphas, double* sse);

  double unit_ = 1.0;  // stands in data for the penalties to come
  SplitSets sets_;
  RidgeData<T> data_;
  RidgeOptions options_;
  Monitor monitor_;
  std::span<const double> alphas_;
  double smallest_;
  std::optional<Problem<T>> problem_;
  std::optional<PrimalPath<T>> path_;
  std::optional<ScaledMoments> test_moments_;
  std::optional<TestSet> test_;
  std::optional<TestForms<T>> forms_;
};

}  // namespace elltwo
