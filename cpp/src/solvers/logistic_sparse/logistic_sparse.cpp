#include <algorithm>
#include <stdexcept>

#include "elltwo/logistic.hpp"
#include "solvers/logistic/validate.hpp"
#include "solvers/logistic_sparse/newton.hpp"

namespace elltwo {
namespace {

// The intercepts of the model without predictors, which offsets hold already, and no coefficients.
template <Real T>
void start_from_shares(const SparseLogisticDesign<T>& design, double* b) {
  std::fill_n(b, design.size(), 0.0);
  if (design.offset.data() != nullptr) return;
  std::ranges::copy(design.alone, b + design.p() * design.outputs());
}

}  // namespace

template <Real T>
std::vector<LogisticInfo> sparse_logistic_path(const SparseView<T>& x, const LogisticData<T>& data,
                                               std::span<const double> alphas,
                                               const LogisticOptions& options, Monitor& monitor,
                                               std::span<const double> start,
                                               std::span<double> coef,
                                               std::span<double> intercept) {
  LogisticData<T> shaped = data;
  shaped.x = {nullptr, x.rows, x.cols, 0, 0};
  validate(shaped, alphas, options, start);
  if (options.solver == LogisticSolver::quasi_newton) {
    throw std::invalid_argument(
        "solver must be 'auto', 'newton_cholesky' or 'newton_cg' where X is sparse, got "
        "'quasi_newton'");
  }
  const SparseLogisticDesign<T> design(checked_rows(x, options.n_threads), data, options);
  SparseLogisticNewton<T> newton(design, options, monitor);
  Buffer<double> b(design.size());
  if (start.empty()) start_from_shares(design, b.data());
  else design.read(start, b.data());
  std::vector<LogisticInfo> infos;
  const Index k = design.outputs();
  const Index p = design.p();
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    infos.push_back(newton.fit(alphas[a], b.data()));
    if (infos.back().status == Status::interrupted) break;
    design.write(b.data(), newton.held_slope(), alphas[a], coef.subspan(a * k * p, k * p),
                 intercept.subspan(a * k, k));
    // What separates classes is no start for a fit that has a minimum.
    if (infos.back().status == Status::separable) start_from_shares(design, b.data());
  }
  return infos;
}

template std::vector<LogisticInfo> sparse_logistic_path<double>(
    const SparseView<double>&, const LogisticData<double>&, std::span<const double>,
    const LogisticOptions&, Monitor&, std::span<const double>, std::span<double>,
    std::span<double>);
template std::vector<LogisticInfo> sparse_logistic_path<float>(
    const SparseView<float>&, const LogisticData<float>&, std::span<const double>,
    const LogisticOptions&, Monitor&, std::span<const double>, std::span<double>,
    std::span<double>);

}  // namespace elltwo
