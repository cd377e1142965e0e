#include <cmath>
#include <vector>

#include "check.hpp"
#include "elltwo/network_curvature.hpp"
#include "linalg/lapack.hpp"
#include "solvers/network/lanczos.hpp"
#include "support/data.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

/// A network with data of its own, at its start.
struct CurvedProblem {
  NetworkModel model;
  Matrix<double> x;
  Matrix<double> y;
  std::vector<double> weight;
  std::vector<double> parameters;

  CurvedProblem(Index n, std::vector<Index> units, std::vector<double> alpha) {
    model = {.units = std::move(units), .activation = Activation::tanh, .alpha = std::move(alpha)};
    x = random_matrix(n, model.units.front(), 1);
    y = random_matrix(n, model.n_outputs(), 2);
    weight = random_weights(n, 3);
    parameters.resize(model.n_parameters());
    network_start(model, 4, parameters);
  }

  NetworkData<double> data() const {
    return {.x = x.view(), .y = y.view(), .sample_weight = weight};
  }

  std::vector<double> outputs(const std::vector<double>& at) const {
    Monitor nobody;
    std::vector<double> out(x.rows * model.n_outputs());
    CHECK(network_predict(model, at, x.view(), {.n_threads = 1}, nobody, out));
    return out;
  }

  std::vector<double> gradient(const std::vector<double>& at) const {
    Monitor nobody;
    std::vector<double> out(at.size());
    network_objective(model, data(), at, 1, nobody, out);
    return out;
  }
};

/// Column j of the difference quotient of f at the parameters.
template <class F>
std::vector<double> quotient(const CurvedProblem& of, std::size_t j, F f) {
  constexpr double h = 1e-5;
  auto at = of.parameters;
  at[j] += h;
  auto above = f(at);
  at[j] -= 2.0 * h;
  const auto below = f(at);
  for (std::size_t i = 0; i < above.size(); ++i) above[i] = (above[i] - below[i]) / (2.0 * h);
  return above;
}

std::vector<double> penalty_diagonal(const NetworkModel& model) {
  std::vector<double> diagonal(model.n_parameters());
  for (Index l = 0; l < model.n_layers(); ++l) {
    for (Index i = model.weights_at(l); i < model.intercepts_at(l); ++i) {
      diagonal[i] = model.alpha_of(l);
    }
  }
  return diagonal;
}

/// J^T W J without the penalty, by difference quotients of the outputs.
std::vector<double> slow_gauss_newton(const CurvedProblem& of) {
  const auto n = of.parameters.size();
  std::vector<std::vector<double>> columns;
  for (std::size_t j = 0; j < n; ++j) {
    columns.push_back(quotient(of, j, [&](const auto& at) { return of.outputs(at); }));
  }
  std::vector<double> matrix(n * n);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t i = 0; i < columns[j].size(); ++i) {
        matrix[j * n + k] += of.weight[i / of.model.n_outputs()] * columns[j][i] * columns[k][i];
      }
    }
  }
  return matrix;
}

/// Eigenvalues, ascending; the matrix becomes the eigenvectors.
std::vector<double> eigenvalues(std::vector<double>& matrix) {
  Monitor nobody;
  const auto n = static_cast<Index>(std::lround(std::sqrt(matrix.size())));
  std::vector<double> values(n);
  CHECK(lapack::syevd(n, matrix.data(), n, values.data(), nobody));
  return values;
}

const std::vector<Index> curved_shapes[] = {{3, 4, 1}, {2, 5, 2}, {3, 4, 3, 1}, {2, 3, 4, 2}};

}  // namespace

TEST(network, curvature_is_that_of_difference_quotients) {
  for (const auto& units : curved_shapes) {
    const Case which("layers", units.size(), "outputs", units.back());
    const CurvedProblem of(70, units, {0.4});
    Monitor nobody;
    const auto got = network_curvature(of.model, of.data(), of.parameters, 1, nobody);
    CHECK(got.status == Status::converged);
    const auto n = of.parameters.size();
    auto matrix = slow_gauss_newton(of);
    const auto penalty = penalty_diagonal(of.model);
    for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] += penalty[i];
    auto vectors = matrix;
    const auto values = eigenvalues(vectors);
    CHECK_CLOSE(got.smallest, values.front(), 1e-6 * values.front());
    CHECK_CLOSE(got.largest, values.back(), 1e-7 * values.back());
    double penalised = 0.0;  // tr(A inverse)
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t i = 0; i < n; ++i) {
        penalised += penalty[i] * vectors[k * n + i] * vectors[k * n + i] / values[k];
      }
    }
    CHECK_CLOSE(got.effective_parameters, static_cast<double>(n) - penalised, 1e-6);
  }
}

TEST(network, curvature_of_a_singular_matrix) {
  CurvedProblem of(9, {3, 8, 1}, {0.0});  // more parameters than rows
  Monitor nobody;
  const auto free = network_curvature(of.model, of.data(), of.parameters, 1, nobody);
  CHECK_EQUAL(free.smallest, 0.0);
  CHECK_EQUAL(free.effective_parameters, static_cast<double>(of.parameters.size()));
  of.model.alpha = {0.1};
  const auto penalised = network_curvature(of.model, of.data(), of.parameters, 1, nobody);
  CHECK(penalised.effective_parameters > 0.0);
  CHECK(penalised.effective_parameters < 9.0 + 1e-6);
}

TEST(network, curvature_does_not_depend_on_threads) {
  const CurvedProblem of(6000, {6, 20, 2}, {0.4});
  Monitor nobody;
  const auto one = network_curvature(of.model, of.data(), of.parameters, 1, nobody);
  const auto three = network_curvature(of.model, of.data(), of.parameters, 3, nobody);
  CHECK_EQUAL(one.smallest, three.smallest);
  CHECK_EQUAL(one.effective_parameters, three.effective_parameters);
}

TEST(network, hessian_eigenvalue_is_that_of_the_dense_hessian) {
  for (const auto& units : curved_shapes) {
    const Case which("layers", units.size(), "outputs", units.back());
    const CurvedProblem of(70, units, {0.4});
    const auto n = of.parameters.size();
    std::vector<double> hessian;
    for (std::size_t j = 0; j < n; ++j) {
      const auto column = quotient(of, j, [&](const auto& at) { return of.gradient(at); });
      hessian.insert(hessian.end(), column.begin(), column.end());
    }
    const auto values = eigenvalues(hessian);
    Monitor nobody;
    const auto got =
        network_hessian_eigenvalue(of.model, of.data(), of.parameters, 1000, 1, nobody);
    CHECK_CLOSE(got.value, values.front(), 1e-6 * values.back());
    CHECK(got.error <= 1e-6 * values.back());
    CHECK(got.n_products <= static_cast<int>(n));
  }
}

TEST(network, hessian_eigenvalue_bounds_its_error_when_it_ends_early) {
  const CurvedProblem of(70, {3, 8, 1}, {0.4});
  Monitor nobody;
  const auto exact =
      network_hessian_eigenvalue(of.model, of.data(), of.parameters, 1000, 1, nobody);
  const auto early = network_hessian_eigenvalue(of.model, of.data(), of.parameters, 6, 1, nobody);
  CHECK_EQUAL(early.n_products, 6);
  CHECK(early.value >= exact.value - 1e-6);
  CHECK(early.error > 0.0);
  CHECK_THROWS(std::invalid_argument, "max_products must be at least 1",
               network_hessian_eigenvalue(of.model, of.data(), of.parameters, 0, 1, nobody));
}

TEST(network, curvature_refuses_and_can_be_interrupted) {
  CurvedProblem of(3000, {6, 40, 1}, {0.4});
  StopAt stop{.at = 1};
  Monitor monitor = stop.impatient_monitor();
  CHECK(network_curvature(of.model, of.data(), of.parameters, 1, monitor).status ==
        Status::interrupted);
  Monitor nobody;
  of.model.alpha = {HUGE_VAL};
  CHECK_THROWS(std::invalid_argument, "finite alpha",
               network_curvature(of.model, of.data(), of.parameters, 1, nobody));
}

TEST(network, largest_eigenvalue_of_a_diagonal) {
  Monitor nobody;
  const auto times = [](std::span<const double> v, std::span<double> out) {
    for (std::size_t i = 0; i < v.size(); ++i) out[i] = (i == 7 ? 3.0 : -1.0) * v[i];
  };
  const auto top = network::largest_eigenvalue(50, times, 50, 1e-12, nobody);
  CHECK_CLOSE(top.value, 3.0, 1e-12);
  CHECK_EQUAL(top.n_products, 2);  // two eigenvalues: the second product ends it
}

}  // namespace elltwo::test
