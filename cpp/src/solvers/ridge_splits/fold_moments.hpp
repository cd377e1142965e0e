#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "elltwo/ridge.hpp"
#include "gram/moments.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// Memory of the Gram matrices of all folds up to which they are kept; beyond, every split forms
/// its own.
inline constexpr double most_fold_gram_bytes = 1e9;

/// The Gram matrices of folds (groups of rows that splits use as a whole) about one common shift.
/// The moments of a training set are sums of them, without any subtraction.
template <Real T>
class FoldMoments {
 public:
  /// Row i belongs to fold[i] in [0, n_folds). `sparse` holds the features where data.x has a shape
  /// but no values.
  FoldMoments(const RidgeData<T>& data, std::span<const std::int32_t> fold, Index n_folds,
              const RidgeOptions& options, const SparseRows<T>* sparse = nullptr);

  /// Forms all Gram matrices. Dense X is read once and not copied, since packing gathers the rows
  /// of a fold; the rows of sparse X are copied for one fold at a time. Throws Interrupted.
  void compute(Monitor& monitor);

  /// Whether all sums of squares lie within the range in which products keep their digits.
  bool in_range() const;

  /// sum_g times[g] G_g over the folds g.
  GramMatrix sum(std::span<const double> times) const;

  /// The same for [x | 1] without the targets.
  GramMatrix feature_sum(std::span<const double> times) const;

  /// The sum over all folds but one, for each fold: those before it and those behind it, which
  /// takes three additions of matrices for each.
  std::vector<GramMatrix> sums_but_one() const;

  /// Such a sum, with or without the targets, as moments about its own mean, or about zero without
  /// an intercept.
  ScaledMoments finish(GramMatrix sum) const;

 private:
  void compute_sparse(Monitor& monitor);

  const RidgeData<T>& data_;
  const RidgeOptions& options_;
  const SparseRows<T>* sparse_;
  std::vector<std::vector<Index>> rows_;  // of each fold
  std::vector<double> root_weight_;       // square roots of the weights; empty: ones
  std::vector<double> x_shift_;
  std::vector<double> y_shift_;
  std::vector<GramMatrix> grams_;  // of each fold
};

}  // namespace elltwo
