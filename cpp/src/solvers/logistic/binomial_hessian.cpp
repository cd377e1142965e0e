#include "solvers/logistic/binomial_hessian.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"
#include "solvers/logistic/damped_factor.hpp"
#include "solvers/logistic/thresholds.hpp"

namespace elltwo {
namespace {

constexpr double cost_a_column = 1.0 / 30;  // passes, of products in double; half in float

}  // namespace

template <Real T>
BinomialHessian<T>::BinomialHessian(const LogisticProblem<T>& problem)
    : problem_(problem), in_float_(problem.cols() >= enough_for_float) {}

template <Real T>
double BinomialHessian<T>::cost() const {
  const double columns = static_cast<double>(problem_.cols()) * cost_a_column;
  return 1.0 + (in_float_ ? 0.5 : 1.0) * columns;
}

template <Real T>
template <Real Products>
bool BinomialHessian<T>::form(const LogisticRows& rows) {
  return completed([&] {
    gram_ = gram<T, Products>(problem_.source(rows, root_curvature_.data()),
                              problem_.options().n_threads, problem_.monitor());
  });
}

template <Real T>
bool BinomialHessian<T>::refresh(const LogisticPoint& at, const LogisticRows& rows) {
  root_curvature_ = Buffer<double>(rows.n);
  std::transform(at.curvature.begin(), at.curvature.end(), root_curvature_.begin(),
                 [](double h) { return std::sqrt(h); });
  if (in_float_) {
    if (!form<float>(rows) || !factor()) return false;
    if (system_->rcond() >= rcond_for_float) return true;
    in_float_ = false;
  }
  return form<double>(rows) && factor();
}

template <Real T>
bool BinomialHessian<T>::factor() {
  active_ = active_columns(problem_);
  return factor_penalised(problem_, gram_, active_, problem_.options().n_threads,
                          problem_.monitor(), system_);
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
