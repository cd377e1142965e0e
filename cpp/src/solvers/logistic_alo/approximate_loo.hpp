#pragma once

#include <span>
#include <vector>

#include "solvers/logistic_alo/alo_step.hpp"
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

  /// Overwrites the predictors z at every alpha, outputs x n each.
  ///
  /// Of two classes, and many rows for each column, the quadratic forms q = x^T H^-1 x are computed
  /// at alphas up to a factor of 20 apart, and ln q is interpolated between them by cubics in ln
  /// alpha. A single direction adds 1 / (s + alpha) to q, and the fourth derivative of ln(s +
  /// alpha) in ln alpha is at most 1/8, which makes errors of at most 3 % in leverages of a few per
  /// cent.
  void run(std::span<const double> alphas, std::span<std::vector<double>> z);

 private:
  /// The derivatives of the rows' losses at the fit of one alpha, outputs x n each.
  struct RowTerms {
    std::vector<double> z;          ///< linear predictors
    std::vector<double> residual;   ///< negative derivatives of the loss
    std::vector<double> curvature;  ///< w p (1 - p) of two classes; probabilities of more
  };

  RowTerms terms_at(std::vector<double> z) const;
  std::vector<double> curvature_of_fitted_rows(const RowTerms& terms) const;
  bool interpolation_pays(std::size_t n_alphas) const;
  void visit_forms(std::span<const double> alphas, std::span<RowTerms* const> terms,
                   const FormsVisit& visit);
  AloRows rows_from(RowTerms& terms, Index k0, Index rows) const;
  void run_at_each(std::span<const double> alphas, std::vector<RowTerms>& terms);
  void run_interpolated(std::span<const double> alphas, std::vector<RowTerms>& terms);

  const LogisticData<T>& data_;
  LogisticProblem<T> problem_;
};

}  // namespace elltwo
