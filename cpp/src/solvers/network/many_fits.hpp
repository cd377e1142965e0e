#pragma once

#include <functional>

#include "solvers/network/packed_problem.hpp"

namespace elltwo::network {

/// Fits one network: fit(problem, n_threads, monitor, parameters) overwrites its start.
template <Real T>
using FitOne = std::function<NetworkInfo(PackedProblem<T>&, int, Monitor&, std::span<double>)>;

/// Checks the arguments of network_lbfgs() or of another solver with its signature, and calls `fit`
/// for every network, or writes the constant of least loss where alpha is infinite.
template <Real T>
std::vector<NetworkInfo> fit_networks(const NetworkModel& model,
                                      std::span<const NetworkData<T>> data,
                                      const NetworkOptions& options, Monitor& monitor,
                                      std::span<double> parameters, const FitOne<T>& fit);

}  // namespace elltwo::network
