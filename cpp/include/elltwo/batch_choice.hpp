#pragma once

#include <span>

#include "elltwo/batch.hpp"

namespace elltwo {

/// The score of an alpha; smaller is better.
enum class ChoiceBy {
  gcv,            ///< n RSS / (n - tr S)^2 (Golub, Heath and Wahba 1979, equation 1.4)
  leave_one_out,  ///< mean of squared errors of the fits without the row (ibid., equation 1.2)
  folds  ///< the same with contiguous blocks of rows left out, the first n % n_folds one row longer
};

/// How each problem's alpha is chosen: the one with the smallest score or, with
/// `one_standard_error`, the largest alpha whose score is within a standard error of it; of equal
/// scores the largest alpha.
struct Choice {
  ChoiceBy by = ChoiceBy::leave_one_out;
  Index n_folds = 0;
  bool one_standard_error = false;
  std::span<const double> alphas;  ///< shared by all problems, in [0, inf]; empty: each has its own
};

/// The number of alphas of a problem's own grid: 100 from nearly full rank to nearly no degrees of
/// freedom, evenly spaced in their logarithm, with 0 before and infinity after them. These two ends
/// are tried only where the smallest or the largest of the others is the best or the chosen one.
inline constexpr Index own_grid_size = 102;

/// Where choose_alphas() writes, row-major. Scores are means over targets.
struct ChoiceResults {
  std::span<double> alpha;           ///< problems
  std::span<double> grid;            ///< problems x own_grid_size; empty if the alphas are shared
  std::span<double> score;           ///< problems x alphas; infinite where not tried
  std::span<double> standard_error;  ///< problems x alphas; empty for gcv
};

/// Chooses an alpha for every problem, several at a time on threads; bits do not depend on the
/// number of threads. data.alpha is ignored. Returns Status::interrupted if the monitor asked to
/// stop, else Status::converged. Throws std::invalid_argument as ridge_batch() does, naming the
/// problem, and where a problem has fewer rows than folds, or fewer than two. Defined for float and
/// double.
template <Real T>
Status choose_alphas(const BatchData<T>& data, const Choice& choice, const RidgeOptions& options,
                     Monitor& monitor, const ChoiceResults& results);

/// choose_alphas() without a monitor: it cannot be interrupted.
template <Real T>
void choose_alphas(const BatchData<T>& data, const Choice& choice, const RidgeOptions& options,
                   const ChoiceResults& results) {
  Monitor nobody;
  choose_alphas(data, choice, options, nobody, results);
}

}  // namespace elltwo
