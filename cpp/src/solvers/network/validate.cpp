#include "solvers/network/validate.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "solvers/shared/validate.hpp"

namespace elltwo::network {
namespace {

void require_labels(std::span<const std::int32_t> label, Index n_outputs) {
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label[i] >= 0 && label[i] < n_outputs) continue;
    throw std::invalid_argument("label must be in [0, " + std::to_string(n_outputs) + "), got " +
                                std::to_string(label[i]) + " in row " + std::to_string(i));
  }
}

void require_zero_or_one(MatrixView<double> y) {
  for (Index i = 0; i < y.rows; ++i) {
    for (Index j = 0; j < y.cols; ++j) {
      if (y(i, j) == 0.0 || y(i, j) == 1.0) continue;
      throw std::invalid_argument("y must be 0 or 1 for the logistic loss, got " + show(y(i, j)) +
                                  " in row " + std::to_string(i) + " of output " +
                                  std::to_string(j));
    }
  }
}

}  // namespace

void require_model(const NetworkModel& model) {
  if (model.units.size() < 2) {
    throw std::invalid_argument("units must hold the number of inputs and of outputs at least");
  }
  for (const Index units : model.units) {
    if (units < 1) {
      throw std::invalid_argument("units of a layer must be at least 1, got " +
                                  std::to_string(units));
    }
  }
  if (model.loss == NetworkLoss::multinomial && model.n_outputs() < 2) {
    throw std::invalid_argument("the multinomial loss needs two outputs or more");
  }
  if (model.alpha.size() != 1) {
    require_size("alpha", model.alpha.size(), model.n_layers());
  }
  require_range("alpha", model.alpha, HUGE_VAL, "[0, inf]");
}

void require_parameters(const NetworkModel& model, std::span<const double> parameters) {
  require_size("parameters", parameters.size(), model.n_parameters());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (std::isfinite(parameters[i])) continue;
    throw std::invalid_argument("parameters must be finite, got " + show(parameters[i]) +
                                " at place " + std::to_string(i));
  }
}

template <Real T>
void require_data(const NetworkModel& model, const NetworkData<T>& data, int n_threads,
                  Monitor& monitor) {
  require_not_empty(data.x.rows, data.x.cols);
  if (data.x.cols != model.units.front()) {
    throw std::invalid_argument("X must have " + std::to_string(model.units.front()) +
                                " features, got " + std::to_string(data.x.cols));
  }
  require_weights(data.sample_weight, data.x.rows, n_threads);
  require_finite("X", data.x, true, monitor);
  if (model.loss == NetworkLoss::multinomial) {
    require_size("label", data.label.size(), data.x.rows);
    return require_labels(data.label, model.n_outputs());
  }
  if (data.y.rows != data.x.rows || data.y.cols != model.n_outputs()) {
    throw std::invalid_argument("y must have " + std::to_string(data.x.rows) + " rows and " +
                                std::to_string(model.n_outputs()) + " outputs, got " +
                                std::to_string(data.y.rows) + " and " +
                                std::to_string(data.y.cols));
  }
  if (model.loss == NetworkLoss::logistic) return require_zero_or_one(data.y);
  require_finite("y", data.y, data.y.cols > 1, monitor);
}

void require_finite_record(const NetworkInfo& info, const std::string& which) {
  if (std::isfinite(info.objective) && std::isfinite(info.gradient_norm)) return;
  throw std::overflow_error("the objective" + which +
                            " or its gradient is beyond the range of float64; X, y, weights or "
                            "penalties need other units");
}

template void require_data(const NetworkModel&, const NetworkData<float>&, int, Monitor&);
template void require_data(const NetworkModel&, const NetworkData<double>&, int, Monitor&);

}  // namespace elltwo::network
