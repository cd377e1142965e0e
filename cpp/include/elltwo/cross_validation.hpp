#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "elltwo/ridge.hpp"

namespace elltwo {

/// Splits of rows into training and test sets, by groups of rows (folds) that are used as a whole:
/// row i belongs to group[i] in [0, n_groups); in split s each row of group g is used train[s *
/// n_groups + g] times in training and test[s * n_groups + g] times in testing.
struct Splits {
  std::span<const std::int32_t> group;
  Index n_groups = 0;
  std::span<const double> train;
  std::span<const double> test;

  Index size() const { return n_groups > 0 ? static_cast<Index>(train.size()) / n_groups : 0; }
};

/// Cross-validation of ridge over grids of penalties, from one Gram matrix for each group of rows
/// and one decomposition for each split, and the fit to all rows from the same Gram matrices.
/// data.alpha is ignored. The data, the splits, the options and the monitor must outlive the
/// object.
template <Real T>
class RidgeSplits {
 public:
  /// Throws std::invalid_argument where values are out of range.
  RidgeSplits(const RidgeData<T>& data, const Splits& splits, const RidgeOptions& options,
              Monitor& monitor);
  ~RidgeSplits();

  /// RidgePath::eigenvalues() of all rows. `done` becomes false if the monitor asked to stop.
  std::vector<double> eigenvalues(bool& done);

  /// Writes
  ///   sse[(s * alphas + a) * targets + t] = sum over the test rows i of split s of
  ///       w_i (y_it - prediction for i of the fit to its training rows at alphas[a])^2
  /// and weight[s] = sum of w over its test rows. False if the monitor asked to stop.
  bool score(std::span<const double> alphas, std::span<double> sse, std::span<double> weight);

  /// ridge() of all rows, with one alpha or one for each target.
  SolveInfo fit(std::span<const double> alpha, std::span<double> coef, std::span<double> intercept);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace elltwo
