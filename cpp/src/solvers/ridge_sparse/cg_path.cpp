#include "solvers/ridge_sparse/cg_path.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "parallel/interruption.hpp"
#include "solvers/ridge/validate.hpp"
#include "solvers/ridge_sparse/cg.hpp"
#include "solvers/shared/results.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

constexpr int power_iterations = 20;

}  // namespace

std::vector<std::size_t> descending(std::span<const double> alphas) {
  std::vector<std::size_t> order(alphas.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](auto a, auto b) { return alphas[a] > alphas[b]; });
  return order;
}

template <Real T>
CgPath<T>::CgPath(Problem<T>& problem, SparseRows<T> x)
    : problem_(problem),
      design_(problem, std::move(x)),
      pass_(design_.x, most_targets_at_once, problem.options().n_threads),
      last_(problem.n_targets()) {}

// Without any penalty the iteration must begin at the prior means to end in the nearest solution.
template <Real T>
void CgPath<T>::start(const SparseBlock<T>& block, double* b) const {
  const auto prior = block.prior();
  std::copy(prior.begin(), prior.end(), b);
  const Index k = block.k();
  for (Index t = 0; t < k; ++t) {
    const auto& [target, alpha] = block.targets()[t];
    const auto& from = last_[target];
    if (alpha == 0.0 || std::isinf(alpha) || from.empty()) continue;
    for (Index j = 0; j < design_.x.cols; ++j) b[j * k + t] = from[j];
  }
}

template <Real T>
void CgPath<T>::fit(Index first, double alpha, std::span<double> coef, std::span<double> intercept,
                    double& optimality) {
  std::vector<PenalisedTarget> targets;
  for (Index t = first; t < std::min(problem_.n_targets(), first + most_targets_at_once); ++t)
    targets.push_back({t, alpha});
  const SparseBlock<T> block(problem_, design_, pass_, std::move(targets));
  Buffer<double> b(block.size());
  start(block, b.data());
  SolveInfo info;
  SparseCg<T>(problem_, block).solve(most_cg_iterations(problem_.options()), false, b.data(), info);
  optimality = std::max(optimality, info.optimality);
  const Index k = block.k(), p = design_.x.cols;
  for (Index u = 0; u < k; ++u) {
    GroupFit solution{.coef = Buffer<double>(p), .centre = {}, .info = {}};
    auto& last = last_[first + u];
    last.resize(p);
    for (Index j = 0; j < p; ++j) solution.coef[j] = last[j] = b[j * k + u];
    problem_.write_result({alpha, {first + u}}, solution, design_.means, coef, intercept);
  }
}

template <Real T>
void CgPath<T>::coefficients(std::span<const double> alphas, std::span<double> coef,
                             std::span<double> intercept, std::span<double> optimality) {
  const Index n_targets = problem_.n_targets();
  const std::size_t size = n_targets * design_.x.cols;
  std::ranges::fill(optimality, 0.0);
  for (const std::size_t a : descending(alphas)) {
    for (Index t = 0; t < problem_.n_targets(); t += most_targets_at_once) {
      fit(t, alphas[a], coef.subspan(a * size, size), intercept.subspan(a * n_targets, n_targets),
          optimality[a]);
    }
  }
}

template <Real T>
SpectrumBounds CgPath<T>::spectrum_bounds() {
  const Index p = design_.x.cols;
  const SparseBlock<T> block(problem_, design_, pass_, {{0, 0.0}});
  std::vector<double> unit(p, 0.0);
  double of_means = 0.0;
  SpectrumBounds bounds;
  for (Index j = 0; j < p; ++j) {
    const double penalty = problem_.penalty(j, 1.0);
    if (!(penalty > 0.0) || std::isinf(penalty)) continue;
    unit[j] = 1.0 / std::sqrt(penalty);
    bounds.sum += design_.x_spread[j] / penalty;
    of_means += design_.means.weight * design_.means.x[j] * design_.means.x[j] / penalty;
  }
  std::mt19937_64 random(1);  // any start that meets the first eigenvector
  Buffer<double> v(p), scaled(p), q(p);
  for (double& value : v) value = static_cast<double>(random() >> 11) * 0x1p-53 - 0.5;
  for (int step = 0; step < power_iterations; ++step) {
    const double size =
        std::abs(*std::ranges::max_element(v, {}, [](double x) { return std::abs(x); }));
    const double scale = power_of_two_for(size);  // the squares of eigenvalues may leave the range
    double norm = 0.0;
    for (double& value : v) value *= scale;
    for (Index j = 0; j < p; ++j) norm += unit[j] > 0.0 ? v[j] * v[j] : 0;
    if (norm == 0.0) break;
    norm = std::sqrt(norm);
    for (Index j = 0; j < p; ++j) {
      v[j] /= norm;
      scaled[j] = unit[j] * v[j];
    }
    block.apply(scaled.data(), q.data());
    double rayleigh = 0.0;
    for (Index j = 0; j < p; ++j) {
      q[j] *= unit[j];
      rayleigh += q[j] * v[j];
    }
    bounds.largest = std::max(bounds.largest, rayleigh);
    std::swap(v, q);
  }
  if (problem_.centred() && problem_.options().penalize_intercept) {
    of_means += design_.means.weight / problem_.intercept_penalty(1.0);
    bounds.sum += of_means;
    bounds.largest = std::max(bounds.largest, of_means);
  }
  return bounds;
}

template <Real T>
Status sparse_path(const SparseView<T>& x, const RidgeData<T>& data, std::span<const double> alphas,
                   const RidgeOptions& options, Monitor& monitor, std::span<double> coef,
                   std::span<double> intercept, std::span<double> optimality) {
  RidgeData<T> shaped = data;
  shaped.x = {nullptr, x.rows, x.cols, 0, 0};
  validate_grid(shaped, alphas, options);
  shaped.alpha = alphas;  // the largest decides on scales
  Problem<T> problem(shaped, options, monitor);
  auto rows = checked_rows(x, options.n_threads);
  std::vector<double> shift;
  if (options.fit_intercept && !options.penalize_intercept) shift = shift_full_columns(rows);
  return status_of([&] {
    CgPath<T>(problem, std::move(rows)).coefficients(alphas, coef, intercept, optimality);
    unshift_intercepts(shift, coef, intercept);
    require_finite_results({coef, x.cols, intercept});
    const bool converged =
        std::ranges::all_of(optimality, [&](double reached) { return reached <= options.tol; });
    return converged ? Status::converged : Status::max_iter_reached;
  });
}

template <Real T>
Status sparse_spectrum(const SparseView<T>& x, const RidgeData<T>& data,
                       const RidgeOptions& options, Monitor& monitor, SpectrumBounds& out) {
  const double alpha = 0.0;  // so that the columns alone decide on scales
  RidgeData<T> shaped = data;
  shaped.x = {nullptr, x.rows, x.cols, 0, 0};
  shaped.alpha = {&alpha, 1};
  validate(shaped, options);
  Problem<T> problem(shaped, options, monitor);
  CgPath<T> path(problem, checked_rows(x, options.n_threads));
  return status_of([&] {
    out = path.spectrum_bounds();
    return Status::converged;
  });
}

template class CgPath<double>;
template class CgPath<float>;
template Status sparse_path<double>(const SparseView<double>&, const RidgeData<double>&,
                                    std::span<const double>, const RidgeOptions&, Monitor&,
                                    std::span<double>, std::span<double>, std::span<double>);
template Status sparse_path<float>(const SparseView<float>&, const RidgeData<float>&,
                                   std::span<const double>, const RidgeOptions&, Monitor&,
                                   std::span<double>, std::span<double>, std::span<double>);
template Status sparse_spectrum<double>(const SparseView<double>&, const RidgeData<double>&,
                                        const RidgeOptions&, Monitor&, SpectrumBounds&);
template Status sparse_spectrum<float>(const SparseView<float>&, const RidgeData<float>&,
                                       const RidgeOptions&, Monitor&, SpectrumBounds&);

}  // namespace elltwo
