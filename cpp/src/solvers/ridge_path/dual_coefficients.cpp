#include "solvers/ridge_path/dual_coefficients.hpp"

#include <algorithm>

#include "linalg/blas.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index most_work_numbers = Index{1} << 22;  // numbers in the work arrays: 32 MB
constexpr Index fewest_fits = 16;                    // fits at a time, however large they are
constexpr Index block_features = 64;
using blas::Op;

}  // namespace

template <Real T>
bool DualCoefficients<T>::worth_directions(Index fits) const {
  const Index n = problem_.n_samples(), p = problem_.n_features();
  const bool dense = problem_.sparse() == nullptr;
  return dense && spectrum_.t.size() > 0 && spectrum_.roles.free.empty() && fits > n * p / (n + p);
}

template <Real T>
Buffer<double> DualCoefficients<T>::features_in_directions() {
  const auto& x = problem_.data().x;
  const auto& features = system_.features();
  const auto& roles = spectrum_.roles;
  auto& means = system_.means();
  const Index n = problem_.n_samples(), p = problem_.n_features(), kept = spectrum_.t.size();
  Buffer<double> out(p * kept);
  means.x.resize(p);
  const double unit = this->unit();
  Relay relay(problem_.monitor());
  TaskCounter blocks((p + block_features - 1) / block_features);
  const double work = 2.0 * static_cast<double>(n) * static_cast<double>(p * kept);
  run_team(threads_for(problem_.options().n_threads, work), [&](TeamMember&) {
    Buffer<double> z(block_features * n);
    for (Index task = 0; blocks.next(task);) {
      relay.check();
      const Index first = task * block_features, count = std::min(block_features, p - first);
      const double* shift = features.shifts(roles, first);
      double* mean = means.x.data() + first;
      std::fill_n(mean, count, 0.0);
      for (Index i = 0; i < n; ++i) {
        const double root = features.root_weight(i);
        for (Index c = 0; c < count; ++c) {
          const double value = static_cast<double>(x(i, first + c));
          const double scaled = root * (shift != nullptr ? value - shift[c] : value);
          mean[c] += root * scaled;
          z[i * count + c] = scaled;
        }
      }
      const double* inverse = roles.inverse_factor.data() + first;
      for (Index c = 0; c < count; ++c) {
        mean[c] = (shift != nullptr ? shift[c] : 0.0) + mean[c] / means.weight;
      }
      for (Index i = 0; i < n; ++i) {
        for (Index c = 0; c < count; ++c) z[i * count + c] *= inverse[c] / unit;
      }
      blas::gemm(Op::none, Op::none, count, kept, n, 1.0, z.data(), count, spectrum_.u.data(), n,
                 0.0, out.data() + first, p);
    }
  });
  return out;
}

// b = prior + features w (targets x features) of some fits.
template <Real T>
void DualCoefficients<T>::from_directions(const Buffer<double>& features, const Buffer<double>& w,
                                          Index fits, double* b) const {
  const Index p = problem_.n_features(), n_targets = problem_.n_targets();
  const Index kept = spectrum_.t.size();
  TaskCounter blocks((p + block_features - 1) / block_features);
  const double work = 2.0 * static_cast<double>(p * kept) * static_cast<double>(fits);
  run_team(threads_for(problem_.options().n_threads, work), [&](TeamMember&) {
    for (Index task = 0; blocks.next(task);) {
      const Index first = task * block_features, count = std::min(block_features, p - first);
      blas::gemm(Op::none, Op::none, count, fits, kept, 1.0, features.data() + first, p, w.data(),
                 kept, 0.0, b + first, p);
    }
  });
  for (Index f = 0; f < fits && problem_.has_prior(); ++f) {
    for (Index j = 0; j < p; ++j) b[f * p + j] += problem_.prior(f % n_targets, j);
  }
}

// Scaled coefficients of some fits through their dual variables.
template <Real T>
void DualCoefficients<T>::from_dual_variables(const Buffer<double>& w, Index n_alphas, double* b) {
  const Index n = problem_.n_samples(), kept = spectrum_.t.size();
  const auto group = all_targets(problem_.n_targets(), n_alphas);
  const auto fits = static_cast<Index>(group.targets.size());
  DualIterate it{Buffer<double>::zeros(fits * n), {}};
  if (kept > 0) {
    blas::gemm(Op::none, Op::none, n, fits, kept, 1.0 / unit(), spectrum_.u.data(), n, w.data(),
               kept, 0.0, it.u.data(), n);
  }
  system_.evaluate(group, spectrum_.roles, spectrum_.free, it, b);
}

template <Real T>
void DualCoefficients<T>::write(std::span<const double> alphas, std::span<double> coef,
                                std::span<double> intercept) {
  const Index n = problem_.n_samples(), p = problem_.n_features();
  const Index n_targets = problem_.n_targets(), kept = spectrum_.t.size();
  const auto n_alphas = static_cast<Index>(alphas.size());
  Buffer<double> features;
  if (worth_directions(n_alphas * n_targets)) features = features_in_directions();
  const Index fits = std::max(most_work_numbers / (p + 4 * n), fewest_fits);
  const Index at_once = std::clamp<Index>(fits / n_targets, 1, n_alphas);
  Buffer<double> w(std::max<Index>(1, at_once * n_targets * kept)), b(at_once * n_targets * p);
  for (Index first = 0; first < n_alphas; first += at_once) {
    const Index count = std::min(at_once, n_alphas - first);
    for (Index a = 0; a < count; ++a) {
      spectrum_.solution(alphas[first + a], w.data() + a * n_targets * kept);
    }
    if (features.size() > 0) from_directions(features, w, count * n_targets, b.data());
    else from_dual_variables(w, count, b.data());
    for (Index a = 0; a < count; ++a) {
      auto one = all_targets(n_targets, 1);
      one.alpha = alphas[first + a];
      GroupFit fit{.coef = Buffer<double>(n_targets * p), .centre = {}, .info = {}};
      std::copy_n(b.data() + a * n_targets * p, n_targets * p, fit.coef.data());
      const Index row = (first + a) * n_targets;
      problem_.write_result(one, fit, system_.means(), coef.subspan(row * p, n_targets * p),
                            intercept.subspan(row, n_targets));
    }
    check(problem_.monitor());
  }
}

template class DualCoefficients<double>;
template class DualCoefficients<float>;

}  // namespace elltwo
