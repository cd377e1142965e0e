#pragma once

#include <optional>

#include "elltwo/batch_choice.hpp"
#include "elltwo/cross_validation.hpp"
#include "elltwo/ridge_path.hpp"
#include "solvers/ridge_batch/choice_rule.hpp"

namespace elltwo {

/// What scores the alphas of one problem by decompositions of it or of its training sets. Methods that
/// return bool say false if the monitor asked to stop.
template <Real T>
class ChoiceScores {
 public:
  /// Good for penalties from `smallest_alpha` on. The data and the monitor must outlive the object. Throws
  /// std::invalid_argument where values are out of range or rows too few.
  ChoiceScores(const RidgeData<T>& data, const Choice& choice, const RidgeOptions& options,
               double smallest_alpha, Monitor& monitor);

  /// The problem's own alphas, without the two ends.
  bool own_grid(std::span<double> out);

  bool score(std::span<const double> alphas, AlphaScores& out);

 private:
  bool decompose();
  bool by_measures(std::span<const double> alphas, AlphaScores& out);
  bool by_rows(std::span<const double> alphas, AlphaScores& out);
  bool by_rows_of_some(std::span<const double> alphas, AlphaScores& out);
  bool by_folds(std::span<const double> alphas, AlphaScores& out);

  const RidgeData<T>& data_;
  RidgeOptions options_;
  Monitor& monitor_;
  double smallest_alpha_;
  std::vector<double> weight_;
  ChoiceBy by_;
  std::vector<std::int32_t> fold_;
  std::vector<double> train_, test_;
  std::optional<RidgePath<T>> path_;
  std::optional<RidgeSplits<T>> splits_;
};

/// The first row of every one of `n_folds` contiguous blocks of n rows, the first n % n_folds of them one row
/// longer, and n.
std::vector<Index> fold_starts(Index n, Index n_folds);

/// Throws std::invalid_argument unless n rows can be cross-validated so.
void require_rows(Index n, const Choice& choice);

}  // namespace elltwo
