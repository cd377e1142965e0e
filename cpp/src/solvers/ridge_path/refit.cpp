#include "solvers/ridge_path/refit.hpp"

#include <algorithm>
#include <vector>

#include "solvers/ridge/ridge.hpp"
#include "solvers/ridge_sparse/ridge_sparse.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

constexpr double sparse_tol = 1e-13;  // tolerance of sparse refits, which must give all digits

}  // namespace

template <Real T>
void refit_target(const RefitProblem<T>& problem, Index target, std::span<const double> alphas,
                  std::span<double> coef, std::span<double> intercept) {
  const auto& data = problem.data;
  auto repeated = data;  // the target stands once for every alpha
  repeated.y = {data.y.data + target * data.y.col_stride, data.y.rows,
                static_cast<Index>(alphas.size()), data.y.row_stride, 0};
  repeated.alpha = alphas;
  std::vector<double> prior;
  if (!data.prior_mean.empty()) {
    const Index p = data.x.cols;
    const auto row = data.prior_mean.subspan(target * p, p);
    for (std::size_t a = 0; a < alphas.size(); ++a)
      prior.insert(prior.end(), row.begin(), row.end());
    repeated.prior_mean = prior;
  }
  if (problem.sparse != nullptr) {
    auto exact = problem.options;
    exact.tol = std::min(exact.tol, sparse_tol);
    fit_rows(borrowed(*problem.sparse), repeated, exact, problem.monitor, coef, intercept);
  } else {
    ridge_from_products<T>(repeated, {}, problem.options, problem.monitor, coef, intercept);
  }
}

template void refit_target<double>(const RefitProblem<double>&, Index, std::span<const double>,
                                   std::span<double>, std::span<double>);
template void refit_target<float>(const RefitProblem<float>&, Index, std::span<const double>,
                                  std::span<double>, std::span<double>);

}  // namespace elltwo
