#pragma once

#include <optional>
#include <vector>

#include "elltwo/elastic_net.hpp"
#include "solvers/elastic_net/gram_solver.hpp"
#include "solvers/ridge_splits/fold_moments.hpp"
#include "solvers/ridge_splits/sets.hpp"

namespace elltwo {

/// The data of a cross-validation.
template <Real T>
struct SplitData {
  const RidgeData<T>& data;
  const SparseRows<T>* sparse;    ///< the rows where data.x has a shape alone, or null
  std::span<const double> shift;  ///< what was taken from their columns
  const Box& box;
  const Splits& splits;
};

/// Elastic nets of all rows and of training sets from one Gram matrix for each group of rows:
/// those of sets are sums of them, without any subtraction.
template <Real T>
class FoldNets {
 public:
  FoldNets(const SplitData<T>& data, const ElasticNetOptions& options, Monitor& monitor);

  /// Whether this is the way for such data: rows not fewer than features, and Gram matrices that
  /// fit in memory.
  static bool suits(const SplitData<T>& data);

  /// Reads the data. False where their sums are out of range or too far from the means. Throws
  /// Interrupted.
  bool compute();

  /// Sets l1_ratio of the paths that follow; first it is that of the options.
  void use_l1_ratio(double l1_ratio) { options_.l1_ratio = l1_ratio; }

  /// The paths of all rows.
  ElasticNetPaths all(const std::vector<double>& alphas);

  /// The paths of every training set, and errors on every test set (`sse`, splits x alphas x
  /// targets). Throws Interrupted.
  void score(const std::vector<double>& alphas, std::vector<ElasticNetPaths>& paths,
             std::vector<double>& sse);

 private:
  struct Task {
    Index split;
    const std::vector<double>& alphas;
    int n_threads;
    Monitor& monitor;
  };

  NetFrame frame(const ScaledMoments& moments) const;
  ElasticNetPaths solve(const ScaledMoments& moments, const RidgeData<T>& data,
                        const ElasticNetOptions& options, const std::vector<double>& alphas,
                        Monitor& monitor) const;
  std::optional<ScaledMoments> moments(std::span<const double> times) const;
  void score_split(const Task& task, ElasticNetPaths& paths, double* sse) const;
  void sum_training_sets();
  std::span<const double> of_split(std::span<const double> table, Index s) const;

  SplitData<T> given_;
  ElasticNetOptions options_;
  RidgeOptions ridge_options_;
  Monitor& monitor_;
  FoldMoments<T> folds_;
  std::optional<ScaledMoments> all_;
  std::vector<double> spread_;        // of the features in all rows
  Index passes_ = 0;                  // over the data that no paths have reported yet
  std::vector<ScaledMoments> train_;  // of every split; empty: to be formed one by one
};

}  // namespace elltwo
