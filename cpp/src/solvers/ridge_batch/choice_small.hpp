#pragma once

#include <optional>
#include <vector>

#include "elltwo/batch_choice.hpp"
#include "gram/gram.hpp"
#include "solvers/ridge_batch/choice_rule.hpp"
#include "solvers/ridge_batch/small_path.hpp"

namespace elltwo {

/// What scores the alphas of small problems, one after the other, with room of its own: one target, up to 32
/// features, positive weights, plain penalties, an intercept that is free or none, more rows than features in
/// every fit and well-conditioned Gram matrices. Scores are those of ChoiceScores to about ten digits.
class SmallChoice {
 public:
  SmallChoice(const Choice& choice, const RidgeOptions& options);

  /// False where a problem is for ChoiceScores; so are the methods below, at any time.
  bool take(const RidgeData<double>& data, double smallest_alpha);

  bool own_grid(std::span<double> out);
  bool score(std::span<const double> alphas, AlphaScores& out);

 private:
  /// Moments of some rows about their mean, or about zero without an intercept.
  struct Centred {
    double weight = 0.0;
    double gram[SmallPath::max_size * SmallPath::max_size];
    double xy[SmallPath::max_size];
    double yy = 0.0;
    std::vector<double> mean;  // of the features, then of y
  };

  bool is_plain(const RidgeData<double>& data) const;
  bool take_weights(std::span<const double> weights);
  Source<double> rows_about(const std::vector<double>& shift, Index begin, Index end) const;
  bool add_gram(Index begin, Index end);
  bool centre(Index without, Centred& out) const;
  bool by_measures(std::span<const double> alphas, double* score);
  bool by_rows(Index n_alphas, double* score, double* error);
  bool by_folds(std::span<const double> alphas, AlphaScores& out);
  void add_fold(Index fold, Index n_alphas, double* sse);
  void take_coefficients(Index n_alphas);
  void take_residuals(const Source<double>& source, Index k0, Index kc, Index n_alphas);
  void take_leverages(Index kc);

  static constexpr Index max_alphas = SmallPath::max_alphas;
  static constexpr Index block_rows = 64;
  static constexpr Index max_cols = 40;  // features and target, padded

  Choice choice_;
  RidgeOptions options_;
  Monitor no_monitor_;
  const RidgeData<double>* data_ = nullptr;
  bool folds_ = false;
  double smallest_alpha_ = 0.0;
  std::vector<double> shift_;        // of the features and y, near their means
  std::vector<Index> starts_;        // of folds
  std::vector<double> root_weight_;  // of the rows; none: ones
  std::vector<GramMatrix> grams_;
  Centred moments_;
  SmallPath path_;
  Buffer<double> block_;     // packed rows
  Buffer<double> coef_;      // of all shifts, [b | -1], shift by shift
  Buffer<double> basis_;     // directions, column by column
  Buffer<double> turned_;    // rows in the basis, direction by direction
  Buffer<double> rows_;      // and row by row
  Buffer<double> leverage_;  // row by row
  Buffer<double> residual_;  // minus the residuals, shift by shift
  std::vector<double> squares_;
};

}  // namespace elltwo
