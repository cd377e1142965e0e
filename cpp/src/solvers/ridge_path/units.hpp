#pragma once

#include <optional>
#include <span>
#include <vector>

#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// A ridge problem in units of powers of two, which round nothing: X 2^x, targets y_t 2^y[t],
/// weights 2^weight and factors 2^factor, both exponents even. It has coefficients b_t 2^(y[t] - x)
/// at alpha 2^penalty(), eigenvalues in the unit of alpha, and sums of squared errors
/// 2^(weight + 2 y[t]) times as large.
struct PathUnits {
  int x = 0;
  std::vector<int> y;
  int weight = 0;
  int factor = 0;

  int penalty() const { return weight + 2 * x - factor; }
  int squared_error(Index t) const { return weight + 2 * y[t]; }

  /// A penalty in these units, within [1e-300, 1e300] unless it is 0 or infinite.
  double alpha(double given) const;
  /// Whether alpha() returns the penalty itself, no end of that range.
  bool has(double given) const;

  /// Changes values of the problem in these units into those of the user's: coefficients (alphas x
  /// targets x features), one number for each target (alphas x targets), or eigenvalues.
  void restore_coefficients(std::span<double> coef, Index n_features) const;
  void restore_intercepts(std::span<double> intercept) const;
  void restore_squared_errors(std::span<double> sse) const;
  void restore_eigenvalues(std::span<double> s) const;
};

/// Throws std::invalid_argument unless the largest singular value of the features is far above the
/// rounding of that of a penalised intercept's column, `noise` times as large.
void require_beside_ones(double features, double ones, double noise);

/// The data of a problem in units in which the largest column over the root of its factor, every
/// target, the largest weight and the largest factor are about 1: copies, which are made only where
/// the user's own units are OutOfRange.
template <Real T>
class DataInUnits {
 public:
  /// `sparse` holds the features where data.x is empty but for its shape. Throws
  /// std::invalid_argument where the data contain NaN or infinity, or prior means are too large.
  /// Throws Interrupted.
  DataInUnits(const RidgeData<T>& given, const SparseRows<T>* sparse, const RidgeOptions& options,
              Monitor& monitor);

  /// Of rows that are gone, given their moments about the means in `old` units, which become those
  /// in the new ones.
  DataInUnits(const RidgeData<T>& given, const RidgeOptions& options, const SumUnits& old,
              ScaledMoments& moments);

  DataInUnits(const DataInUnits&) = delete;
  DataInUnits& operator=(const DataInUnits&) = delete;

  const RidgeData<T>& data() const { return data_; }
  const SparseRows<T>* sparse() const { return sparse_ ? &*sparse_ : nullptr; }
  const PathUnits& units() const { return units_; }

  std::vector<double> alphas(std::span<const double> given) const;

 private:
  void choose_x(std::span<const int> size_exponents, const RidgeOptions& options);
  void scale_penalty();
  void scale_rows(const SparseRows<T>* sparse);

  PathUnits units_;
  RidgeData<T> data_;
  Buffer<T> x_;
  Buffer<double> y_;
  std::vector<double> weight_, factors_, prior_;
  std::optional<SparseRows<T>> sparse_;
};

}  // namespace elltwo
