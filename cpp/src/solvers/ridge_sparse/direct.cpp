#include "solvers/ridge_sparse/direct.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/orthogonal.hpp"
#include "linalg/row_triangle.hpp"
#include "solvers/ridge/nearest.hpp"
#include "sparse/gram.hpp"

namespace elltwo {
namespace {

// A gradient at which a well-conditioned system has nothing to gain from another pass.
constexpr double good_enough_direct = 1e-14;

// Operations of a QR that take about a second.
constexpr double affordable_operations = 4e10;

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
    const bool solved_for = block.inverse_size()[j * block.k()] > 0.0;
    if (solved_for || block.is_level(j, 0)) active.push_back(j);
  }
  return active;
}

// Whether some coefficient owes too much to its penalty for an orthogonal factorisation.
template <Real T>
bool SparseDirect<T>::is_dominated(const SparseBlock<T>& block) const {
  for (Index j = 0; j < design_.x.cols; ++j) {
    if (block.inverse_size()[j * block.k()] == 0.0) continue;
    const double penalty = problem_.penalty(j, block.targets()[0].alpha);
    if (penalty > dominant_penalty * design_.x_spread[j]) return true;
  }
  return false;
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
  system_->solve(rhs.data(), k, m, problem_.options().n_threads, problem_.monitor());
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
    // Beside a large penalty the gradient at zero is small, however far the solution is from it.
    const bool done = info.optimality <= (solves > 0 ? floor : 0.0);
    if (done || solves > problem_.options().max_iter) return;
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
  const bool definite = !block.has_levels() && factor(block);
  info.rcond = definite ? system_->rcond() : 0.0;
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

template <Real T>
bool SparseDirect<T>::orthogonal_affordable() const {
  const auto n = static_cast<double>(std::max(design_.x.rows, design_.x.cols));
  const auto p = static_cast<double>(design_.x.cols);
  return 2.0 * n * p * p <= affordable_operations;
}

// R and Q^T r of the rows of sqrt(w) [X - x_mean | r] with r = y - (X - x_mean) b, b being the
// prior means, which are made dense a block at a time.
template <Real T>
Buffer<double> SparseDirect<T>::triangle(const SparseBlock<T>& block, const Active& active,
                                         const double* b) const {
  const auto fill = [&](Index k0, Index rows, double* out, Index ld) {
    const auto& x = design_.x;
    const auto m = static_cast<Index>(active.size());
    std::vector<double> row(x.cols);
    for (Index i = 0; i < rows; ++i) {
      const double root = problem_.sqrt_weight() != nullptr ? problem_.sqrt_weight()[k0 + i] : 1.0;
      if (root == 0.0) {
        for (Index c = 0; c < m + block.k(); ++c) out[c * ld + i] = 0.0;
        continue;
      }
      for (std::size_t j = 0; j < row.size(); ++j) row[j] = -design_.means.x[j];
      for (Index e = x.start[k0 + i]; e < x.start[k0 + i + 1]; ++e)
        row[x.column[e]] += static_cast<double>(x.value[e]);
      for (Index a = 0; a < m; ++a) out[a * ld + i] = root * row[active[a]];
      for (Index t = 0; t < block.k(); ++t) {
        const Index target = block.targets()[t].target;
        double r = design_.y[(k0 + i) * problem_.n_targets() + target];
        for (std::size_t j = 0; j < row.size(); ++j)
          r -= row[j] * b[static_cast<Index>(j) * block.k() + t];
        out[(m + t) * ld + i] = root * r;
      }
    }
  };
  return row_triangle(design_.x.rows, static_cast<Index>(active.size()), block.k(), fill,
                      problem_.options().n_threads, problem_.monitor());
}

// The rows sqrt(A) and sqrt(kappa) x_mean^T folded in beneath; what they aim at is zero and the
// mean residual, since b is at the prior means.
template <Real T>
Buffer<double> SparseDirect<T>::penalised_triangle(const SparseBlock<T>& block,
                                                   const Active& active, const double* b,
                                                   const Buffer<double>& top) const {
  const auto m = static_cast<Index>(active.size());
  const Index ld = 2 * m + 1;
  const double kappa = block.kappa(0);
  auto stack = Buffer<double>::zeros(ld * (m + block.k()));
  for (Index c = 0; c < m + block.k(); ++c)
    std::copy_n(top.data() + c * m, std::min(c + 1, m), stack.data() + c * ld);
  bool penalised = kappa > 0.0;
  for (Index a = 0; a < m; ++a) {
    const Index j = active[a];
    const double penalty = problem_.penalty(j, block.targets()[0].alpha);
    penalised = penalised || penalty > 0.0;
    stack[a * ld + m + a] = std::sqrt(penalty);
    stack[a * ld + 2 * m] = std::sqrt(kappa) * design_.means.x[j];
  }
  for (Index t = 0; t < block.k(); ++t) {
    double mean = design_.means.y[block.targets()[t].target];
    for (Index j = 0; j < design_.x.cols; ++j) mean -= design_.means.x[j] * b[j * block.k() + t];
    stack[(m + t) * ld + 2 * m] = std::sqrt(kappa) * mean;
  }
  if (penalised) fold_rows(m, m + 1, block.k(), stack.data(), ld, problem_.monitor());
  return stack;
}

template <Real T>
void SparseDirect<T>::by_orthogonal(const SparseBlock<T>& block, double* b, SolveInfo& info) {
  const Active active = active_features(block);
  const auto m = static_cast<Index>(active.size());
  const Index ld = 2 * m + 1;
  const auto top = triangle(block, active, b);
  auto stack = penalised_triangle(block, active, b, top);
  double* c = stack.data() + m * ld;
  std::vector<double> levels;
  for (Index t = 0; t < block.k(); ++t) {
    double mean = design_.means.y[block.targets()[t].target];
    for (Index j = 0; j < design_.x.cols; ++j) mean -= design_.means.x[j] * b[j * block.k() + t];
    levels.push_back(mean);
  }
  const auto norm =
      nearest_norm(problem_, design_.means, active, block.targets()[0].alpha, std::move(levels));
  const bool force_svd = problem_.options().solver == SolverChoice::svd;
  const auto fit = solve_triangle(m, stack.data(), ld, design_.x.rows, force_svd, norm, c,
                                  block.k(), ld, problem_.monitor());
  for (Index a = 0; a < m; ++a) {
    const Index j = active[a];
    for (Index t = 0; t < block.k(); ++t) b[j * block.k() + t] += c[t * ld + a];
  }
  info.solver = fit.used_svd ? Solver::svd : Solver::qr;
  info.rcond = fit.rcond;
  info.rank = fit.rank;
  info.n_iter = 0;
  Buffer<double> g(block.size());
  block.gradient(b, g.data());
  if (!block.has_levels() && is_dominated(block) && factor(block) &&
      system_->rcond() > rcond_hopeless) {
    const auto step = correction(block, g.data());
    for (Index e = 0; e < block.size(); ++e) b[e] += step[e];
    block.gradient(b, g.data());
  }
  info.optimality = block.optimality(b, g.data());
}

template class SparseDirect<double>;
template class SparseDirect<float>;

}  // namespace elltwo
