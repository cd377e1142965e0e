#include "solvers/ridge_sparse/direct.hpp"

#include <algorithm>
#include <cmath>

#include "sparse/gram.hpp"

namespace elltwo {
namespace {

// A gradient at which a well-conditioned system has nothing to gain from another pass.
constexpr double good_enough_direct = 1e-14;

// max over targets of |d step| / |d b|.
template <Real T>
double step_size(const SparseBlock<T>& block, const double* b, const double* step) {
  double worst = 0.0;
  for (Index t = 0; t < block.k(); ++t) {
    double whole = 0.0, part = 0.0;
    for (Index e = t; e < block.size(); e += block.k()) {
      const double inverse = block.inverse_size()[e];
      if (inverse == 0.0) continue;
      whole += std::pow(b[e] / inverse, 2);
      part += std::pow(step[e] / inverse, 2);
    }
    if (part > 0.0) worst = std::max(worst, std::sqrt(part / whole));
  }
  return std::isnan(worst) ? infinity : worst;
}

}  // namespace

template <Real T>
auto SparseDirect<T>::active_features(const SparseBlock<T>& block) const -> Active {
  Active active;
  for (Index j = 0; j < design_.x.cols; ++j) {
    if (block.inverse_size()[j * block.k()] > 0.0) active.push_back(j);
  }
  return active;
}

// G + A on the active features, factored; kept for as long as alpha stays the same.
template <Real T>
bool SparseDirect<T>::factor(const SparseBlock<T>& block) {
  const auto& options = problem_.options();
  if (!has_gram_) {
    gram_ = sparse_gram(design_.x, design_.weight.data(), design_.x.cols, options.n_threads,
                        problem_.monitor());
    has_gram_ = true;
  }
  if (system_ && alpha_ == block.targets()[0].alpha) return definite_;
  alpha_ = block.targets()[0].alpha;
  active_ = active_features(block);
  const auto m = static_cast<Index>(active_.size());
  const double weight = problem_.centred() ? block.kappa(0) - design_.means.weight : 0.0;
  Buffer<double> lower(m * m);
  for (Index c = 0; c < m; ++c) {
    const Index j = active_[c];
    const double* row = gram_.data() + j * design_.x.cols;
    const double mean = weight * design_.means.x[j];
    for (Index r = c + 1; r < m; ++r) {
      const Index i = active_[r];
      lower[c * m + r] = row[i] + mean * design_.means.x[i];
    }
    lower[c * m + c] = std::pow(block.inverse_size()[j * block.k()], -2);
  }
  system_.emplace(m, std::move(lower));
  definite_ = system_->factor(options.n_threads, problem_.monitor());
  return definite_;
}

// (G + A)^-1 g on the active features, zero elsewhere.
template <Real T>
Buffer<double> SparseDirect<T>::correction(const SparseBlock<T>& block, const double* g) const {
  const auto m = static_cast<Index>(active_.size());
  const Index k = block.k();
  Buffer<double> rhs(m * k);
  for (Index a = 0; a < m; ++a) {
    for (Index t = 0; t < k; ++t) rhs[t * m + a] = g[active_[a] * k + t];
  }
  system_->solve(rhs.data(), k, m, problem_.options().n_threads);
  auto step = Buffer<double>::zeros(block.size());
  for (Index a = 0; a < m; ++a) {
    for (Index t = 0; t < k; ++t) step[active_[a] * k + t] = rhs[t * m + a];
  }
  return step;
}

// Steps with residuals from the data while they halve (Bjorck 1987); the first is the solution
// itself.
template <Real T>
void SparseDirect<T>::refine(const SparseBlock<T>& block, double* b, SolveInfo& info) const {
  Buffer<double> g(block.size());
  const double floor =
      info.rcond >= rcond_exact ? good_enough_direct : optimality_floor<double>(0.0);
  double previous_size = infinity;
  for (int solves = 0;; ++solves) {
    block.gradient(b, g.data());
    info.optimality = block.optimality(b, g.data());
    info.n_iter = std::max(solves - 1, 0);
    if (info.optimality <= floor || solves > problem_.options().max_iter) return;
    const auto step = correction(block, g.data());
    if (solves > 0) {
      const double size = step_size(block, b, step.data());
      if (!(size < 0.5 * previous_size) || size < epsilon / 4) return;
      previous_size = size;
    }
    for (Index e = 0; e < block.size(); ++e) b[e] += step[e];
  }
}

template <Real T>
bool SparseDirect<T>::by_cholesky(const SparseBlock<T>& block, double* b, SolveInfo& info) {
  const bool insists = problem_.options().solver == SolverChoice::cholesky;
  info.solver = Solver::cholesky;
  info.rank = block.rank();
  const bool definite = factor(block);
  info.rcond = system_->rcond();
  if (!definite || info.rcond < rcond_singular) {
    info.fallback = "the normal equations are singular to working precision";
    return false;
  }
  if (info.rcond < rcond_hopeless && !insists) {
    info.fallback = "the normal equations are too ill-conditioned";
    return false;
  }
  refine(block, b, info);
  if (info.optimality > problem_.options().tol && !insists) {
    info.fallback = "corrections of the normal equations did not reach the tolerance";
    const auto start = block.prior();
    std::copy(start.begin(), start.end(), b);
    return false;
  }
  return true;
}

template class SparseDirect<double>;
template class SparseDirect<float>;

}  // namespace elltwo
