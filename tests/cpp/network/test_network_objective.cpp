#include <cmath>
#include <string>
#include <vector>

#include "check.hpp"
#include "elltwo/network.hpp"
#include "solvers/network/objective.hpp"
#include "support/activations.hpp"
#include "support/data.hpp"

namespace elltwo::test {
namespace {

using Long = long double;

/// A problem with data of its own.
struct NetworkProblem {
  NetworkModel model;
  Matrix<double> x;
  Matrix<double> y;
  std::vector<std::int32_t> label;
  std::vector<double> weight;
  std::vector<double> parameters;

  NetworkData<double> data() const {
    return {.x = x.view(), .y = y.view(), .label = label, .sample_weight = weight};
  }
};

NetworkProblem random_network(Index n, NetworkModel model, std::uint64_t seed) {
  NetworkProblem problem;
  problem.model = std::move(model);
  Random random(seed);
  const Index m = problem.model.n_outputs();
  problem.x = random_matrix(n, problem.model.units.front(), seed + 1);
  if (problem.model.loss == NetworkLoss::multinomial) {
    for (Index i = 0; i < n; ++i)
      problem.label.push_back(static_cast<std::int32_t>(random.below(m)));
  } else {
    problem.y = random_matrix(n, m, seed + 2);
    if (problem.model.loss == NetworkLoss::logistic)
      for (double& y : problem.y.values) y = y > 0.0 ? 1.0 : 0.0;
  }
  problem.weight = random_weights(n, seed + 3);
  problem.parameters.resize(problem.model.n_parameters());
  network_start(problem.model, seed, problem.parameters);
  return problem;
}

std::vector<Long> outputs_of(const NetworkModel& model, const std::vector<Long>& theta,
                             const double* x) {
  std::vector<Long> a(x, x + model.units.front());
  for (Index l = 0; l < model.n_layers(); ++l) {
    std::vector<Long> z(model.outputs(l));
    for (Index j = 0; j < model.outputs(l); ++j) {
      z[j] = theta[model.intercepts_at(l) + j];
      for (Index i = 0; i < model.inputs(l); ++i)
        z[j] += a[i] * theta[model.weights_at(l) + i * model.outputs(l) + j];
      if (l + 1 < model.n_layers()) z[j] = activated(model.activation, z[j]);
    }
    a = z;
  }
  return a;
}

/// The objective from its definition.
Long slow_objective(const NetworkProblem& problem, const std::vector<Long>& theta) {
  const NetworkModel& model = problem.model;
  Long sum = 0.0L;
  for (Index i = 0; i < problem.x.rows; ++i) {
    const auto z = outputs_of(model, theta, problem.x.row(i));
    Long loss = 0.0L;
    if (model.loss == NetworkLoss::multinomial) {
      for (const Long value : z) loss += std::exp(value);
      loss = std::log(loss) - z[problem.label[i]];
    } else {
      for (Index j = 0; j < model.n_outputs(); ++j) {
        const Long y = problem.y(i, j);
        loss += model.loss == NetworkLoss::squared ? (y - z[j]) * (y - z[j]) / 2.0L
                                                   : std::log1p(std::exp(y == 1.0L ? -z[j] : z[j]));
      }
    }
    sum += problem.weight[i] * loss;
  }
  for (Index l = 0; l < model.n_layers(); ++l) {
    for (Index i = model.weights_at(l); i < model.intercepts_at(l); ++i)
      sum += model.alpha_of(l) / 2.0L * theta[i] * theta[i];
  }
  return sum;
}

constexpr NetworkLoss losses[] = {NetworkLoss::squared, NetworkLoss::logistic,
                                  NetworkLoss::multinomial};
constexpr Activation activations[] = {Activation::identity, Activation::logistic, Activation::tanh,
                                      Activation::relu};

/// Calls f for every activation and loss and a few shapes with narrow and wide layers.
template <class F>
void for_each_network(F f) {
  const std::vector<Index> shapes[] = {
      {5, 3, 2}, {3, 40, 2}, {4, 17, 9, 20}, {6, 3}, {2, 1, 33, 2}};
  for (const auto& units : shapes) {
    for (const Activation activation : activations) {
      for (const NetworkLoss loss : losses) {
        const Case which("layers", units.size(), "last", units.back(), "activation",
                         static_cast<int>(activation), "loss", static_cast<int>(loss));
        std::vector<double> alpha(units.size() - 1);
        for (std::size_t l = 0; l < alpha.size(); ++l) alpha[l] = 0.3 + static_cast<double>(l);
        f(random_network(77, {units, activation, loss, alpha}, units.size() + 10));
      }
    }
  }
}

}  // namespace

TEST(network, objective_is_its_definition) {
  for_each_network([](const NetworkProblem& problem) {
    Monitor nobody;
    const auto info =
        network_objective(problem.model, problem.data(), problem.parameters, 1, nobody, {});
    const std::vector<Long> theta(problem.parameters.begin(), problem.parameters.end());
    const Long wanted = slow_objective(problem, theta);
    CHECK_CLOSE(info.objective, wanted, 1e-13L * wanted);
  });
}

TEST(network, gradient_is_the_difference_quotient) {
  for_each_network([](const NetworkProblem& problem) {
    Monitor nobody;
    std::vector<double> gradient(problem.parameters.size());
    network_objective(problem.model, problem.data(), problem.parameters, 1, nobody, gradient);
    std::vector<Long> theta(problem.parameters.begin(), problem.parameters.end());
    constexpr Long h = 1e-6L;
    // A few parameters of every layer: the first weights, the last, and the last intercept.
    for (Index l = 0; l < problem.model.n_layers(); ++l) {
      const Index end = problem.model.weights_at(l + 1);
      const Index w = problem.model.weights_at(l), c = problem.model.intercepts_at(l);
      for (const Index i : {w, (w + c) / 2, c - 1, c, end - 1}) {
        const Long kept = theta[i];
        theta[i] = kept + h;
        const Long above = slow_objective(problem, theta);
        theta[i] = kept - h;
        const Long below = slow_objective(problem, theta);
        theta[i] = kept;
        CHECK_CLOSE(gradient[i], (above - below) / (2.0L * h), 1e-8L * (1.0L + above));
      }
    }
  });
}

TEST(network, passes_in_float_agree_with_double) {
  for_each_network([](const NetworkProblem& problem) {
    Monitor nobody;
    const auto size = problem.parameters.size();
    std::vector<double> wanted(size), got(size), scales(problem.model.n_layers());
    const auto info =
        network_objective(problem.model, problem.data(), problem.parameters, 1, nobody, wanted);
    const network::Layout<float> layout(problem.model);
    const network::Rows<float> rows(problem.data(), layout.ld_x());
    network::Objective<float> objective(problem.model, layout, rows, 1);
    const auto value = objective.evaluate(problem.parameters, got, nobody, scales);
    CHECK_CLOSE(value.objective, info.objective, 1e-5 * info.objective);
    std::vector<double> difference(size);
    for (std::size_t i = 0; i < size; ++i) difference[i] = got[i] - wanted[i];
    CHECK(network::relative_gradient(problem.model, difference, scales) < 1e-6);
  });
}

}  // namespace elltwo::test
