#pragma once

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "elltwo/network.hpp"
#include "ridge_arguments.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {

inline Activation activation_named(const std::string& name) {
  if (name == "identity") return Activation::identity;
  if (name == "logistic") return Activation::logistic;
  if (name == "tanh") return Activation::tanh;
  if (name == "relu") return Activation::relu;
  throw std::invalid_argument("activation must be 'identity', 'logistic', 'tanh' or 'relu', got '" +
                              name + "'");
}

inline NetworkLoss network_loss_named(const std::string& name) {
  if (name == "squared_error") return NetworkLoss::squared;
  if (name == "logistic") return NetworkLoss::logistic;
  if (name == "multinomial") return NetworkLoss::multinomial;
  throw std::invalid_argument("loss must be 'squared_error', 'logistic' or 'multinomial', got '" +
                              name + "'");
}

/// (units, activation, loss, alphas).
inline NetworkModel network_model(const py::tuple& model) {
  require_size(model, 4, "model");
  return {.units = py::cast<std::vector<Index>>(model[0]),
          .activation = activation_named(py::cast<std::string>(model[1])),
          .loss = network_loss_named(py::cast<std::string>(model[2])),
          .alpha = py::cast<std::vector<double>>(model[3])};
}

/// (X, y or labels, sample_weight). The tuple must outlive what is returned.
template <Real T>
NetworkData<T> network_data(const NetworkModel& model, const py::tuple& data) {
  require_size(data, 3, "data");
  const auto x = py::reinterpret_borrow<py::array>(data[0]);
  if (!is_viewable<T>(x)) throw std::invalid_argument("the X of all problems must have one type");
  NetworkData<T> result{.x = matrix_view<T>(x), .y = {}};
  result.sample_weight = optional_values("sample_weight", data[2]);
  if (model.loss == NetworkLoss::multinomial) {
    result.label = optional_integers<std::int32_t>("label", data[1]);
  } else {
    const auto y = py::reinterpret_borrow<py::array>(data[1]);
    if (!is_viewable<double>(y)) throw std::invalid_argument("y must be a float64 array");
    result.y = matrix_view<double>(y);
  }
  return result;
}

template <Real T>
std::vector<NetworkData<T>> network_problems(const NetworkModel& model, const py::list& problems) {
  std::vector<NetworkData<T>> all;
  for (const py::handle problem : problems) {
    all.push_back(network_data<T>(model, py::reinterpret_borrow<py::tuple>(problem)));
  }
  return all;
}

/// f(T) for the type T of the X of a problem, or of the first of several.
template <class F>
auto with_network_type(const py::tuple& data, F f) {
  return with_element_type(py::cast<py::array>(data[0]), f);
}

/// (status, solver, reason, objective, loss, gradient_norm, optimality, tolerance, n_iter,
/// n_evaluations, in_double, n_threads).
inline py::tuple network_record(const NetworkInfo& info) {
  return py::make_tuple(info.stalled ? "stalled" : to_string(info.status), to_string(info.solver),
                        info.reason, info.objective, info.loss, info.gradient_norm, info.optimality,
                        info.tolerance, info.n_iter, info.n_evaluations, info.in_double,
                        info.n_threads);
}

inline py::list network_records(const std::vector<NetworkInfo>& infos) {
  py::list all;
  for (const auto& info : infos) all.append(network_record(info));
  return all;
}

/// (tol, max_iter, max_passes, memory, n_threads, gradient_tol).
inline NetworkOptions network_options(const py::tuple& options) {
  require_size(options, 6, "options");
  return {.tol = py::cast<double>(options[0]),
          .max_iter = py::cast<int>(options[1]),
          .max_passes = py::cast<int>(options[2]),
          .memory = py::cast<int>(options[3]),
          .n_threads = py::cast<int>(options[4]),
          .gradient_tol = py::cast<double>(options[5])};
}

/// (parameters, infos) of infos = fit(model, data, options, monitor, parameters), which runs
/// without the GIL and overwrites a copy of the starts.
template <class Fit>
py::tuple fitted_networks(const py::tuple& network, const py::list& problems,
                          const py::array& starts, const py::tuple& options, Fit fit) {
  const auto model = network_model(network);
  const auto asked = network_options(options);
  if (problems.empty()) throw std::invalid_argument("there must be a problem");
  const auto from = optional_values("starts", starts);
  Array<double> parameters({starts.shape(0), starts.shape(1)}, from.data());
  const auto out = writable(parameters);
  const auto first = py::reinterpret_borrow<py::tuple>(problems[0]);
  return with_network_type(first, [&]<Real T>(T) {
    const auto data = network_problems<T>(model, problems);
    const auto infos = without_gil([&](Monitor& monitor) {
      return fit(model, std::span<const NetworkData<T>>(data), asked, monitor, out);
    });
    return py::make_tuple(parameters, network_records(infos));
  });
}

}  // namespace elltwo::python
