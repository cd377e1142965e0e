#include <algorithm>
#include <stdexcept>

#include "elltwo/logistic.hpp"
#include "solvers/logistic/path.hpp"
#include "solvers/logistic/present_classes.hpp"
#include "solvers/logistic/validate.hpp"
#include "solvers/logistic_sparse/newton.hpp"

namespace elltwo {
namespace {

template <Real T>
std::vector<LogisticInfo> fit_path(const SparseLogisticDesign<T>& design,
                                   const LogisticPath<T>& path, Monitor& monitor) {
  SparseLogisticNewton<T> newton(design, path.options, monitor);
  Buffer<double> b(design.size());
  if (path.start.empty()) design.null_point(b.data());
  else design.read(path.start, b.data());
  std::vector<LogisticInfo> infos;
  const Index k = design.outputs();
  const Index p = design.p();
  path.plan(monitor);
  for (Index a = 0; a < path.n_alphas(); ++a) {
    infos.push_back(newton.fit(path.alphas[a], b.data()));
    design.write(b.data(), newton.held_slope(), path.alphas[a], path.coef.subspan(a * k * p, k * p),
                 path.intercept.subspan(a * k, k));
    path.finish_one(monitor);
    // A direction that separates the classes is no start for a fit that has a minimum.
    if (infos.back().status == Status::separable) design.null_point(b.data());
  }
  return infos;
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
  auto rows = checked_rows(x, options.n_threads);
  return fit_present_classes(
      shaped, alphas.size(), options, start, coef, intercept,
      [&](const LogisticData<T>& present, std::span<const double> from, std::span<double> b,
          std::span<double> b0) {
        const SparseLogisticDesign<T> design(std::move(rows), present, options);
        const LogisticPath<T> path{present, alphas, options, from, b, b0};
        return reported_path(path, [&] { return fit_path<T>(design, path, monitor); });
      });
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
