#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <cstdint>

#include "elltwo/network.hpp"
#include "elltwo/network_curvature.hpp"
#include "elltwo/network_varpro.hpp"
#include "network_arguments.hpp"
#include "register.hpp"

namespace elltwo::python {
namespace {

Array<double> network_start_(const py::tuple& model, std::uint64_t seed) {
  const auto network = network_model(model);
  Array<double> parameters(network.n_parameters());
  network_start(network, seed, writable(parameters));
  return parameters;
}

py::tuple network_objective_(const py::tuple& model, const py::tuple& data,
                             const py::array& parameters, bool with_gradient, int n_threads) {
  const auto network = network_model(model);
  const auto at = optional_values("parameters", parameters);
  Array<double> gradient(with_gradient ? network.n_parameters() : 0);
  const auto out = writable(gradient);
  return with_network_type(data, [&]<Real T>(T) {
    const auto view = network_data<T>(network, data);
    const auto info = without_gil([&](Monitor& monitor) {
      return network_objective(network, view, at, n_threads, monitor, out);
    });
    return py::make_tuple(network_record(info), gradient);
  });
}

Array<double> network_predict_(const py::tuple& model, const py::array& parameters,
                               const py::array& x, bool link, int n_threads) {
  const auto network = network_model(model);
  const auto at = optional_values("parameters", parameters);
  if (x.shape(1) != network.units.front()) {
    throw std::invalid_argument("X must have " + std::to_string(network.units.front()) +
                                " features, got " + std::to_string(x.shape(1)));
  }
  Array<double> outputs({static_cast<Index>(x.shape(0)), network.n_outputs()});
  const auto out = writable(outputs);
  const NetworkPrediction options{.link = link, .n_threads = n_threads};
  with_element_type(x, [&]<Real T>(T) {
    const auto view = matrix_view<T>(x);
    return without_gil([&](Monitor& monitor) {
      return network_predict(network, at, view, options, monitor, out);
    });
  });
  return outputs;
}

py::tuple network_lbfgs_(const py::tuple& model, const py::list& problems, const py::array& starts,
                         const py::tuple& options) {
  return fitted_networks(model, problems, starts, options,
                         [](auto&&... arguments) { return network_lbfgs(arguments...); });
}

py::tuple network_varpro_(const py::tuple& model, const py::list& problems, const py::array& starts,
                          const py::tuple& options) {
  return fitted_networks(model, problems, starts, options,
                         [](auto&&... arguments) { return network_varpro(arguments...); });
}

/// (status, smallest, largest, effective_parameters).
py::tuple network_curvature_(const py::tuple& model, const py::tuple& data,
                             const py::array& parameters, int n_threads) {
  const auto network = network_model(model);
  const auto at = optional_values("parameters", parameters);
  return with_network_type(data, [&]<Real T>(T) {
    const auto view = network_data<T>(network, data);
    const auto curvature = without_gil(
        [&](Monitor& monitor) { return network_curvature(network, view, at, n_threads, monitor); });
    return py::make_tuple(to_string(curvature.status), curvature.smallest, curvature.largest,
                          curvature.effective_parameters);
  });
}

/// (status, value, error, n_products).
py::tuple network_hessian_eigenvalue_(const py::tuple& model, const py::tuple& data,
                                      const py::array& parameters, int max_products,
                                      int n_threads) {
  const auto network = network_model(model);
  const auto at = optional_values("parameters", parameters);
  return with_network_type(data, [&]<Real T>(T) {
    const auto view = network_data<T>(network, data);
    const auto found = without_gil([&](Monitor& monitor) {
      return network_hessian_eigenvalue(network, view, at, max_products, n_threads, monitor);
    });
    return py::make_tuple(to_string(found.status), found.value, found.error, found.n_products);
  });
}

LearningRate schedule_named(const std::string& name) {
  if (name == "constant") return LearningRate::constant;
  if (name == "invscaling") return LearningRate::invscaling;
  if (name == "adaptive") return LearningRate::adaptive;
  throw std::invalid_argument(
      "learning_rate must be 'constant', 'invscaling' or 'adaptive', got '" + name + "'");
}

/// (solver, batch_size, max_epochs, shuffle, learning_rate_init, learning_rate, power_t, momentum,
/// nesterovs_momentum, beta_1, beta_2, epsilon, tol, n_iter_no_change, n_threads).
StochasticOptions stochastic_options(const py::tuple& options) {
  require_size(options, 15, "options");
  return {.adam = py::cast<std::string>(options[0]) == "adam",
          .batch_size = py::cast<Index>(options[1]),
          .max_epochs = py::cast<int>(options[2]),
          .shuffle = py::cast<bool>(options[3]),
          .learning_rate = py::cast<double>(options[4]),
          .schedule = schedule_named(py::cast<std::string>(options[5])),
          .power = py::cast<double>(options[6]),
          .momentum = py::cast<double>(options[7]),
          .nesterov = py::cast<bool>(options[8]),
          .beta_1 = py::cast<double>(options[9]),
          .beta_2 = py::cast<double>(options[10]),
          .epsilon = py::cast<double>(options[11]),
          .tol = py::cast<double>(options[12]),
          .n_iter_no_change = py::cast<int>(options[13]),
          .n_threads = py::cast<int>(options[14])};
}

std::vector<double> state_values(const char* name, const py::object& array) {
  const auto values = optional_values(name, array);
  return {values.begin(), values.end()};
}

/// (parameters, first, second, best, seed, n_steps, n_rows, learning_rate, n_epochs, n_no_change,
/// loss_curve, scores).
StochasticState state_of(const py::tuple& state) {
  require_size(state, 12, "state");
  return {.parameters = state_values("parameters", state[0]),
          .first = state_values("first", state[1]),
          .second = state_values("second", state[2]),
          .best = state_values("best", state[3]),
          .seed = py::cast<std::uint64_t>(state[4]),
          .n_steps = py::cast<double>(state[5]),
          .n_rows = py::cast<double>(state[6]),
          .learning_rate = py::cast<double>(state[7]),
          .n_epochs = py::cast<int>(state[8]),
          .n_no_change = py::cast<int>(state[9]),
          .loss_curve = state_values("loss_curve", state[10]),
          .scores = state_values("scores", state[11])};
}

Array<double> copied_values(const std::vector<double>& values) {
  return Array<double>(static_cast<py::ssize_t>(values.size()), values.data());
}

py::tuple record_of_state(const StochasticState& state) {
  return py::make_tuple(copied_values(state.parameters), copied_values(state.first),
                        copied_values(state.second), copied_values(state.best), state.seed,
                        state.n_steps, state.n_rows, state.learning_rate, state.n_epochs,
                        state.n_no_change, copied_values(state.loss_curve),
                        copied_values(state.scores));
}

py::tuple network_stochastic_(const py::tuple& model, const py::list& problems,
                              const py::list& validation, const py::list& states,
                              const py::tuple& options) {
  const auto network = network_model(model);
  const auto asked = stochastic_options(options);
  if (problems.empty()) throw std::invalid_argument("there must be a problem");
  std::vector<StochasticState> going;
  for (const py::handle state : states) {
    going.push_back(state_of(py::reinterpret_borrow<py::tuple>(state)));
  }
  const auto infos =
      with_network_type(py::reinterpret_borrow<py::tuple>(problems[0]), [&]<Real T>(T) {
        const auto data = network_problems<T>(network, problems);
        const auto held_out = network_problems<T>(network, validation);
        return without_gil([&](Monitor& monitor) {
          return network_stochastic<T>(network, data, held_out, asked, monitor, going);
        });
      });
  py::list after;
  for (const auto& state : going) after.append(record_of_state(state));
  return py::make_tuple(after, network_records(infos));
}

}  // namespace

void register_network(py::module_& module) {
  module.def("network_start", &network_start_);
  module.def("network_objective", &network_objective_);
  module.def("network_predict", &network_predict_);
  module.def("network_lbfgs", &network_lbfgs_);
  module.def("network_varpro", &network_varpro_);
  module.def("network_curvature", &network_curvature_);
  module.def("network_hessian_eigenvalue", &network_hessian_eigenvalue_);
  module.def("network_stochastic", &network_stochastic_);
}

}  // namespace elltwo::python
