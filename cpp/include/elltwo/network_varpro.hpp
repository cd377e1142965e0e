#pragma once

#include "elltwo/network.hpp"

namespace elltwo {

/// The most parameters of hidden layers that variable projection takes.
inline constexpr Index most_varpro_parameters = 3000;

/// Whether variable projection can fit the model: squared loss, and one or two hidden layers with
/// at most most_varpro_parameters parameters.
bool varpro_applies(const NetworkModel& model);

/// network_lbfgs() by variable projection (Golub and Pereyra 1973) where varpro_applies(): the last
/// layer is always the ridge regression on its inputs, and the others take Levenberg-Marquardt
/// steps on the residuals that it leaves, with Kaufman's (1975) approximation of their derivative
/// and Nielsen's (1999) damping. The matrix of a step is estimated from a sample of the rows, a
/// different one each time, where there are many more rows than parameters; objective and gradient
/// are of all rows. Throws as network_lbfgs() does, and std::invalid_argument where the model does
/// not qualify.
template <Real T>
std::vector<NetworkInfo> network_varpro(const NetworkModel& model,
                                        std::span<const NetworkData<T>> data,
                                        const NetworkOptions& options, Monitor& monitor,
                                        std::span<double> parameters);

}  // namespace elltwo
