#include "solvers/logistic_hessian.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {
namespace {

constexpr Index enough_for_float = 48;      // columns; narrower products gain nothing
constexpr double rcond_for_float = 2e-6;    // below, rounding in float decides directions
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
  return gram<T, Products>(problem_.source(rows, root_curvature_.data()),
                           problem_.options().n_threads, problem_.monitor(), gram_);
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

// A singular system, which only features without a penalty make, gets the least addition to its
// diagonal that lets it be factored.
template <Real T>
bool BinomialHessian<T>::factor() {
  const Index p = problem_.n_features();
  active_.clear();
  for (Index j = 0; j < problem_.cols(); ++j) {
    if (j >= p || problem_.moves(j)) active_.push_back(j);
  }
  const auto m = static_cast<Index>(active_.size());
  system_.reset();
  if (m == 0) return true;
  for (double damping = 0.0;; damping = std::max(1e-15, 100.0 * damping)) {
    Buffer<double> lower(m * m);
    for (Index c = 0; c < m; ++c) {
      const Index i = active_[static_cast<std::size_t>(c)];
      for (Index r = c; r < m; ++r)
        lower[c * m + r] = gram_(i, active_[static_cast<std::size_t>(r)]);
      const double size = problem_.column_size(i);
      double& diagonal = lower[c * m + c];
      if (i < p) diagonal += problem_.penalty(i);
      diagonal = std::max(diagonal * (1.0 + damping), damping * size * size);
      diagonal = std::max(diagonal, 1e-290);
    }
    system_.emplace(m, std::move(lower));
    const auto outcome = system_->factor(problem_.options().n_threads, problem_.monitor());
    if (outcome == CholeskyOutcome::interrupted) return false;
    if (outcome == CholeskyOutcome::done || damping > 1.0) return true;
  }
}

template <Real T>
void BinomialHessian<T>::solve(const double* slope, double* step) const {
  const auto m = static_cast<Index>(active_.size());
  std::fill_n(step, problem_.cols(), 0.0);
  if (m == 0) return;
  Buffer<double> rhs(m);
  for (Index c = 0; c < m; ++c) rhs[c] = slope[active_[static_cast<std::size_t>(c)]];
  system_->solve(rhs.data(), 1, m, 1);
  for (Index c = 0; c < m; ++c) step[active_[static_cast<std::size_t>(c)]] = rhs[c];
}

template class BinomialHessian<double>;
template class BinomialHessian<float>;

}  // namespace elltwo
