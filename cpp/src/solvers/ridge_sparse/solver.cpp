#include "solvers/ridge_sparse/solver.hpp"

#include <algorithm>

#include "elltwo/sparse_path.hpp"
#include "solvers/ridge_sparse/cg.hpp"
#include "solvers/shared/sparse_costs.hpp"
#include "sparse/gram.hpp"

namespace elltwo {
namespace {

constexpr double hopeful_iterations = 5.0;  // a fair chance for conjugate gradients
constexpr double worth_a_trial = 0.02;      // seconds of a direct fit

}  // namespace

template <Real T>
SparseSolver<T>::SparseSolver(Problem<T>& problem, SparseRows<T> rows)
    : problem_(problem),
      design_(problem, std::move(rows)),
      pass_(design_.x, std::min(problem.n_targets(), most_targets_at_once),
            problem.options().n_threads),
      direct_(problem, design_) {
  trial_ = is_direct() ? trial_iterations() : 0;
}

template <Real T>
bool SparseSolver<T>::is_direct() const {
  if (problem_.options().solver == SolverChoice::automatic)
    return design_.x.cols <= sparse_decomposition_limit;
  return problem_.options().solver != SolverChoice::cg;
}

// As many iterations as cost what a direct fit does; 0 if they are not worth trying.
template <Real T>
int SparseSolver<T>::trial_iterations() const {
  if (problem_.options().solver != SolverChoice::automatic) return 0;
  const auto p = static_cast<double>(design_.x.cols);
  const auto groups = static_cast<double>(problem_.groups().size());
  const double direct = seconds_per_gram_product * gram_products(design_.x) +
                        seconds_per_flop * groups * p * p * p / 3.0;
  const double pass = seconds_per_value * static_cast<double>(problem_.n_targets()) *
                      (static_cast<double>(design_.x.nonzeros()) + p);
  if (direct < worth_a_trial || direct < hopeful_iterations * pass) return 0;
  return static_cast<int>(std::min(direct / pass, 0.5 * most_iterations()));
}

template <Real T>
int SparseSolver<T>::most_iterations() const {
  return most_cg_iterations(problem_.options());
}

template <Real T>
SolveInfo SparseSolver<T>::fit(const SparseBlock<T>& block, double* b) {
  SolveInfo info{.tolerance = problem_.options().tol};
  const bool asked = problem_.options().solver != SolverChoice::automatic;
  if (std::ranges::all_of(block.inverse_size(), [](double s) { return s == 0.0; }) &&
      !block.has_levels()) {
    info.reason = "every coefficient is pinned to its prior mean or multiplies a constant feature";
    return info;
  }
  info.reason = asked ? "asked for" : "passes over the sparse data alone";
  if (is_direct()) fit_directly(block, b, info);
  else SparseCg<T>(problem_, block).solve(most_iterations(), false, b, info);
  if (!(info.optimality <= info.tolerance)) info.status = Status::max_iter_reached;
  return info;
}

template <Real T>
void SparseSolver<T>::fit_directly(const SparseBlock<T>& block, double* b, SolveInfo& info) {
  if (problem_.options().solver == SolverChoice::svd) return direct_.by_orthogonal(block, b, info);
  const char* why = "";
  if (trial_ > 0) {
    SparseCg<T>(problem_, block).solve(trial_, true, b, info);
    if (info.optimality <= info.tolerance) return;
    trial_ = 0;
    why = "conjugate gradients did not converge within the cost of a direct fit";
    const auto start = block.prior();
    std::copy(start.begin(), start.end(), b);
  } else if (problem_.options().solver == SolverChoice::automatic) {
    info.reason = "few features: sparse p x p normal equations";
  }
  info.fallback = why;
  if (direct_.by_cholesky(block, b, info)) return;
  if (direct_.orthogonal_affordable()) direct_.by_orthogonal(block, b, info);
  else SparseCg<T>(problem_, block).solve(most_iterations(), false, b, info);
}

template class SparseSolver<double>;
template class SparseSolver<float>;

}  // namespace elltwo
