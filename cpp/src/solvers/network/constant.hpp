#pragma once

#include <span>

#include "elltwo/network.hpp"

namespace elltwo::network {

/// Whether a layer has alpha = inf, so that the outputs are the same for all rows.
bool is_constant(const NetworkModel& model);

/// Writes zero weights and the constant outputs of least loss: weighted means, or logarithms of the
/// odds or shares of classes, where -1e30 and 1e30 stand for infinities.
template <Real T>
void fit_constant(const NetworkModel& model, const NetworkData<T>& data,
                  std::span<double> parameters);

}  // namespace elltwo::network
