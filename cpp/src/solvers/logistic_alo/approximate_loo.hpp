#pragma once

#include <span>
#include <vector>

#include "elltwo/logistic_left_out.hpp"
#include "solvers/logistic_alo/alo_step.hpp"
#include "solvers/logistic_alo/alo_terms.hpp"
#include "solvers/logistic_alo/quadratic_forms.hpp"

namespace elltwo {

/// Approximate leave-one-out: from the predictors of fits of all rows to those of fits without the
/// row, by one Newton step with the Hessian in the space of the columns of the data.
template <Real T>
class ApproximateLoo {
 public:
  ApproximateLoo(const LogisticData<T>& data, const LogisticOptions& options, Monitor& monitor)
      : data_(data), problem_(data, options, monitor) {}

  LogisticProblem<T>& problem() { return problem_; }

  /// What run() takes for the Hessian.
  LeftOutHessian hessian() const;

  /// Overwrites the predictors z at every alpha, outputs x n each.
  ///
  /// Of two classes, and many rows for each column, the quadratic forms q = x^T H^-1 x are computed
  /// at alphas up to a factor of 20 apart, and ln q is interpolated between them by cubics in ln
  /// alpha. A single direction adds 1 / (s + alpha) to q, and the fourth derivative of ln(s +
  /// alpha) in ln alpha is at most 1/8, which makes errors of at most 3 % in leverages of a few per
  /// cent.
  void run(std::span<const double> alphas, std::span<std::vector<double>> z);

 private:
  AloTerms terms_at(std::vector<double> z) const;
  bool interpolation_pays(std::size_t n_alphas) const;
  void visit_forms(std::span<const double> alphas, std::span<AloTerms* const> terms,
                   const FormsVisit& visit);
  AloRows rows_from(AloTerms& terms, Index k0, Index rows) const;
  void run_at_each(std::span<const double> alphas, std::vector<AloTerms>& terms);
  void run_interpolated(std::span<const double> alphas, std::vector<AloTerms>& terms);

  const LogisticData<T>& data_;
  LogisticProblem<T> problem_;
};

}  // namespace elltwo
