#pragma once

#include <optional>
#include <vector>

#include "elltwo/batch_choice.hpp"
#include "gram/gram.hpp"
#include "solvers/ridge_batch/choice_rule.hpp"
#include "solvers/ridge_batch/small_path.hpp"

namespace elltwo {

/// Scores the alphas of small problems, one after the other, in work arrays of its own: one target,
/// up to 32 features, positive weights, unit penalty factors, no prior means, an intercept that is
/// free or none, more rows than features in every fit, and well-conditioned Gram matrices. Scores
/// agree with those of ChoiceScores to about ten digits.
class SmallChoice {
 public:
  SmallChoice(const Choice& choice, const RidgeOptions& options);

  /// Selects a problem. Like the functions below, false where ChoiceScores must score it.
  bool take(const RidgeData<double>& data, double smallest_alpha);

  /// Writes the problem's own alphas without the two ends, see own_grid_size.
  bool own_grid(std::span<double> out);

  bool score(std::span<const double> alphas, AlphaScores& out);

 private:
  /// Second moments of some rows about their mean, or about zero without an intercept.
  struct Centred {
    double weight = 0.0;                                     ///< sum of the weights
    double gram[SmallPath::max_size * SmallPath::max_size];  ///< x by x, both triangles
    double xy[SmallPath::max_size];                          ///< x by y
    double yy = 0.0;                                         ///< y by y
    std::vector<double> mean;                                ///< of the features, then of y
  };

  bool is_plain(const RidgeData<double>& data) const;
  bool take_weights(std::span<const double> weights);
  Source<double> rows_about(const std::vector<double>& shift, Index begin, Index end) const;
  void add_gram(Index begin, Index end);
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
  static constexpr Index max_cols = 40;  // features and target, padded to whole vectors

  Choice choice_;
  RidgeOptions options_;
  Monitor no_monitor_;
  const RidgeData<double>* data_ = nullptr;
  bool folds_ = false;
  double smallest_alpha_ = 0.0;
  std::vector<double> shift_;        // numbers near the means of the features, then of y
  std::vector<Index> starts_;        // first rows of the folds, then the number of rows
  std::vector<double> root_weight_;  // square roots of the weights; empty: ones
  std::vector<GramMatrix> grams_;    // of the folds, or of all rows
  Centred moments_;
  SmallPath path_;
  Buffer<double> block_;     // packed rows
  Buffer<double> coef_;      // [b | -1] of every alpha (alphas x max_cols)
  Buffer<double> basis_;     // the basis Q (directions x max_cols)
  Buffer<double> rotated_;   // rows in the basis (directions x rows)
  Buffer<double> rows_;      // the same (rows x directions)
  Buffer<double> leverage_;  // rows x alphas
  Buffer<double> residual_;  // minus the residuals (alphas x rows)
  std::vector<double> squares_;
};

}  // namespace elltwo
