#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "elltwo/network_varpro.hpp"
#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/sum_over.hpp"
#include "parallel/team.hpp"
#include "solvers/network/levenberg_marquardt.hpp"
#include "solvers/network/validate.hpp"
#include "solvers/shared/results.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo {
namespace {

using network::DescentEnd;
using network::LevenbergMarquardt;
using network::ReducedProblem;
using network::VarproPoint;

void require_varpro(const NetworkModel& model) {
  network::require_model(model);
  if (varpro_applies(model)) return;
  throw std::invalid_argument(
      "varpro needs the squared loss, one or two hidden layers with at most " +
      std::to_string(most_varpro_parameters) + " parameters, and finite alpha");
}

const char* reason_of(DescentEnd end) {
  switch (end) {
    case DescentEnd::converged:
      return "the gradient is as small as tol asks";
    case DescentEnd::stalled:
      return "no step decreases the objective in double precision";
    case DescentEnd::max_iter:
      return "max_iter steps";
    case DescentEnd::max_passes:
      return "max_passes passes over the data";
  }
  return "";
}

/// Goes on in T from the point. Returns how it ended, and keeps the point if it is interrupted.
template <Real T, Real S>
DescentEnd descend(const NetworkModel& model, const NetworkData<S>& data, int n_threads,
                   LevenbergMarquardt& steps, VarproPoint& point, Monitor& monitor) {
  ReducedProblem<T> problem(model, data, n_threads);
  return steps.run(problem, point, monitor);
}

/// In single precision until rounding errors stop it or the gradient is small, and then in double.
template <Real S>
NetworkInfo fit_by_varpro(const NetworkModel& model, const NetworkData<S>& data,
                          const NetworkOptions& options, Monitor& monitor,
                          std::span<double> parameters) {
  VarproPoint point;
  point.parameters.assign(parameters.begin(), parameters.end());
  LevenbergMarquardt steps(options);
  NetworkInfo info{.status = Status::interrupted, .solver = NetworkSolver::variable_projection};
  info.tolerance = options.tol;
  const bool done = completed([&] {
    descend<float>(model, data, options.n_threads, steps, point, monitor);
    const DescentEnd end =
        descend<double>(model, data, options.n_threads, steps, point, monitor);
    info.status = end == DescentEnd::converged ? Status::converged : Status::max_iter_reached;
    info.reason = reason_of(end);
    info.in_double = true;
  });
  if (!done) info.reason = "interrupted";
  std::copy(point.parameters.begin(), point.parameters.end(), parameters.begin());
  info.objective = point.value.objective;
  info.loss = point.value.loss;
  info.gradient_norm = std::sqrt(dot(point.gradient, point.gradient));
  info.optimality = point.optimality;
  info.n_iter = steps.n_iter();
  info.n_evaluations = steps.n_evaluations();
  info.n_threads = options.n_threads;
  return info;
}

}  // namespace

bool varpro_applies(const NetworkModel& model) {
  const Index n_hidden = model.n_layers() - 1;
  return model.loss == NetworkLoss::squared && (n_hidden == 1 || n_hidden == 2) &&
         model.weights_at(n_hidden) <= most_varpro_parameters &&
         std::all_of(model.alpha.begin(), model.alpha.end(),
                     [](double alpha) { return std::isfinite(alpha); });
}

template <Real T>
std::vector<NetworkInfo> network_varpro(const NetworkModel& model,
                                        std::span<const NetworkData<T>> data,
                                        const NetworkOptions& options, Monitor& monitor,
                                        std::span<double> parameters) {
  require_varpro(model);
  require_options(options.tol, options.max_iter, options.n_threads);
  const auto size = static_cast<std::size_t>(model.n_parameters());
  const std::size_t n_networks = parameters.size() / size;
  std::vector<NetworkInfo> infos(n_networks, {.status = Status::interrupted});
  const bool checked = completed([&] {
    for (const auto& one : data) network::require_data(model, one, options.n_threads, monitor);
  });
  if (!checked) return infos;
  for (std::size_t k = 0; k < n_networks; ++k) {
    const auto& one = data[k / (n_networks / data.size())];
    infos[k] = fit_by_varpro(model, one, options, monitor, parameters.subspan(k * size, size));
  }
  require_finite_results({parameters, static_cast<Index>(size), {}});
  return infos;
}

template std::vector<NetworkInfo> network_varpro(const NetworkModel&,
                                                 std::span<const NetworkData<float>>,
                                                 const NetworkOptions&, Monitor&,
                                                 std::span<double>);
template std::vector<NetworkInfo> network_varpro(const NetworkModel&,
                                                 std::span<const NetworkData<double>>,
                                                 const NetworkOptions&, Monitor&,
                                                 std::span<double>);

}  // namespace elltwo
