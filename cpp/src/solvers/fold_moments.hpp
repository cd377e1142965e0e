#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "elltwo/ridge.hpp"
#include "gram/moments.hpp"

namespace elltwo {

/// The Gram matrices of every fold about one common shift: the moments of all other folds are sums
/// of them, without any subtraction.
template <Real T>
class FoldMoments {
 public:
  FoldMoments(const RidgeData<T>& data, std::span<const std::int32_t> fold, Index n_folds,
              const RidgeOptions& options);

  /// Packing gathers each fold's rows: X is read once and not copied. False if interrupted.
  bool compute(Monitor& monitor);

  /// Whether squares of the data kept within the range of the arithmetic.
  bool in_range() const;

  /// Calls visit(f, Gram matrix of the other folds) for every f; stops when it returns false.
  bool for_each_complement(const std::function<bool(Index, GramMatrix)>& visit) const;

  /// A sum of folds as moments about its own mean (or about zero without an intercept).
  Moments finish(GramMatrix sum) const;

  /// sum over fold f of w (y_t - b0 - x.b)^2.
  double squared_error(Index f, Index t, const double* b, double b0) const;

  /// sum over fold f of w (y_t - shift)^2.
  double total_square(Index f, Index t) const;

 private:
  bool visit_range(Index first, Index last, const GramMatrix& others,
                   const std::function<bool(Index, GramMatrix)>& visit) const;

  const RidgeData<T>& data_;
  const RidgeOptions& options_;
  std::vector<std::vector<Index>> rows_;
  std::vector<double> root_weight_;
  std::vector<double> x_shift_;
  std::vector<double> y_shift_;
  std::vector<GramMatrix> grams_;
};

}  // namespace elltwo
