#pragma once

#include <optional>

#include "elltwo/batch_choice.hpp"
#include "elltwo/cross_validation.hpp"
#include "elltwo/ridge_path.hpp"
#include "solvers/ridge_batch/choice_rule.hpp"

namespace elltwo {

/// Scores the alphas of one problem by decompositions of it or of its training sets. Its functions
/// throw Interrupted.
template <Real T>
class ChoiceScores {
 public:
  /// For alphas from `smallest_alpha` on. The data and the monitor must outlive the object. Throws
  /// std::invalid_argument where values are out of range or rows too few.
  ChoiceScores(const RidgeData<T>& data, const Choice& choice, const RidgeOptions& options,
               double smallest_alpha, Monitor& monitor);

  /// Writes the problem's own alphas without the two ends, see own_grid_size. Always true: unlike
  /// SmallChoice it takes every problem.
  bool own_grid(std::span<double> out);

  /// Scores alphas. Always true.
  bool score(std::span<const double> alphas, AlphaScores& out);

 private:
  void decompose();
  AlphaScores by_measures(std::span<const double> alphas);
  AlphaScores by_rows(std::span<const double> alphas);
  AlphaScores by_rows_of_some(std::span<const double> alphas);
  AlphaScores by_folds(std::span<const double> alphas);

  const RidgeData<T>& data_;
  RidgeOptions options_;
  Monitor& monitor_;
  double smallest_alpha_;  // negative once the path is decomposed
  std::vector<double> weight_;
  ChoiceBy by_;
  std::vector<std::int32_t> fold_;    // of each row
  std::vector<double> train_, test_;  // splits x folds, see Splits
  std::optional<RidgePath<T>> path_;
  std::optional<RidgeSplits<T>> splits_;
};

/// The first rows of n_folds contiguous blocks of n rows, then n. The first n % n_folds blocks are
/// one row longer than the others.
std::vector<Index> fold_starts(Index n, Index n_folds);

/// Throws std::invalid_argument if n rows are too few for this kind of cross-validation.
void require_rows(Index n, const Choice& choice);

}  // namespace elltwo
