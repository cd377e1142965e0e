#pragma once

#include <span>
#include <string>

#include "elltwo/network.hpp"

namespace elltwo::network {

// Checks of arguments. Each throws std::invalid_argument that names the argument and the first
// value at fault.

void require_model(const NetworkModel& model);

/// As many parameters as the model has, all finite.
void require_parameters(const NetworkModel& model, std::span<const double> parameters);

/// Shapes, labels, weights, and no NaN or infinity. Throws Interrupted.
template <Real T>
void require_data(const NetworkModel& model, const NetworkData<T>& data, int n_threads,
                  Monitor& monitor);

/// Throws std::overflow_error where the objective or its gradient is beyond the range of numbers.
/// `which` names the fit, with a space before it, or is empty.
void require_finite_record(const NetworkInfo& info, const std::string& which);

}  // namespace elltwo::network
