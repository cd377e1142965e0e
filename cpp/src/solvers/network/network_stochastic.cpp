#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>

#include "parallel/interruption.hpp"
#include "solvers/network/constant.hpp"
#include "solvers/network/fits.hpp"
#include "solvers/network/trainer.hpp"
#include "solvers/network/validate.hpp"
#include "solvers/shared/results.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo {
namespace {

void require_between(const char* name, double value, double low, double high) {
  if (value >= low && value <= high) return;
  throw std::invalid_argument(std::string(name) + " must be in [" + show(low) + ", " + show(high) +
                              "], got " + show(value));
}

void require_stochastic(const StochasticOptions& options) {
  require_options(options.tol, options.max_epochs, options.n_threads);
  if (options.batch_size < 1) throw std::invalid_argument("batch_size must be at least 1");
  if (!(options.learning_rate > 0.0) || !std::isfinite(options.learning_rate)) {
    throw std::invalid_argument("learning_rate must be positive and finite, got " +
                                show(options.learning_rate));
  }
  require_between("momentum", options.momentum, 0.0, 1.0);
  for (const double beta : {options.beta_1, options.beta_2}) {
    if (beta >= 0.0 && beta < 1.0) continue;
    throw std::invalid_argument("beta_1 and beta_2 must be in [0, 1), got " + show(beta));
  }
  if (!(options.epsilon > 0.0)) throw std::invalid_argument("epsilon must be positive");
  if (!(options.power >= 0.0)) throw std::invalid_argument("power must not be negative");
}

void require_state(const NetworkModel& model, const StochasticState& state) {
  network::require_parameters(model, state.parameters);
  for (const auto* moment : {&state.first, &state.second, &state.best}) {
    if (!moment->empty()) network::require_parameters(model, *moment);
  }
}

/// The problems of a call, checked and in float.
template <Real T>
std::vector<std::unique_ptr<network::Rows<float>>> packed(const NetworkModel& model,
                                                          const network::Layout<float>& layout,
                                                          std::span<const NetworkData<T>> data,
                                                          int n_threads, Monitor& monitor) {
  std::vector<std::unique_ptr<network::Rows<float>>> rows;
  for (const auto& problem : data) {
    network::require_data(model, problem, n_threads, monitor);
    rows.push_back(std::make_unique<network::Rows<float>>(problem, layout.ld_x()));
  }
  return rows;
}

template <Real T>
std::vector<std::unique_ptr<network::Rows<float>>> packed_validation(
    const NetworkModel& model, const network::Layout<float>& layout,
    std::span<const NetworkData<T>> data, int n_threads, Monitor& monitor) {
  try {
    return packed(model, layout, data, n_threads, monitor);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(std::string("validation: ") + error.what());
  }
}

}  // namespace

template <Real T>
std::vector<NetworkInfo> network_stochastic(const NetworkModel& model,
                                            std::span<const NetworkData<T>> data,
                                            std::span<const NetworkData<T>> validation,
                                            const StochasticOptions& options, Monitor& monitor,
                                            std::span<StochasticState> states) {
  network::require_model(model);
  require_stochastic(options);
  if (network::is_constant(model)) {
    throw std::invalid_argument("alpha must be finite for mini-batches");
  }
  if (data.empty() || states.empty() || states.size() % data.size() != 0 ||
      (!validation.empty() && validation.size() != data.size())) {
    throw std::invalid_argument("there must be as many states for each problem");
  }
  for (const auto& state : states) require_state(model, state);
  std::vector<NetworkInfo> infos(states.size(), NetworkInfo{.status = Status::interrupted});
  const std::size_t n_starts = states.size() / data.size();
  const bool done = completed([&] {
    const network::Layout<float> layout(model);
    const auto rows = packed(model, layout, data, options.n_threads, monitor);
    const auto held_out = packed_validation(model, layout, validation, options.n_threads, monitor);
    double work = 0.0;
    for (const auto& each : rows) {
      work += layout.operations() * static_cast<double>(each->n()) * options.max_epochs *
              static_cast<double>(n_starts);
    }
    network::over_fits(
        static_cast<Index>(states.size()), work, options.n_threads,
        [&](Index k, int, Monitor& own) {
          const std::size_t problem = k / n_starts;
          network::Trainer trainer(model, layout, *rows[problem], options);
          const auto* scored = held_out.empty() ? nullptr : held_out[problem].get();
          infos[k] = trainer.run(states[k], scored, own);
        },
        monitor);
  });
  for (const auto& state : states) {
    if (done) require_finite_results({state.parameters, model.n_parameters(), {}});
  }
  return infos;
}

template std::vector<NetworkInfo> network_stochastic(const NetworkModel&,
                                                     std::span<const NetworkData<float>>,
                                                     std::span<const NetworkData<float>>,
                                                     const StochasticOptions&, Monitor&,
                                                     std::span<StochasticState>);
template std::vector<NetworkInfo> network_stochastic(const NetworkModel&,
                                                     std::span<const NetworkData<double>>,
                                                     std::span<const NetworkData<double>>,
                                                     const StochasticOptions&, Monitor&,
                                                     std::span<StochasticState>);

}  // namespace elltwo
