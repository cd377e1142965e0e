#include "solvers/logistic/binomial_hessian.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/logistic/damped_factor.hpp"
#include "solvers/logistic/thresholds.hpp"

namespace elltwo {
namespace {

/// Passes for a gradient that the products of a column in double take; in float, half of that. The
/// factorisation, in double, takes a third as long for each column as the products of a row.
constexpr double cost_a_column = 1.0 / 30;

}  // namespace

template <Real T>
BinomialHessian<T>::BinomialHessian(const LogisticProblem<T>& problem)
    : problem_(problem), in_float_(problem.cols() >= least_columns_for_float) {}

template <Real T>
double BinomialHessian<T>::cost() const {
  const double columns = static_cast<double>(problem_.cols());
  const double rows = static_cast<double>(problem_.rows().n);
  return 1.0 + cost_a_column * columns * ((in_float_ ? 0.5 : 1.0) + columns / rows / 3.0);
}

template <Real T>
template <Real Products>
void BinomialHessian<T>::form(const LogisticRows& rows) {
  gram_ = gram<T, Products>(problem_.source(rows, root_curvature_.data()),
                            problem_.options().n_threads, problem_.monitor());
  change_penalty();
}

template <Real T>
void BinomialHessian<T>::refresh(const LogisticPoint& at, const LogisticRows& rows) {
  root_curvature_ = Buffer<double>(rows.n);
  std::transform(at.curvature.begin(), at.curvature.end(), root_curvature_.begin(),
                 [](double h) { return std::sqrt(h); });
  if (in_float_) {
    form<float>(rows);
    if (system_->rcond() >= least_rcond_for_float_steps) return;
    in_float_ = false;
  }
  form<double>(rows);
}

template <Real T>
void BinomialHessian<T>::change_penalty() {
  active_ = active_columns(problem_);
  system_ =
      factor_penalised(problem_, gram_, active_, problem_.options().n_threads, problem_.monitor());
}

template <Real T>
void BinomialHessian<T>::solve(const double* slope, double* step) const {
  const Index m = active_.count();
  std::fill_n(step, problem_.cols(), 0.0);
  if (m == 0) return;
  Buffer<double> rhs(m);
  for (Index c = 0; c < m; ++c) rhs[c] = slope[active_.index[c]];
  system_->solve(rhs.data(), 1, m, 1);
  for (Index c = 0; c < m; ++c) step[active_.index[c]] = rhs[c];
}

template class BinomialHessian<double>;
template class BinomialHessian<float>;

}  // namespace elltwo
