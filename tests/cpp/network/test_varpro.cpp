#include <cmath>
#include <vector>

#include "check.hpp"
#include "elltwo/network_varpro.hpp"
#include "solvers/network/reduced_problem.hpp"
#include "support/activations.hpp"
#include "support/data.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

using network::VarproPoint;

/// A regression with weights, whose targets are smooth functions of the inputs.
struct VarproProblem {
  NetworkModel model;
  Matrix<double> x;
  Matrix<double> y;
  std::vector<double> weight;
  std::vector<double> start;

  VarproProblem(Index n, std::vector<Index> units, Activation activation) {
    model = {.units = std::move(units), .activation = activation, .alpha = {}};
    for (Index l = 0; l < model.n_layers(); ++l) {
      model.alpha.push_back(0.2 + 0.1 * static_cast<double>(l));
    }
    x = random_matrix(n, model.units.front(), 1);
    y = random_matrix(n, model.n_outputs(), 2);
    for (Index i = 0; i < n; ++i) {
      for (Index t = 0; t < y.cols; ++t) {
        y(i, t) = 0.1 * y(i, t) + std::sin(3.0 * x(i, 0) + static_cast<double>(t)) * x(i, 1);
      }
    }
    weight = random_weights(n, 3);
    start.resize(model.n_parameters());
    network_start(model, 5, start);
  }

  NetworkData<double> data() const {
    return {.x = x.view(), .y = y.view(), .sample_weight = weight};
  }

  NetworkInfo fit(const NetworkOptions& options, std::vector<double>& parameters) const {
    Monitor nobody;
    const auto one = data();
    parameters = start;
    return network_varpro<double>(model, std::span(&one, 1), options, nobody, parameters)[0];
  }
};

/// The reduced problem of one in passes of T.
template <Real T>
struct Reduced {
  network::Layout<T> layout;
  network::Rows<T> rows;
  network::ReducedProblem<T> problem;

  explicit Reduced(const VarproProblem& of)
      : layout(of.model), rows(of.data(), layout.ld_x()), problem(of.model, layout, rows, 1) {}
};

/// Inputs of the last layer and a one by rows, times the root of the weight, with rows
/// sqrt(alpha) I below them for the penalty.
Matrix<double> slow_features(const VarproProblem& of, const std::vector<double>& theta) {
  const NetworkModel& model = of.model;
  const Index last = model.n_layers() - 1;
  const Index width = model.inputs(last);
  const Index n = of.x.rows;
  Matrix<double> features(n + width, width + 1);
  for (Index i = 0; i < n; ++i) {
    std::vector<double> a(of.x.row(i), of.x.row(i) + of.x.cols);
    for (Index l = 0; l < last; ++l) {
      std::vector<double> z(model.outputs(l));
      for (Index k = 0; k < model.outputs(l); ++k) {
        z[k] = theta[model.intercepts_at(l) + k];
        for (Index j = 0; j < model.inputs(l); ++j) {
          z[k] += a[j] * theta[model.weights_at(l) + j * model.outputs(l) + k];
        }
        z[k] = activated(model.activation, z[k]);
      }
      a = z;
    }
    const double root = std::sqrt(of.weight[i]);
    for (Index k = 0; k < width; ++k) features(i, k) = root * a[k];
    features(i, width) = root;
  }
  for (Index k = 0; k < width; ++k) features(n + k, k) = std::sqrt(model.alpha_of(last));
  return features;
}

/// An orthonormal basis of the columns, by Gram-Schmidt in two rounds.
Matrix<double> orthonormal(Matrix<double> a) {
  for (Index j = 0; j < a.cols; ++j) {
    for (int round = 0; round < 2; ++round) {
      for (Index k = 0; k < j; ++k) {
        double sum = 0.0;
        for (Index i = 0; i < a.rows; ++i) sum += a(i, k) * a(i, j);
        for (Index i = 0; i < a.rows; ++i) a(i, j) -= sum * a(i, k);
      }
    }
    double norm = 0.0;
    for (Index i = 0; i < a.rows; ++i) norm += a(i, j) * a(i, j);
    for (Index i = 0; i < a.rows; ++i) a(i, j) /= std::sqrt(norm);
  }
  return a;
}

/// v - Q Q^T v.
std::vector<double> remainder_of(const Matrix<double>& q, std::vector<double> v) {
  for (Index j = 0; j < q.cols; ++j) {
    double sum = 0.0;
    for (Index i = 0; i < q.rows; ++i) sum += q(i, j) * v[i];
    for (Index i = 0; i < q.rows; ++i) v[i] -= sum * q(i, j);
  }
  return v;
}

/// What the best last layer leaves of the targets of output t, in the rows of slow_features().
std::vector<double> reduced_residual(const VarproProblem& of, const std::vector<double>& theta,
                                     Index t) {
  const auto features = slow_features(of, theta);
  std::vector<double> y(features.rows);
  for (Index i = 0; i < of.x.rows; ++i) y[i] = std::sqrt(of.weight[i]) * of.y(i, t);
  return remainder_of(orthonormal(features), y);
}

/// For one hidden parameter and output: the difference quotient of the reduced residual, without
/// its part among the features, which Kaufman leaves out.
std::vector<double> kaufman_column(const VarproProblem& of, const std::vector<double>& theta,
                                   Index parameter, Index t) {
  constexpr double h = 1e-6;
  auto moved = theta;
  moved[parameter] += h;
  auto quotient = reduced_residual(of, moved, t);
  moved[parameter] -= 2.0 * h;
  const auto below = reduced_residual(of, moved, t);
  for (std::size_t i = 0; i < quotient.size(); ++i) {
    quotient[i] = (quotient[i] - below[i]) / (2.0 * h);
  }
  return remainder_of(orthonormal(slow_features(of, theta)), quotient);
}

struct NetworkShape {
  std::vector<Index> units;
  Activation activation;
};

const NetworkShape varpro_shapes[] = {
    {{3, 4, 1}, Activation::tanh},     {{2, 18, 1}, Activation::logistic},
    {{4, 3, 2}, Activation::identity}, {{3, 4, 2}, Activation::relu},
    {{3, 4, 3, 1}, Activation::tanh},  {{2, 3, 17, 2}, Activation::logistic},
    {{20, 2, 2}, Activation::tanh}};

}  // namespace

TEST(network, varpro_matrix_is_that_of_the_reduced_residual) {
  for (const auto& shape : varpro_shapes) {
    const Case which("layers", shape.units.size(), "units", shape.units[1], "activation",
                     static_cast<int>(shape.activation));
    const VarproProblem of(60, shape.units, shape.activation);
    Reduced<double> reduced(of);
    Monitor nobody;
    VarproPoint point{.parameters = of.start};
    CHECK(reduced.problem.evaluate(point, nobody));
    const Index q = reduced.problem.size();
    std::vector<double> got(q * q), wanted(q * q);
    CHECK(reduced.problem.matrix(point, 0, nobody, got.data()));
    for (Index t = 0; t < of.model.n_outputs(); ++t) {
      std::vector<std::vector<double>> columns;
      for (Index j = 0; j < q; ++j) columns.push_back(kaufman_column(of, point.parameters, j, t));
      for (Index j = 0; j < q; ++j) {
        for (Index i = j; i < q; ++i) {
          for (std::size_t k = 0; k < columns[i].size(); ++k) {
            wanted[j * q + i] += columns[i][k] * columns[j][k];
          }
        }
      }
    }
    for (Index l = 0; l + 1 < of.model.n_layers(); ++l) {
      for (Index i = of.model.weights_at(l); i < of.model.intercepts_at(l); ++i) {
        wanted[i * q + i] += of.model.alpha_of(l);
      }
    }
    for (Index j = 0; j < q; ++j) {
      for (Index i = 0; i < j; ++i) got[j * q + i] = 0.0;  // the upper triangle holds nothing
    }
    CHECK(relative_error(got, wanted) < 1e-7);
  }
}

TEST(network, varpro_last_layer_is_the_best) {
  for (const auto& shape : varpro_shapes) {
    const VarproProblem of(60, shape.units, shape.activation);
    Monitor nobody;
    VarproPoint in_double{.parameters = of.start};
    CHECK(Reduced<double>(of).problem.evaluate(in_double, nobody));
    std::vector<double> gradient(of.start.size());
    network_objective(of.model, of.data(), in_double.parameters, 1, nobody, gradient);
    const auto last = static_cast<std::size_t>(of.model.weights_at(of.model.n_layers() - 1));
    for (std::size_t i = last; i < gradient.size(); ++i) CHECK_CLOSE(gradient[i], 0.0, 1e-11);
    VarproPoint in_single{.parameters = of.start};
    CHECK(Reduced<float>(of).problem.evaluate(in_single, nobody));
    CHECK_CLOSE(in_single.value.objective, in_double.value.objective,
                1e-5 * in_double.value.objective);
  }
}

TEST(network, varpro_ends_where_lbfgs_stays) {
  for (const auto& shape : varpro_shapes) {
    if (shape.activation == Activation::relu) continue;  // its gradient jumps
    const Case which("layers", shape.units.size(), "activation",
                     static_cast<int>(shape.activation));
    const VarproProblem of(400, shape.units, shape.activation);
    std::vector<double> parameters;
    const auto info = of.fit({.tol = 1e-8, .max_iter = 3000, .n_threads = 1}, parameters);
    CHECK(info.status == Status::converged);
    CHECK(info.solver == NetworkSolver::variable_projection);
    Monitor nobody;
    const auto one = of.data();
    const auto seen = network_objective(of.model, one, parameters, 1, nobody, {});
    CHECK(seen.optimality <= 1e-8);
    CHECK_EQUAL(info.objective, seen.objective);
    auto polished = parameters;
    const auto after =
        network_lbfgs<double>(of.model, std::span(&one, 1),
                              {.tol = 1e-10, .max_iter = 100, .n_threads = 1}, nobody, polished)[0];
    CHECK_CLOSE(after.objective, info.objective, 1e-9 * info.objective);
  }
}

TEST(network, varpro_weights_mean_repetition) {
  VarproProblem of(50, {3, 4, 2}, Activation::tanh);
  for (std::size_t i = 0; i < of.weight.size(); ++i) of.weight[i] = static_cast<double>(i % 3);
  VarproProblem repeated = of;
  repeated.x = Matrix<double>(0, 3);
  repeated.y = Matrix<double>(0, 2);
  repeated.weight.clear();
  for (Index i = 0; i < of.x.rows; ++i) {
    for (int k = 0; k < static_cast<int>(of.weight[i]); ++k) {
      repeated.x.values.insert(repeated.x.values.end(), of.x.row(i), of.x.row(i) + 3);
      repeated.y.values.insert(repeated.y.values.end(), of.y.row(i), of.y.row(i) + 2);
      ++repeated.x.rows;
      ++repeated.y.rows;
      repeated.weight.push_back(1.0);
    }
  }
  Monitor nobody;
  Reduced<double> a(of), b(repeated);
  VarproPoint at{.parameters = of.start}, bt{.parameters = of.start};
  CHECK(a.problem.evaluate(at, nobody));
  CHECK(b.problem.evaluate(bt, nobody));
  CHECK(relative_error(at.parameters, bt.parameters) < 1e-11);
  CHECK(relative_error(at.gradient, bt.gradient) < 1e-11);
  std::vector<double> left(a.problem.size() * a.problem.size());
  auto right = left;
  CHECK(a.problem.matrix(at, 0, nobody, left.data()));
  CHECK(b.problem.matrix(bt, 0, nobody, right.data()));
  CHECK(relative_error(left, right) < 1e-11);
}

TEST(network, varpro_bits_do_not_depend_on_threads) {
  const VarproProblem of(20000, {8, 20, 2}, Activation::tanh);
  std::vector<double> one, three;
  const NetworkOptions options{.tol = 1e-9, .max_iter = 6, .n_threads = 1};
  of.fit(options, one);
  NetworkOptions more = options;
  more.n_threads = 3;
  const auto info = of.fit(more, three);
  CHECK(info.n_threads > 1);
  CHECK(one == three);
}

TEST(network, varpro_refuses_what_it_cannot_fit) {
  const auto fit = [](const VarproProblem& of) {
    std::vector<double> parameters;
    of.fit({}, parameters);
  };
  VarproProblem of(20, {3, 2, 1}, Activation::tanh);
  of.model.loss = NetworkLoss::logistic;
  CHECK(!varpro_applies(of.model));
  CHECK_THROWS(std::invalid_argument, "varpro needs the squared loss", fit(of));
  const VarproProblem linear(20, {3, 1}, Activation::tanh);
  CHECK_THROWS(std::invalid_argument, "one or two hidden layers", fit(linear));
  const VarproProblem large(20, {30, 100, 1}, Activation::tanh);
  CHECK_THROWS(std::invalid_argument, "at most 3000 parameters", fit(large));
  VarproProblem huge(20, {3, 2, 1}, Activation::relu);
  for (double& y : huge.y.values) y *= 1e200;
  CHECK_THROWS(std::overflow_error, "too large for float64", fit(huge));
}

TEST(network, varpro_fits_values_beyond_float) {
  VarproProblem of(50, {3, 4, 1}, Activation::tanh);
  for (double& y : of.y.values) y *= 1e30;
  std::vector<double> parameters;
  const auto info = of.fit({.tol = 1e-6, .max_iter = 50}, parameters);
  CHECK(info.in_double);
  CHECK(std::isfinite(info.objective));
}

TEST(network, varpro_can_be_interrupted) {
  const VarproProblem of(3000, {8, 20, 1}, Activation::tanh);
  const auto one = of.data();
  StopAt stop{.at = 3};
  Monitor monitor = stop.impatient_monitor();
  auto parameters = of.start;
  const auto infos = network_varpro<double>(of.model, std::span(&one, 1),
                                            {.tol = 0.0, .max_iter = 1000000, .n_threads = 2},
                                            monitor, parameters);
  CHECK(infos[0].status == Status::interrupted);
  CHECK(!stop.polled_elsewhere);
  for (const double value : parameters) CHECK(std::isfinite(value));
}

TEST(network, varpro_constant_columns_and_idle_units) {
  VarproProblem of(80, {3, 5, 1}, Activation::relu);
  for (Index i = 0; i < of.x.rows; ++i) of.x(i, 2) = 1.0;
  of.model.alpha = {0.0};
  for (Index k = 0; k < 2; ++k) {  // the first units are zero for all rows
    for (Index j = 0; j < 3; ++j) of.start[j * 5 + k] = 0.0;
    of.start[15 + k] = -1.0;
  }
  std::vector<double> parameters;
  const auto info = of.fit({.tol = 1e-6, .max_iter = 200}, parameters);
  CHECK(std::isfinite(info.objective));
  Monitor nobody;
  CHECK(info.objective < network_objective(of.model, of.data(), of.start, 1, nobody, {}).objective);
}

}  // namespace elltwo::test
