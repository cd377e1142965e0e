#pragma once

#include <span>
#include <vector>

#include "solvers/logistic_alo/row_forms.hpp"
#include "solvers/logistic_alo/step_out.hpp"

namespace elltwo {

/// Takes predictors of fits to those of the fits without the row, in the space of the columns of data.
template <Real T>
class LeaveOut {
 public:
  LeaveOut(const LogisticData<T>& data, const LogisticOptions& options, Monitor& monitor)
      : data_(data), problem_(data, options, monitor) {}

  LogisticProblem<T>& problem() { return problem_; }

  /// z holds the predictors at every alpha, outputs x n each. False if the monitor asked to stop.
  ///
  /// Of two classes, and many rows beside columns, q = x^T H^-1 x is found at alphas up to a factor of 20
  /// apart only, and ln q interpolated between them by cubics in ln alpha. What one direction adds to q is
  /// 1 / (s + alpha), and the fourth derivative of ln(s + alpha) at most 1/8, whence errors of at most
  /// 3 %, in leverages that are a few per cent themselves.
  bool run(std::span<const double> alphas, std::span<std::vector<double>> z);

 private:
  /// What fits of all rows say of them.
  struct RowTerms {
    std::vector<double> z;          ///< outputs x n, linear predictors
    std::vector<double> residual;   ///< outputs x n, negative derivatives of the loss
    std::vector<double> curvature;  ///< w p (1 - p), or probabilities, outputs x n
  };

  RowTerms terms_at(std::vector<double> z) const;
  std::vector<double> of_fitted_rows(const RowTerms& terms) const;
  bool interpolates(std::size_t n_alphas) const;
  bool forms(std::span<const double> alphas, std::span<RowTerms* const> terms,
             const FormsVisit& visit);
  RowsOut rows_out(RowTerms& terms, Index k0, Index rows) const;
  bool run_exactly(std::span<const double> alphas, std::vector<RowTerms>& terms);
  bool run_by_nodes(std::span<const double> alphas, std::vector<RowTerms>& terms);

  const LogisticData<T>& data_;
  LogisticProblem<T> problem_;
};

}  // namespace elltwo
