#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "elltwo/ridge.hpp"
#include "gram/moments.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// Memory of the Gram matrices of all folds up to which they are kept; beyond, every split forms its
/// own.
inline constexpr double most_fold_gram_bytes = 1e9;

/// The Gram matrices of groups of rows about one common shift: the moments of a training set are
/// sums of them, without any subtraction.
template <Real T>
class GroupMoments {
 public:
  /// `sparse` holds the features where data.x is empty but for its shape.
  GroupMoments(const RidgeData<T>& data, std::span<const std::int32_t> group, Index n_groups,
               const RidgeOptions& options, const SparseRows<T>* sparse = nullptr);

  /// Packing gathers each group's rows: X is read once and not copied; of sparse rows a group at a time
  /// is. False if interrupted.
  bool compute(Monitor& monitor);

  /// Whether squares of the data kept within the range of the arithmetic.
  bool in_range() const;

  /// sum_g times[g] G_g.
  GramMatrix sum(std::span<const double> times) const;

  /// The same of [x | 1] alone.
  GramMatrix feature_sum(std::span<const double> times) const;

  /// A sum of groups, with or without the targets, as moments about its own mean (or about zero without an intercept).
  ScaledMoments finish(GramMatrix sum) const;

 private:
  bool compute_sparse(Monitor& monitor);

  const RidgeData<T>& data_;
  const RidgeOptions& options_;
  const SparseRows<T>* sparse_;
  std::vector<std::vector<Index>> rows_;
  std::vector<double> root_weight_;
  std::vector<double> x_shift_;
  std::vector<double> y_shift_;
  std::vector<GramMatrix> grams_;
};

}  // namespace elltwo
