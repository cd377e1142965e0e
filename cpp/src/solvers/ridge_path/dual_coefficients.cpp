#include <algorithm>

#include "linalg/blas.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/ridge_path/dual.hpp"

namespace elltwo {
namespace {

constexpr Index most_work_numbers = Index{1} << 22;  // in the work arrays,
constexpr Index fewest_fits = 16;                    // or in those of so many fits
constexpr Index block_features = 64;
using blas::Op;

}  // namespace

// One fit costs 2 n^2 + 4 n p operations through its dual variables, 2 n p after X^T U, which costs
// 2 n^2 p and, with so many fits, takes less room than they do.
template <Real T>
bool DualPath<T>::worth_turning(Index fits) const {
  const Index n = this->problem_.n_samples(), p = this->problem_.n_features();
  const bool dense = this->problem_.sparse() == nullptr;
  return dense && t_.size() > 0 && roles_->free.empty() && fits > n * p / (n + p);
}

// X^T U in units of coefficients (features x directions, column-major), and the exact feature means.
template <Real T>
bool DualPath<T>::turned_features(Buffer<double>& turned) {
  const auto& problem = this->problem_;
  const auto& x = problem.data().x;
  const Index n = problem.n_samples(), p = problem.n_features(), kept = t_.size();
  turned = Buffer<double>(p * kept);
  this->x_mean_.resize(p);
  const double unit = unit_ > 0.0 ? unit_ : 1.0;
  Relay relay(problem.monitor());
  TaskCounter blocks((p + block_features - 1) / block_features);
  const double work = 2.0 * static_cast<double>(n) * static_cast<double>(p * kept);
  run_team(threads_for(problem.options().n_threads, work), [&](TeamMember&) {
    Buffer<double> z(block_features * n);
    for (Index task = 0; blocks.next(task) && !relay.should_stop();) {
      const Index first = task * block_features, count = std::min(block_features, p - first);
      const double* shift = roles_->centred ? this->shift_.data() + first : nullptr;
      double* mean = this->x_mean_.data() + first;
      std::fill_n(mean, count, 0.0);
      for (Index i = 0; i < n; ++i) {
        const double root = this->root_weight(i);
        for (Index c = 0; c < count; ++c) {
          const double value = static_cast<double>(x(i, first + c));
          const double scaled = root * (shift != nullptr ? value - shift[c] : value);
          mean[c] += root * scaled;
          z[i * count + c] = scaled;
        }
      }
      const double* inverse = roles_->inverse_factor.data() + first;
      for (Index c = 0; c < count; ++c) {
        mean[c] = (shift != nullptr ? shift[c] : 0.0) + mean[c] / this->weight_;
      }
      for (Index i = 0; i < n; ++i) {
        for (Index c = 0; c < count; ++c) z[i * count + c] *= inverse[c] / unit;
      }
      blas::gemm(Op::none, Op::none, count, kept, n, 1.0, z.data(), count, u_.data(), n, 0.0,
                 turned.data() + first, p);
    }
  });
  return !relay.stopped();
}

// b = prior + turned w (targets x features) of some fits.
template <Real T>
void DualPath<T>::turn_back(const Buffer<double>& turned, const Buffer<double>& w, Index fits,
                            double* b) const {
  const auto& problem = this->problem_;
  const Index p = problem.n_features(), n_targets = problem.n_targets(), kept = t_.size();
  TaskCounter blocks((p + block_features - 1) / block_features);
  const double work = 2.0 * static_cast<double>(p * kept) * static_cast<double>(fits);
  run_team(threads_for(problem.options().n_threads, work), [&](TeamMember&) {
    for (Index task = 0; blocks.next(task);) {
      const Index first = task * block_features, count = std::min(block_features, p - first);
      blas::gemm(Op::none, Op::none, count, fits, kept, 1.0, turned.data() + first, p, w.data(),
                 kept, 0.0, b + first, p);
    }
  });
  for (Index f = 0; f < fits && problem.has_prior(); ++f) {
    for (Index j = 0; j < p; ++j) b[f * p + j] += problem.prior(f % n_targets, j);
  }
}

// Scaled coefficients of some fits through the dual variables.
template <Real T>
bool DualPath<T>::evaluate_fits(const Buffer<double>& w, Index n_alphas, double* b) {
  const Index n = this->problem_.n_samples(), kept = t_.size();
  const auto group = all_targets(n_alphas);
  const auto fits = static_cast<Index>(group.targets.size());
  Iterate it;
  it.u = Buffer<double>::zeros(fits * n);
  if (kept > 0) {
    const double unit = unit_ > 0.0 ? unit_ : 1.0;
    blas::gemm(Op::none, Op::none, n, fits, kept, 1.0 / unit, u_.data(), n, w.data(), kept, 0.0,
               it.u.data(), n);
  }
  return this->evaluate(group, *roles_, *free_, it, b);
}

// Work arrays grow with the fits: some alphas at a time.
template <Real T>
bool DualPath<T>::coefficients(std::span<const double> alphas, std::span<double> coef,
                               std::span<double> intercept) {
  const auto& problem = this->problem_;
  const Index n = problem.n_samples(), p = problem.n_features(), n_targets = problem.n_targets();
  const Index kept = t_.size(), n_alphas = static_cast<Index>(alphas.size());
  Buffer<double> turned;
  if (worth_turning(n_alphas * n_targets) && !turned_features(turned)) return false;
  const Index fits = std::max(most_work_numbers / (p + 4 * n), fewest_fits);
  const Index at_once = std::clamp<Index>(fits / n_targets, 1, n_alphas);
  Buffer<double> w(std::max<Index>(1, at_once * n_targets * kept)), b(at_once * n_targets * p);
  for (Index first = 0; first < n_alphas; first += at_once) {
    const Index count = std::min(at_once, n_alphas - first);
    for (Index a = 0; a < count; ++a) {
      solution(alphas[first + a], w.data() + a * n_targets * kept);
    }
    if (turned.size() > 0) turn_back(turned, w, count * n_targets, b.data());
    else if (!evaluate_fits(w, count, b.data())) return false;
    for (Index a = 0; a < count; ++a) {
      auto one = all_targets(1);
      one.alpha = alphas[first + a];
      GroupFit fit{.coef = Buffer<double>(n_targets * p), .centre = {}, .info = {}};
      std::copy_n(b.data() + a * n_targets * p, n_targets * p, fit.coef.data());
      const Index row = (first + a) * n_targets;
      problem.write_result(one, fit, this->weight(), this->x_mean(), this->y_mean(),
                           coef.subspan(row * p, n_targets * p), intercept.subspan(row, n_targets));
    }
    if (problem.monitor().should_stop()) return false;
  }
  return true;
}

template bool DualPath<double>::worth_turning(Index) const;
template bool DualPath<float>::worth_turning(Index) const;
template bool DualPath<double>::turned_features(Buffer<double>&);
template bool DualPath<float>::turned_features(Buffer<double>&);
template bool DualPath<double>::coefficients(std::span<const double>, std::span<double>,
                                             std::span<double>);
template bool DualPath<float>::coefficients(std::span<const double>, std::span<double>,
                                            std::span<double>);

}  // namespace elltwo
