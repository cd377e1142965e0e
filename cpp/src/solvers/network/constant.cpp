#include "solvers/network/constant.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo::network {
namespace {

constexpr double without_end = 1e30;

double finite_log(double ratio) { return std::clamp(std::log(ratio), -without_end, without_end); }

}  // namespace

bool is_constant(const NetworkModel& model) {
  return std::any_of(model.alpha.begin(), model.alpha.end(),
                     [](double alpha) { return std::isinf(alpha); });
}

template <Real T>
void fit_constant(const NetworkModel& model, const NetworkData<T>& data,
                  std::span<double> parameters) {
  std::fill(parameters.begin(), parameters.end(), 0.0);
  double* output = parameters.data() + model.intercepts_at(model.n_layers() - 1);
  const Index m = model.n_outputs();
  double total = 0.0;
  for (Index i = 0; i < data.x.rows; ++i) {
    const double w = data.sample_weight.empty() ? 1.0 : data.sample_weight[i];
    if (w == 0.0) continue;
    total += w;
    if (model.loss == NetworkLoss::multinomial) {
      output[data.label[i]] += w;
    } else {
      for (Index j = 0; j < m; ++j) output[j] += w / total * (data.y(i, j) - output[j]);
    }
  }
  for (Index j = 0; j < m && model.loss != NetworkLoss::squared; ++j) {
    const bool binary = model.loss == NetworkLoss::logistic;
    output[j] = finite_log(binary ? output[j] / (1.0 - output[j]) : output[j] / total);
  }
}

template void fit_constant(const NetworkModel&, const NetworkData<float>&, std::span<double>);
template void fit_constant(const NetworkModel&, const NetworkData<double>&, std::span<double>);

}  // namespace elltwo::network
