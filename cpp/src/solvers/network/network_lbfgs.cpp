#include "elltwo/network.hpp"
#include "solvers/network/lbfgs.hpp"
#include "solvers/network/many_fits.hpp"

namespace elltwo {

template <Real T>
std::vector<NetworkInfo> network_lbfgs(const NetworkModel& model,
                                       std::span<const NetworkData<T>> data,
                                       const NetworkOptions& options, Monitor& monitor,
                                       std::span<double> parameters) {
  return network::fit_networks<T>(
      model, data, options, monitor, parameters,
      [&](network::PackedProblem<T>& problem, int n_threads, Monitor& own, std::span<double> at) {
        network::Lbfgs<T> fit(model, problem, options, n_threads);
        return fit.run(at, own);
      });
}

template std::vector<NetworkInfo> network_lbfgs(const NetworkModel&,
                                                std::span<const NetworkData<float>>,
                                                const NetworkOptions&, Monitor&, std::span<double>);
template std::vector<NetworkInfo> network_lbfgs(const NetworkModel&,
                                                std::span<const NetworkData<double>>,
                                                const NetworkOptions&, Monitor&, std::span<double>);

}  // namespace elltwo
