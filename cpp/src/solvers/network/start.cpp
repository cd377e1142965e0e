#include <cmath>

#include "elltwo/network.hpp"
#include "solvers/network/counter_random.hpp"
#include "solvers/network/validate.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo {

void network_start(const NetworkModel& model, std::uint64_t seed, std::span<double> parameters) {
  network::require_model(model);
  require_size("parameters", parameters.size(), model.n_parameters());
  const double factor = model.activation == Activation::logistic ? 2.0 : 6.0;
  for (Index l = 0; l < model.n_layers(); ++l) {
    const network::CounterRandom random(seed, static_cast<std::uint64_t>(l));
    const double bound =
        std::sqrt(factor / static_cast<double>(model.inputs(l) + model.outputs(l)));
    const Index size = (model.inputs(l) + 1) * model.outputs(l);
    double* theta = parameters.data() + model.weights_at(l);
    for (Index i = 0; i < size; ++i) theta[i] = bound * (2.0 * random.uniform(i) - 1.0);
  }
}

}  // namespace elltwo
