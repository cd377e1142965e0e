#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "gram/gram.hpp"
#include "linalg/float_posdef.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic/active_columns.hpp"
#include "solvers/logistic/metric.hpp"
#include "solvers/logistic/thresholds.hpp"

namespace elltwo {

/// The whole Hessian of K classes, on coefficients that sum to zero over classes. With the rows a_i
/// of [x^ | 1] and the weighted Gram matrices of pairs of classes, G_kl = sum_i w_i p_ik p_il a_i
/// a_i^T, its diagonal blocks are sum_{l != k} G_kl + alpha F and its other blocks -G_kl. The step
/// of a reference class, the most probable one, is minus the sum of the others', which are the
/// unknowns.
///
/// Of drawn rows, each pair's matrix is formed from rows drawn with probabilities in proportion to
/// w_i p_ik p_il, some for each unknown in all pairs together. Where probabilities are near 0 and 1
/// few rows count for any pair, and these are taken for certain.
template <Real T>
class MultinomialHessian : public LogisticMetric {
 public:
  enum class Rows { all, drawn };

  explicit MultinomialHessian(const LogisticProblem<T>& problem, Rows rows = Rows::all);

  /// Whether the Hessian is small enough to be worth its cost in any fit.
  static bool suits(const LogisticProblem<T>& problem);
  /// Whether the Hessian, and the matrices of pairs of classes that it is made of, may be held.
  static bool fits(const LogisticProblem<T>& problem);

  void refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  void change_penalty() override;
  void solve(const double* slope, double* step) const override;
  double cost() const override { return cost(problem_.rows().n); }
  /// The time of refresh() over so many rows, in passes over them.
  double cost(Index n_rows) const;
  double contraction() const override;
  double rcond() const override;
  Index rank() const override { return active_.count() * (problem_.n_outputs() - 1); }

 private:
  Index n_pairs() const { return problem_.n_outputs() * (problem_.n_outputs() - 1) / 2; }
  double n_unknowns() const;
  bool products_in_float() const { return in_float_ && problem_.cols() >= least_columns_for_float; }
  double enough_draws(Index n_rows) const;
  double rows_to_draw(Index n_rows) const;
  double threshold(const LogisticPoint& at, const LogisticRows& rows) const;
  void choose_reference(const LogisticPoint& at, const LogisticRows& rows);
  void form(const LogisticPoint& at, const LogisticRows& rows);
  std::vector<double> diagonal() const;
  template <class Set>
  void fill(const Set& set) const;
  bool factor_in_float();
  const GramMatrix& pair(Index k, Index l) const;

  const LogisticProblem<T>& problem_;
  ActiveColumns active_;
  bool draws_ = false;     ///< fewer rows of pairs than there are
  bool in_float_ = false;  ///< the factor, and from some columns on the products
  std::uint64_t n_refreshes_ = 0;
  Index reference_ = 0;
  std::vector<Index> others_;      ///< the classes but the reference
  std::vector<GramMatrix> pairs_;  ///< G_kl for k < l
  std::optional<PosDefSystem> system_;
  FloatPosDef float_system_;  ///< in its place if in_float_
};

}  // namespace elltwo
