#include "solvers/logistic_bound.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {

template <Real T>
bool SharedBound<T>::refresh(const LogisticPoint&, const LogisticRows& rows) {
  Buffer<double> root(rows.n);
  for (Index i = 0; i < rows.n; ++i) {
    root[i] = std::sqrt(0.5 * (rows.weights() != nullptr ? rows.weights()[i] : 1.0));
  }
  return gram<T, T>(problem_.source(rows, root.data()), problem_.options().n_threads,
                    problem_.monitor(), gram_) &&
         factor();
}

template <Real T>
bool SharedBound<T>::factor() {
  const Index p = problem_.n_features();
  active_.clear();
  for (Index j = 0; j < problem_.cols(); ++j) {
    if (j >= p || problem_.moves(j)) active_.push_back(j);
  }
  const auto m = static_cast<Index>(active_.size());
  Buffer<double> lower(m * m);
  for (Index c = 0; c < m; ++c) {
    const Index i = active_[static_cast<std::size_t>(c)];
    for (Index r = c; r < m; ++r) lower[c * m + r] = gram_(i, active_[static_cast<std::size_t>(r)]);
    if (i < p) lower[c * m + c] += problem_.penalty(i);
    lower[c * m + c] *= 1.0 + 1e-12;
  }
  system_.emplace(m, std::move(lower));
  return m == 0 || system_->factor(problem_.options().n_threads, problem_.monitor()) !=
                       CholeskyOutcome::interrupted;
}

template <Real T>
void SharedBound<T>::solve(const double* slope, double* step) const {
  const Index cols = problem_.cols();
  const Index outputs = problem_.n_outputs();
  const auto m = static_cast<Index>(active_.size());
  std::fill_n(step, problem_.size(), 0.0);
  if (m == 0) return;
  Buffer<double> rhs(m * outputs);
  for (Index o = 0; o < outputs; ++o) {
    for (Index c = 0; c < m; ++c) {
      rhs[o * m + c] = slope[o * cols + active_[static_cast<std::size_t>(c)]];
    }
  }
  system_->solve(rhs.data(), outputs, m, problem_.options().n_threads);
  for (Index o = 0; o < outputs; ++o) {
    for (Index c = 0; c < m; ++c) {
      step[o * cols + active_[static_cast<std::size_t>(c)]] = rhs[o * m + c];
    }
  }
}

template class SharedBound<double>;
template class SharedBound<float>;

}  // namespace elltwo
