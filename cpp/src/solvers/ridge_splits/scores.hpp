#pragma once

#include <optional>

#include "parallel/relay.hpp"
#include "solvers/ridge_splits/error_forms.hpp"
#include "solvers/ridge_splits/sets.hpp"

namespace elltwo {

/// The fits of one split at every alpha, and their squared errors on its test rows. The functions
/// that write errors (`sse`, alphas x targets) throw Interrupted.
template <Real T>
class SplitScores {
 public:
  SplitScores(const RidgeData<T>& data, std::span<const double> alphas, SplitSets sets,
              const RidgeOptions& options, Monitor monitor);
  SplitScores(const SplitScores&) = delete;
  SplitScores& operator=(const SplitScores&) = delete;

  /// Whether the moments of folds may be used, whose weights are not scaled.
  bool has_plain_weights() const { return problem_->weight_scale() == 1.0; }

  /// Fits the training rows from their moments. Writes the errors, or where quadratic forms of the
  /// test rows' moments are cheaper only prepares errors_of().
  void score(ScaledMoments train, std::optional<ScaledMoments> test, double* sse);

  /// Fits the training rows and writes the errors, without known moments.
  void score_rows(double* sse);

  /// Fits every alpha by ridge(), which brings data of any scale into range, and writes the errors.
  void score_by_refit(double* sse) { refit(alphas_, sse); }

  /// Whether errors_of() is still to be called for all targets.
  bool has_forms() const { return forms_.has_value(); }

  /// Writes the errors of targets [first, first + count).
  void errors_of(Index first, Index count, Monitor& monitor, FormsSpace& space, double* sse) const {
    forms_->errors(first, count, monitor, space, sse);
  }

 private:
  void by_rows(PathMethod<T>& path, double* sse);
  void refit(std::span<const double> alphas, double* sse);

  double unit_ = 1.0;  // an alpha for data_, whose alpha no method reads
  SplitSets sets_;
  RidgeData<T> data_;
  RidgeOptions options_;
  Monitor monitor_;
  std::span<const double> alphas_;
  double smallest_;
  std::optional<Problem<T>> problem_;
  std::optional<PrimalPath<T>> path_;
  std::optional<ScaledMoments> test_moments_;
  std::optional<HeldOutRows> held_out_;
  std::optional<ErrorForms<T>> forms_;
};

}  // namespace elltwo
