#pragma once

#include <optional>
#include <span>
#include <vector>

#include "solvers/elastic_net/penalty.hpp"
#include "solvers/ridge/problem.hpp"
#include "solvers/ridge_sparse/design.hpp"

namespace elltwo {

/// The columns of an elastic net's data, measured by a pass over X and scaled by powers of two
/// where their squares would leave the range of the arithmetic: what solvers on the columns of X
/// read. Column j of the design is z_j = scale_j x_j - mean_j.
template <Real T>
class NetDesign {
 public:
  /// Of the dense problem.data().x. Throws where the data are not finite. Throws Interrupted.
  explicit NetDesign(Problem<T>& problem);

  /// Of sparse rows, from full columns of which shift_full_columns() has taken the mean.
  NetDesign(Problem<T>& problem, SparseRows<T> rows);

  const Problem<T>& problem() const { return problem_; }
  /// The rows, scaled, where X is sparse; else null.
  const SparseRows<T>* sparse() const { return sparse_ ? &sparse_->x : nullptr; }

  /// Rows, targets and weights of sparse data.
  const SparseDesign<T>& sparse_design() const { return *sparse_; }

  /// Powers of two that multiply the columns of dense X; empty: ones. Sparse rows are scaled.
  std::span<const double> scale() const;
  const Means& means() const { return sparse_ ? sparse_->means : means_; }
  /// sum w^ z_j^2 of every column.
  const std::vector<double>& spread() const { return sparse_ ? sparse_->x_spread : spread_; }
  /// w^ of every row; empty: ones.
  std::span<const double> weight() const;
  NetUnits units() const { return {problem_.scales(), problem_.weight_scale()}; }

  /// Which columns have no spread.
  std::vector<char> pinned() const;

  /// y^ - mean - Z m of one target, for prior means m in scaled coordinates (empty: zeros); 0 in
  /// rows of weight 0.
  std::vector<double> residual(Index target, std::span<const double> prior) const;

 private:
  bool measure();
  bool measure_target(Index target);
  void measure_columns();
  double weight_of(Index i) const { return weight_.empty() ? 1.0 : weight_[i]; }
  void subtract_fit(std::span<const double> b, std::vector<double>& r) const;

  Problem<T>& problem_;
  std::optional<SparseDesign<T>> sparse_;
  Means means_;
  std::vector<double> spread_;
  std::vector<double> weight_;
};

}  // namespace elltwo
