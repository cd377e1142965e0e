#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "check.hpp"
#include "elltwo/network.hpp"
#include "support/data.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

constexpr double endless = std::numeric_limits<double>::infinity();

/// y = sin(2 x_0) + x_1 x_2, or whether this is positive.
struct CurveProblem {
  NetworkModel model;
  Matrix<double> x;
  Matrix<double> y;
  std::vector<double> weight;

  CurveProblem(Index n, NetworkLoss loss, double alpha)
      : model{{3, 6, 1}, Activation::tanh, loss, {alpha}}, x(random_matrix(n, 3, 5)), y(n, 1) {
    for (Index i = 0; i < n; ++i) {
      y(i, 0) = std::sin(2.0 * x(i, 0)) + x(i, 1) * x(i, 2);
      if (loss == NetworkLoss::logistic) y(i, 0) = y(i, 0) > 0.0 ? 1.0 : 0.0;
    }
  }

  NetworkData<double> data() const {
    return {.x = x.view(), .y = y.view(), .sample_weight = weight};
  }

  std::vector<double> starts(int count) const {
    const Index size = model.n_parameters();
    std::vector<double> all(size * count);
    for (int s = 0; s < count; ++s) {
      network_start(model, s, std::span(all).subspan(s * size, size));
    }
    return all;
  }

  std::vector<NetworkInfo> lbfgs(std::vector<double>& parameters, NetworkOptions options) const {
    Monitor nobody;
    const NetworkData<double> all[] = {data()};
    return network_lbfgs<double>(model, all, options, nobody, parameters);
  }
};

std::vector<NetworkInfo> trained(const CurveProblem& problem, const StochasticOptions& options,
                                 std::vector<StochasticState>& states) {
  Monitor nobody;
  const NetworkData<double> all[] = {problem.data()};
  return network_stochastic<double>(problem.model, all, {}, options, nobody, states);
}

}  // namespace

TEST(network, lbfgs_ends_at_a_stationary_point) {
  for (const NetworkLoss loss : {NetworkLoss::squared, NetworkLoss::logistic}) {
    const CurveProblem problem(200, loss, 0.1);
    auto parameters = problem.starts(1);
    const auto info = problem.lbfgs(parameters, {.tol = 1e-9, .max_iter = 5000}).front();
    CHECK(info.status == Status::converged);
    Monitor nobody;
    std::vector<double> gradient(parameters.size());
    const auto at =
        network_objective(problem.model, problem.data(), parameters, 1, nobody, gradient);
    CHECK(at.optimality <= 1e-9);
    CHECK_CLOSE(info.objective, at.objective, 1e-13 * at.objective);
  }
}

TEST(network, lbfgs_has_the_same_bits_on_any_number_of_threads) {
  const CurveProblem problem(3000, NetworkLoss::squared, 0.5);
  for (const int n_starts : {1, 3}) {
    auto wanted = problem.starts(n_starts);
    problem.lbfgs(wanted, {.max_iter = 15, .n_threads = 1});
    for (const int n_threads : {2, 3, 8}) {
      auto got = problem.starts(n_starts);
      problem.lbfgs(got, {.max_iter = 15, .n_threads = n_threads});
      CHECK(same_bits(got, wanted));
    }
  }
}

TEST(network, starts_do_not_depend_on_their_neighbours) {
  const CurveProblem problem(300, NetworkLoss::logistic, 1.0);
  auto together = problem.starts(3);
  problem.lbfgs(together, {.max_iter = 30});
  const auto size = static_cast<std::size_t>(problem.model.n_parameters());
  const auto all = problem.starts(3);
  for (std::size_t s = 0; s < 3; ++s) {
    std::vector<double> alone(all.begin() + s * size, all.begin() + (s + 1) * size);
    problem.lbfgs(alone, {.max_iter = 30});
    CHECK(same_bits(alone, std::span(together).subspan(s * size, size)));
  }
}

TEST(network, weights_mean_repetition) {
  CurveProblem weighted(60, NetworkLoss::squared, 0.3);
  CurveProblem repeated(60, NetworkLoss::squared, 0.3);
  repeated.x.values.clear();
  repeated.y.values.clear();
  for (Index i = 0; i < 60; ++i) {
    weighted.weight.push_back(static_cast<double>(i % 3));
    for (Index copy = 0; copy < i % 3; ++copy) {
      repeated.x.values.insert(repeated.x.values.end(), weighted.x.row(i), weighted.x.row(i) + 3);
      repeated.y.values.push_back(weighted.y(i, 0));
    }
  }
  repeated.x.rows = repeated.y.rows = 60;
  auto theta = weighted.starts(1);
  Monitor nobody;
  std::vector<double> got(theta.size()), wanted(theta.size());
  const auto one = network_objective(weighted.model, weighted.data(), theta, 1, nobody, got);
  const auto other = network_objective(repeated.model, repeated.data(), theta, 1, nobody, wanted);
  CHECK_CLOSE(one.objective, other.objective, 1e-13 * other.objective);
  CHECK_CLOSE(one.optimality, other.optimality, 1e-13);
  CHECK(relative_error(got, wanted) < 1e-13);
}

TEST(network, infinite_alpha_gives_the_constant_of_least_loss) {
  for (const NetworkLoss loss : {NetworkLoss::squared, NetworkLoss::logistic}) {
    CurveProblem problem(50, loss, 1.0);
    problem.model.alpha = {1.0, endless};
    problem.weight = random_weights(50, 9);
    auto parameters = problem.starts(1);
    const auto info = problem.lbfgs(parameters, {}).front();
    CHECK(info.solver == NetworkSolver::constant);
    double sum = 0.0, total = 0.0;
    for (Index i = 0; i < 50; ++i) {
      sum += problem.weight[i] * problem.y(i, 0);
      total += problem.weight[i];
    }
    const double mean = sum / total;
    CHECK_CLOSE(parameters.back(),
                loss == NetworkLoss::squared ? mean : std::log(mean / (1.0 - mean)), 1e-13);
    parameters.pop_back();
    CHECK(std::all_of(parameters.begin(), parameters.end(), [](double v) { return v == 0.0; }));
  }
}

TEST(network, a_large_alpha_comes_near_the_infinite_one) {
  const CurveProblem problem(50, NetworkLoss::squared, 1e9);
  auto parameters = problem.starts(1);
  problem.lbfgs(parameters, {});
  double mean = 0.0;
  for (const double y : problem.y.values) mean += y / 50.0;
  CHECK_CLOSE(parameters.back(), mean, 1e-6);
}

TEST(network, adam_resumes_to_the_last_bit) {
  const CurveProblem problem(500, NetworkLoss::squared, 0.5);
  for (const bool adam : {true, false}) {
    const StochasticOptions whole{.adam = adam, .batch_size = 64, .max_epochs = 6};
    StochasticOptions half = whole;
    half.max_epochs = 3;
    std::vector<StochasticState> once(1), twice(1);
    once[0].parameters = twice[0].parameters = problem.starts(1);
    once[0].seed = twice[0].seed = 7;
    trained(problem, whole, once);
    trained(problem, half, twice);
    trained(problem, half, twice);
    CHECK(same_bits(once[0].parameters, twice[0].parameters));
    CHECK(same_bits(once[0].loss_curve, twice[0].loss_curve));
    CHECK_EQUAL(twice[0].n_epochs, 6);
  }
}

TEST(network, mini_batches_lower_the_objective) {
  const CurveProblem problem(1000, NetworkLoss::logistic, 0.1);
  for (const bool adam : {true, false}) {
    std::vector<StochasticState> states(2);
    for (auto& state : states) state.parameters = problem.starts(1);
    states[1].seed = 1;
    StochasticOptions options{.adam = adam, .max_epochs = 60, .learning_rate = 0.02};
    trained(problem, options, states);
    for (const auto& state : states) {
      CHECK(state.loss_curve.back() < 0.5 * state.loss_curve.front());
    }
    CHECK(!same_bits(states[0].parameters, states[1].parameters));
  }
}

/// One step of Adam, and of momentum, from the formulas: a batch of all rows.
TEST(network, steps_are_their_formulas) {
  const CurveProblem problem(150, NetworkLoss::squared, 3.0);
  const auto start = problem.starts(1);
  Monitor nobody;
  std::vector<double> gradient(start.size());
  network_objective(problem.model, problem.data(), start, 1, nobody, gradient);
  for (const bool adam : {true, false}) {
    StochasticOptions options{.adam = adam, .max_epochs = 1, .shuffle = false};
    std::vector<StochasticState> states(1);
    states[0].parameters = start;
    trained(problem, options, states);
    for (std::size_t i = 0; i < start.size(); ++i) {
      const double g = gradient[i] / 150.0;
      // After one step the corrected means of g and of g^2 are g and g^2.
      const double step = adam ? options.learning_rate * g / (std::abs(g) + options.epsilon)
                               : options.learning_rate * g * (1.0 + options.momentum);
      CHECK_CLOSE(states[0].parameters[i], start[i] - step, 1e-6);
    }
  }
}

TEST(network, fits_can_be_interrupted) {
  const CurveProblem problem(4000, NetworkLoss::squared, 0.1);
  for (const int n_threads : {1, 2}) {
    StopAt stop;
    Monitor monitor = stop.impatient_monitor();
    auto parameters = problem.starts(2);
    const NetworkData<double> all[] = {problem.data()};
    NetworkOptions options{.tol = 0.0, .max_iter = 1000000, .n_threads = n_threads};
    const auto infos = network_lbfgs<double>(problem.model, all, options, monitor, parameters);
    CHECK(infos.front().status == Status::interrupted);
    CHECK(!stop.polled_elsewhere);
  }
}

TEST(network, what_leaves_the_range_of_numbers_is_an_error) {
  for (const double scale : {1e160, 1e200, 1e300}) {
    CurveProblem problem(30, NetworkLoss::squared, 1.0);
    auto parameters = problem.starts(1);
    for (Index i = 0; i < 30; ++i) problem.y(i, 0) *= scale;
    CHECK_THROWS(std::overflow_error, "other units", problem.lbfgs(parameters, {}));
    problem.model.alpha = {endless};
    CHECK_THROWS(std::overflow_error, "beyond the range", problem.lbfgs(parameters, {}));
  }
}

TEST(network, norms_of_gradients_do_not_overflow_or_vanish_before_their_entries) {
  for (const double scale : {1e-250, 1e-170, 1e170, 1e250}) {
    CurveProblem problem(30, NetworkLoss::squared, 0.0);
    problem.weight.assign(30, scale);
    Monitor nobody;
    const auto parameters = problem.starts(1);
    const auto scaled = network_objective(problem.model, problem.data(), parameters, 1, nobody, {});
    problem.weight.assign(30, 1.0);
    const auto plain = network_objective(problem.model, problem.data(), parameters, 1, nobody, {});
    CHECK_CLOSE(scaled.gradient_norm / scale, plain.gradient_norm, 1e-9 * plain.gradient_norm);
    // Nothing but the scales of the terms may leave the range: that is no convergence.
    CHECK(scaled.optimality > 0.5 * plain.optimality);
  }
}

TEST(network, infinite_alpha_reports_its_objective_whatever_its_size) {
  CurveProblem problem(30, NetworkLoss::squared, endless);
  auto parameters = problem.starts(1);
  for (Index i = 0; i < 30; ++i) problem.y(i, 0) = 1e40 * (i % 3);
  const auto info = problem.lbfgs(parameters, {}).front();
  CHECK_CLOSE(info.objective, 1e81, 1e68);  // thirty deviations of -1, 0 and 1, halved
}

TEST(network, arguments_are_checked) {
  CurveProblem problem(20, NetworkLoss::squared, 1.0);
  auto parameters = problem.starts(1);
  const double kept = problem.x(3, 1);
  problem.x(3, 1) = std::nan("");
  CHECK_THROWS(std::invalid_argument, "column 1", problem.lbfgs(parameters, {}));
  problem.x(3, 1) = kept;
  problem.model.alpha = {1.0, -1.0};
  CHECK_THROWS(std::invalid_argument, "alpha", problem.lbfgs(parameters, {}));
  problem.model.alpha = {1.0};
  problem.model.loss = NetworkLoss::logistic;
  CHECK_THROWS(std::invalid_argument, "0 or 1", problem.lbfgs(parameters, {}));
}

}  // namespace elltwo::test
