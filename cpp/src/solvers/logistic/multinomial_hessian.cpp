#include "solvers/logistic/multinomial_hessian.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/logistic/damped_factor.hpp"

namespace elltwo {
namespace {

constexpr Index most_coefficients = 2000;  // of all classes but one
constexpr Index most_classes = 32;

/// Numbers in the Hessian and in the matrices of pairs of classes: 1 GB.
constexpr double most_numbers = 1 << 27;

/// Index of the pair (k, l), k < l, in the list of the pairs of K classes.
Index pair_index(Index k, Index l, Index n_classes) {
  return k * n_classes - k * (k + 1) / 2 + (l - k - 1);
}

}  // namespace

template <Real T>
bool MultinomialHessian<T>::suits(const LogisticProblem<T>& problem) {
  const Index outputs = problem.n_outputs();
  return outputs <= most_classes && (outputs - 1) * problem.cols() <= most_coefficients;
}

// The matrices of pairs take half as many numbers as the Hessian.
template <Real T>
bool MultinomialHessian<T>::fits(const LogisticProblem<T>& problem) {
  const double size =
      static_cast<double>(problem.n_outputs() - 1) * static_cast<double>(problem.cols());
  return 1.5 * size * size <= most_numbers;
}

template <Real T>
double MultinomialHessian<T>::cost() const {
  const double coefficients = static_cast<double>(problem_.size());
  const double n = static_cast<double>(problem_.rows().n);
  return 1.0 + coefficients / 8.0 + coefficients * coefficients / (12.0 * n);
}

template <Real T>
const GramMatrix& MultinomialHessian<T>::pair(Index k, Index l) const {
  return pairs_[pair_index(std::min(k, l), std::max(k, l), problem_.n_outputs())];
}

template <Real T>
void MultinomialHessian<T>::choose_reference(const LogisticPoint& at, const LogisticRows& rows) {
  double most = -1.0;
  for (Index k = 0; k < problem_.n_outputs(); ++k) {
    double share = 0.0;
    for (Index i = 0; i < rows.n; ++i) {
      share += rows.weight_of(i) * at.curvature[k * rows.n + i];
    }
    if (share <= most) continue;
    most = share;
    reference_ = k;
  }
  others_.clear();
  for (Index k = 0; k < problem_.n_outputs(); ++k) {
    if (k != reference_) others_.push_back(k);
  }
}

template <Real T>
void MultinomialHessian<T>::form(const LogisticPoint& at, const LogisticRows& rows) {
  const Index outputs = problem_.n_outputs();
  const Index n_pairs = outputs * (outputs - 1) / 2;
  pairs_.clear();
  pairs_.resize(n_pairs);
  const double work = static_cast<double>(rows.n) * static_cast<double>(problem_.cols()) *
                      static_cast<double>(problem_.cols());
  const int n_threads =
      threads_for(problem_.options().n_threads, work * static_cast<double>(n_pairs));
  TaskCounter tasks(n_pairs);
  Relay relay(problem_.monitor());
  run_team(static_cast<int>(std::min<Index>(n_threads, n_pairs)), [&](TeamMember& member) {
    Monitor monitor = relay.monitor();
    Buffer<double> root(rows.n);
    for (Index task = 0; tasks.next(task);) {
      Index k = 0;
      while (pair_index(k, outputs - 1, outputs) < task) ++k;
      const Index l = task - pair_index(k, k + 1, outputs) + k + 1;
      const double* p = at.curvature.data() + k * rows.n;
      const double* q = at.curvature.data() + l * rows.n;
      for (Index i = 0; i < rows.n; ++i) root[i] = std::sqrt(rows.weight_of(i) * p[i] * q[i]);
      pairs_[task] = gram<T, double>(problem_.source(rows, root.data()),
                                     std::max(1, n_threads / member.size()), monitor);
    }
  });
}

// The steps are d_k = u_k of the other classes and d_r = -sum_k u_k of the reference class r. With
// the blocks B_kl of the Hessian in d, those in u are B_kl - B_kr - B_rl + B_rr.
template <Real T>
void MultinomialHessian<T>::fill(double* lower) const {
  const Index m = active_.count();
  const auto n_others = static_cast<Index>(others_.size());
  const Index size = n_others * m;
  for (Index c = 0; c < m; ++c) {
    for (Index r = 0; r < m; ++r) {
      const Index i = active_.index[std::min(r, c)];
      const Index j = active_.index[std::max(r, c)];
      double corner = r == c ? problem_.column_penalty(i) : 0.0;  // B_rr
      for (const Index k : others_) corner += pair(k, reference_)(i, j);
      for (Index a = 0; a < n_others; ++a) {
        const Index k = others_[a];
        const double side = pair(k, reference_)(i, j);                         // -B_kr
        double diagonal = (r == c ? problem_.column_penalty(i) : 0.0) + side;  // B_kk
        for (Index b = 0; b < n_others; ++b) {
          const Index l = others_[b];
          if (l == k) continue;
          const double g = pair(k, l)(i, j);
          diagonal += g;
          if (b > a)
            lower[(a * m + c) * size + b * m + r] = corner + side + pair(l, reference_)(i, j) - g;
        }
        lower[(a * m + c) * size + a * m + r] = diagonal + 2.0 * side + corner;
      }
    }
  }
}

template <Real T>
void MultinomialHessian<T>::change_penalty() {
  active_ = active_columns(problem_);
  std::vector<double> size;
  for (std::size_t k = 0; k < others_.size(); ++k) {
    size.insert(size.end(), active_.size.begin(), active_.size.end());
  }
  system_ = factor_damped(
      size, [&](double* lower) { fill(lower); }, problem_.options().n_threads, problem_.monitor());
}

template <Real T>
void MultinomialHessian<T>::refresh(const LogisticPoint& at, const LogisticRows& rows) {
  choose_reference(at, rows);
  form(at, rows);
  change_penalty();
}

template <Real T>
void MultinomialHessian<T>::solve(const double* slope, double* step) const {
  const Index m = active_.count();
  const Index cols = problem_.cols();
  std::fill_n(step, problem_.size(), 0.0);
  if (m == 0) return;
  const auto n_others = static_cast<Index>(others_.size());
  Buffer<double> u(n_others * m);
  const auto each = [&](const auto& f) {
    for (Index a = 0; a < n_others; ++a) {
      for (Index c = 0; c < m; ++c) {
        const Index j = active_.index[c];
        f(u[a * m + c], others_[a] * cols + j, reference_ * cols + j);
      }
    }
  };
  each([&](double& v, Index own, Index reference) { v = slope[own] - slope[reference]; });
  system_->solve(u.data(), 1, u.size(), 1);
  each([&](double& v, Index own, Index reference) {
    step[own] += v;
    step[reference] -= v;
  });
}

template class MultinomialHessian<double>;
template class MultinomialHessian<float>;

}  // namespace elltwo
