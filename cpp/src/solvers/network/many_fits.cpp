#include "solvers/network/many_fits.hpp"

#include <memory>
#include <stdexcept>
#include <string>

#include "parallel/interruption.hpp"
#include "solvers/network/constant.hpp"
#include "solvers/network/fits.hpp"
#include "solvers/network/validate.hpp"
#include "solvers/shared/results.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo::network {
namespace {

constexpr double expected_passes = 100.0;  // of a fit, for the number of threads

template <Real T>
NetworkInfo constant_fit(const NetworkModel& model, const NetworkData<T>& data, int n_threads,
                         Monitor& monitor, std::span<double> parameters) {
  fit_constant(model, data, parameters);
  NetworkModel free = model;  // the penalty of zero weights is zero
  for (double& alpha : free.alpha) alpha = 0.0;
  NetworkInfo info = network_objective(free, data, parameters, n_threads, monitor, {});
  if (info.status == Status::interrupted) throw Interrupted{};
  info.solver = NetworkSolver::constant;
  info.reason = "alpha is infinite";
  info.optimality = info.gradient_norm = 0.0;
  return info;
}

/// What names one of several, in messages.
std::string number_of(const char* what, std::size_t k, std::size_t count) {
  return count == 1 ? "" : std::string(what) + std::to_string(k);
}

template <Real T>
void require_each(const NetworkModel& model, std::span<const NetworkData<T>> data, int n_threads,
                  Monitor& monitor) {
  for (std::size_t k = 0; k < data.size(); ++k) {
    try {
      require_data(model, data[k], n_threads, monitor);
    } catch (const std::invalid_argument& error) {
      const std::string which = number_of("problem ", k, data.size());
      throw std::invalid_argument(which.empty() ? error.what() : which + ": " + error.what());
    }
  }
}

void require_finite_records(std::span<const NetworkInfo> infos) {
  for (std::size_t k = 0; k < infos.size(); ++k) {
    const std::string which = number_of(" of fit ", k, infos.size());
    require_finite_record(infos[k], which);
    NetworkInfo relative = infos[k];
    relative.gradient_norm = relative.optimality;
    require_finite_record(relative, which);
  }
}

}  // namespace

template <Real T>
std::vector<NetworkInfo> fit_networks(const NetworkModel& model,
                                      std::span<const NetworkData<T>> data,
                                      const NetworkOptions& options, Monitor& monitor,
                                      std::span<double> parameters, const FitOne<T>& fit) {
  require_model(model);
  require_options(options.tol, options.max_iter, options.n_threads);
  const auto size = static_cast<std::size_t>(model.n_parameters());
  const std::size_t n_fits = parameters.size() / size;
  if (data.empty() || n_fits == 0 || parameters.size() % size != 0 || n_fits % data.size() != 0) {
    throw std::invalid_argument("parameters must hold whole networks, as many for each problem");
  }
  for (std::size_t k = 0; k < n_fits; ++k) {
    require_parameters(model, parameters.subspan(k * size, size));
  }
  std::vector<NetworkInfo> infos(n_fits, NetworkInfo{.status = Status::interrupted});
  const std::size_t n_starts = n_fits / data.size();
  const bool done = completed([&] {
    double rows = 0.0;
    require_each(model, data, options.n_threads, monitor);
    for (const auto& problem : data) rows += static_cast<double>(problem.x.rows);
    std::unique_ptr<PackedProblem<T>> shared;
    const bool constant = is_constant(model);
    if (data.size() == 1 && !constant) {
      shared = std::make_unique<PackedProblem<T>>(model, data[0]);
    }
    const double work =
        Layout<float>(model).operations() * rows * static_cast<double>(n_starts) * expected_passes;
    over_fits(
        static_cast<Index>(n_fits), work, options.n_threads,
        [&](Index k, int n_threads, Monitor& own) {
          const auto theta = parameters.subspan(k * size, size);
          const auto& problem = data[k / n_starts];
          if (constant) {
            infos[k] = constant_fit(model, problem, n_threads, own, theta);
            return;
          }
          std::unique_ptr<PackedProblem<T>> packed;
          if (!shared) packed = std::make_unique<PackedProblem<T>>(model, problem);
          infos[k] = fit(shared ? *shared : *packed, n_threads, own, theta);
        },
        monitor);
  });
  if (!done) return infos;
  require_finite_results({parameters, model.n_parameters(), {}});
  require_finite_records(infos);
  return infos;
}

template std::vector<NetworkInfo> fit_networks(const NetworkModel&,
                                               std::span<const NetworkData<float>>,
                                               const NetworkOptions&, Monitor&, std::span<double>,
                                               const FitOne<float>&);
template std::vector<NetworkInfo> fit_networks(const NetworkModel&,
                                               std::span<const NetworkData<double>>,
                                               const NetworkOptions&, Monitor&, std::span<double>,
                                               const FitOne<double>&);

}  // namespace elltwo::network
