#include "elltwo/network_varpro.hpp"

#include <stdexcept>
#include <string>

#include "solvers/network/many_fits.hpp"
#include "solvers/network/validate.hpp"
#include "solvers/network/varpro.hpp"

namespace elltwo {
namespace {

void require_varpro(const NetworkModel& model) {
  network::require_model(model);
  if (varpro_applies(model)) return;
  throw std::invalid_argument(
      "varpro needs the squared loss and one or two hidden layers, with at most " +
      std::to_string(most_varpro_parameters) + " parameters");
}

}  // namespace

bool varpro_applies(const NetworkModel& model) {
  const Index n_hidden = model.n_layers() - 1;
  return model.loss == NetworkLoss::squared && (n_hidden == 1 || n_hidden == 2) &&
         model.weights_at(n_hidden) <= most_varpro_parameters;
}

template <Real T>
std::vector<NetworkInfo> network_varpro(const NetworkModel& model,
                                        std::span<const NetworkData<T>> data,
                                        const NetworkOptions& options, Monitor& monitor,
                                        std::span<double> parameters) {
  require_varpro(model);
  return network::fit_networks<T>(
      model, data, options, monitor, parameters,
      [&](network::PackedProblem<T>& problem, int n_threads, Monitor& own, std::span<double> at) {
        network::Varpro<T> fit(model, problem, options, n_threads);
        return fit.run(at, own);
      });
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
