#include "elltwo/network_curvature.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "elltwo/network_varpro.hpp"
#include "linalg/matrix_vector.hpp"
#include "linalg/posdef.hpp"
#include "parallel/interruption.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/network/gauss_newton.hpp"
#include "solvers/network/lanczos.hpp"
#include "solvers/network/objective.hpp"
#include "solvers/network/validate.hpp"
#include "solvers/shared/results.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo {
namespace {

using network::derivative_rows_at_once;
using network::GaussNewton;

constexpr int curvature_products = 300;   // at most, for an extreme eigenvalue
constexpr double curvature_tol = 1e-9;    // of these, relative
constexpr double curvature_lift = 1e-13;  // of the diagonal of a singular matrix
constexpr double least_curvature_rcond = 1e-14;
constexpr double difference_length = 1e-5;  // of gradients, relative to the parameters

/// The matrix of all parameters: the lower triangle, column-major.
template <Real T>
Buffer<double> gauss_newton_matrix(const NetworkModel& model, const NetworkData<T>& data,
                                   std::span<const double> parameters, int n_threads,
                                   Monitor& monitor) {
  const network::Layout<double> layout(model);
  const network::Rows<double> rows(data, layout.ld_x());
  network::Weights<double> weights(layout);
  weights.set(parameters.data());
  network::DerivativeRows<double> derivatives(model, layout,
                                              std::min(rows.n(), derivative_rows_at_once));
  GaussNewton<double> sums(model);
  for (Index begin = 0; begin < rows.n(); begin += derivative_rows_at_once) {
    std::vector<Index> part(std::min(derivative_rows_at_once, rows.n() - begin));
    std::iota(part.begin(), part.end(), begin);
    derivatives.evaluate(rows, part, weights, parameters);
    sums.add(derivatives, n_threads, monitor);
  }
  Buffer<double> matrix(model.n_parameters() * model.n_parameters());
  sums.whole(matrix.data());
  return matrix;
}

/// sum_j alpha_j inverse_jj.
double penalised_trace(const NetworkModel& model, const Buffer<double>& inverse) {
  double sum = 0.0;
  for (Index l = 0; l < model.n_layers(); ++l) {
    if (model.alpha_of(l) == 0.0) continue;
    for (Index i = model.weights_at(l); i < model.intercepts_at(l); ++i) {
      sum += model.alpha_of(l) * inverse[i];
    }
  }
  return sum;
}

/// A copy of the matrix with `lift` times its largest diagonal entry added to its diagonal.
Buffer<double> raised(Index n, const Buffer<double>& matrix, double lift) {
  Buffer<double> copy(n * n);
  std::copy(matrix.begin(), matrix.end(), copy.begin());
  double largest = 0.0;
  for (Index i = 0; i < n; ++i) largest = std::max(largest, copy[i * n + i]);
  for (Index i = 0; i < n; ++i) copy[i * n + i] += lift * (largest > 0.0 ? largest : 1.0);
  return copy;
}

NetworkCurvature curvature_of(const NetworkModel& model, const Buffer<double>& matrix,
                              int n_threads, Monitor& monitor) {
  const Index n = model.n_parameters();
  NetworkCurvature curvature;
  const auto times = [&](std::span<const double> v, std::span<double> out) {
    lapack::symv(n, matrix.data(), n, v.data(), out.data());
  };
  curvature.largest =
      network::largest_eigenvalue(n, times, curvature_products, curvature_tol, monitor).value;
  PosDefSystem system(n, raised(n, matrix, 0.0));
  const bool positive = system.factor(n_threads, monitor) && system.rcond() > least_curvature_rcond;
  if (!positive) {
    system = PosDefSystem(n, raised(n, matrix, curvature_lift));
    if (!system.factor(n_threads, monitor)) return curvature;
  } else {
    const auto solve = [&](std::span<const double> v, std::span<double> out) {
      std::copy(v.begin(), v.end(), out.begin());
      system.solve(out.data(), 1, n, n_threads, monitor);
    };
    curvature.smallest =
        1.0 /
        network::largest_eigenvalue(n, solve, curvature_products, curvature_tol, monitor).value;
  }
  curvature.effective_parameters =
      static_cast<double>(n) - penalised_trace(model, system.inverse_diagonal(n_threads, monitor));
  return curvature;
}

void require_curvature(const NetworkModel& model, std::span<const double> parameters) {
  network::require_model(model);
  network::require_parameters(model, parameters);
  const bool finite = std::all_of(model.alpha.begin(), model.alpha.end(),
                                  [](double alpha) { return std::isfinite(alpha); });
  if (varpro_applies(model) && finite) return;
  throw std::invalid_argument(
      "the Gauss-Newton matrix is for the squared loss, finite alpha, and one or two hidden layers "
      "with at most " +
      std::to_string(most_varpro_parameters) + " parameters");
}

/// Differences of gradients along directions.
class HessianProducts {
 public:
  HessianProducts(network::Objective<double>& objective, std::span<const double> parameters,
                  Monitor& monitor)
      : objective_(objective),
        parameters_(parameters),
        monitor_(monitor),
        moved_(parameters.size()),
        below_(parameters.size()) {
    length_ = difference_length * std::max(1.0, std::sqrt(dot(parameters, parameters)));
  }

  /// Writes minus the product with a vector of length one.
  void operator()(std::span<const double> v, std::span<double> out) {
    gradient(v, length_, out);
    gradient(v, -length_, below_);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = (below_[i] - out[i]) / (2.0 * length_);
  }

 private:
  void gradient(std::span<const double> v, double step, std::span<double> out) {
    for (std::size_t i = 0; i < v.size(); ++i) moved_[i] = parameters_[i] + step * v[i];
    objective_.evaluate(moved_, out, monitor_);
  }

  network::Objective<double>& objective_;
  std::span<const double> parameters_;
  Monitor& monitor_;
  std::vector<double> moved_;
  std::vector<double> below_;
  double length_;
};

}  // namespace

template <Real T>
NetworkCurvature network_curvature(const NetworkModel& model, const NetworkData<T>& data,
                                   std::span<const double> parameters, int n_threads,
                                   Monitor& monitor) {
  require_curvature(model, parameters);
  NetworkCurvature curvature{.status = Status::interrupted};
  if (completed([&] {
        network::require_data(model, data, n_threads, monitor);
        const auto matrix = gauss_newton_matrix(model, data, parameters, n_threads, monitor);
        curvature = curvature_of(model, matrix, n_threads, monitor);
      })) {
    const double numbers[] = {curvature.smallest, curvature.largest,
                              curvature.effective_parameters};
    require_finite_results({numbers, 1, {}});
  }
  return curvature;
}

template <Real T>
HessianEigenvalue network_hessian_eigenvalue(const NetworkModel& model, const NetworkData<T>& data,
                                             std::span<const double> parameters, int max_products,
                                             int n_threads, Monitor& monitor) {
  network::require_model(model);
  network::require_parameters(model, parameters);
  if (max_products < 1) {
    throw std::invalid_argument("max_products must be at least 1, got " +
                                std::to_string(max_products));
  }
  HessianEigenvalue smallest{.status = Status::interrupted};
  if (completed([&] {
        network::require_data(model, data, n_threads, monitor);
        const network::Layout<double> layout(model);
        const network::Rows<double> rows(data, layout.ld_x());
        network::Objective<double> objective(model, layout, rows, n_threads);
        HessianProducts products(objective, parameters, monitor);
        const auto top = network::largest_eigenvalue(model.n_parameters(), std::ref(products),
                                                     max_products, curvature_tol, monitor);
        smallest = {.status = Status::converged,
                    .value = -top.value,
                    .error = top.error,
                    .n_products = top.n_products};
      })) {
    const double numbers[] = {smallest.value, smallest.error};
    require_finite_results({numbers, 1, {}});
  }
  return smallest;
}

template NetworkCurvature network_curvature(const NetworkModel&, const NetworkData<float>&,
                                            std::span<const double>, int, Monitor&);
template NetworkCurvature network_curvature(const NetworkModel&, const NetworkData<double>&,
                                            std::span<const double>, int, Monitor&);
template HessianEigenvalue network_hessian_eigenvalue(const NetworkModel&,
                                                      const NetworkData<float>&,
                                                      std::span<const double>, int, int, Monitor&);
template HessianEigenvalue network_hessian_eigenvalue(const NetworkModel&,
                                                      const NetworkData<double>&,
                                                      std::span<const double>, int, int, Monitor&);

}  // namespace elltwo
