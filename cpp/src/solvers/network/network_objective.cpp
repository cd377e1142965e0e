#include <algorithm>
#include <cmath>
#include <vector>

#include "elltwo/network.hpp"
#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/network/objective.hpp"
#include "solvers/network/validate.hpp"
#include "solvers/shared/results.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo {
namespace {

using network::Layout;
using network::Rows;

template <Real T>
NetworkInfo objective_at(const NetworkModel& model, const NetworkData<T>& data,
                         std::span<const double> parameters, int n_threads, Monitor& monitor,
                         std::span<double> gradient) {
  const Layout<double> layout(model);
  const Rows<double> rows(data, layout.ld_x());
  network::Objective<double> objective(model, layout, rows, n_threads);
  std::vector<double> own(gradient.empty() ? model.n_parameters() : 0);
  const std::span<double> slope = gradient.empty() ? std::span(own) : gradient;
  std::vector<double> scales(model.n_layers());
  const auto value = objective.evaluate(parameters, slope, monitor, scales);
  return {.reason = "evaluated",
          .objective = value.objective,
          .loss = value.loss,
          .gradient_norm = network::norm_of(slope),
          .optimality = network::relative_gradient(model, slope, scales),
          .n_evaluations = 1,
          .in_double = true,
          .n_threads = objective.n_threads()};
}

/// Writes the probabilities of the outputs of a row.
void apply_link(NetworkLoss loss, std::span<double> z) {
  if (loss == NetworkLoss::squared) return;
  if (loss == NetworkLoss::logistic) {
    for (double& value : z) {
      const double e = std::exp(-std::abs(value));
      value = (value > 0.0 ? 1.0 : e) / (1.0 + e);
    }
    return;
  }
  const double top = *std::max_element(z.begin(), z.end());
  double sum = 0.0;
  for (double& value : z) sum += value = std::exp(value - top);
  for (double& value : z) value /= sum;
}

template <Real T>
void predict(const NetworkModel& model, std::span<const double> parameters, MatrixView<T> x,
             const NetworkPrediction& options, Monitor& monitor, std::span<double> out) {
  const Layout<double> layout(model);
  network::Weights<double> weights(layout);
  weights.set(parameters.data());
  const Index n_blocks = (x.rows + layout.block_rows() - 1) / layout.block_rows();
  TaskCounter blocks(n_blocks);
  Relay relay(monitor);
  const double work = layout.operations() / 3.0 * static_cast<double>(x.rows);
  run_team(threads_for(options.n_threads, work), [&](TeamMember&) {
    network::BlockPass<double> pass(model, layout, layout.block_rows());
    for (Index b = 0; blocks.next(b);) {
      const Index begin = b * layout.block_rows();
      NetworkData<T> part{.x = x, .y = {}};
      part.x.data += begin * x.row_stride;
      part.x.rows = std::min(layout.block_rows(), x.rows - begin);
      const Rows<double> rows(part, layout.ld_x());
      pass.forward(weights, rows.block(0, rows.n()));
      const double* z = pass.input(model.n_layers());
      for (Index i = 0; i < rows.n(); ++i) {
        double* to = out.data() + (begin + i) * model.n_outputs();
        std::copy_n(z + i * layout.last().ld_out, model.n_outputs(), to);
        if (options.link) apply_link(model.loss, {to, static_cast<std::size_t>(model.n_outputs())});
      }
      relay.check();
    }
  });
}

}  // namespace

template <Real T>
NetworkInfo network_objective(const NetworkModel& model, const NetworkData<T>& data,
                              std::span<const double> parameters, int n_threads, Monitor& monitor,
                              std::span<double> gradient) {
  network::require_model(model);
  network::require_parameters(model, parameters);
  if (!gradient.empty()) require_size("gradient", gradient.size(), model.n_parameters());
  NetworkInfo info{.status = Status::interrupted};
  if (completed([&] {
        network::require_data(model, data, n_threads, monitor);
        info = objective_at(model, data, parameters, n_threads, monitor, gradient);
      })) {
    network::require_finite_record(info, "");
  }
  return info;
}

template <Real T>
bool network_predict(const NetworkModel& model, std::span<const double> parameters, MatrixView<T> x,
                     const NetworkPrediction& options, Monitor& monitor, std::span<double> out) {
  network::require_model(model);
  network::require_parameters(model, parameters);
  require_size("out", out.size(), x.rows * model.n_outputs());
  return completed([&] {
    require_finite("X", x, true, monitor);
    predict(model, parameters, x, options, monitor, out);
    require_finite_results({out, 1, {}});
  });
}

template NetworkInfo network_objective(const NetworkModel&, const NetworkData<float>&,
                                       std::span<const double>, int, Monitor&, std::span<double>);
template NetworkInfo network_objective(const NetworkModel&, const NetworkData<double>&,
                                       std::span<const double>, int, Monitor&, std::span<double>);
template bool network_predict(const NetworkModel&, std::span<const double>, MatrixView<float>,
                              const NetworkPrediction&, Monitor&, std::span<double>);
template bool network_predict(const NetworkModel&, std::span<const double>, MatrixView<double>,
                              const NetworkPrediction&, Monitor&, std::span<double>);

}  // namespace elltwo
