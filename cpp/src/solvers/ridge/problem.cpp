#include "solvers/ridge/problem.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"
#include "solvers/shared/weights.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

template <Real T>
double largest_deviation(MatrixView<T> column) {
  const double first = static_cast<double>(column(0, 0));
  double largest = 0.0;
  for (Index i = 0; i < column.rows; ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(column(i, 0)) / 2 - first / 2));
  }
  return 2 * std::min(largest, std::numeric_limits<double>::max() / 4);
}

template <Real T>
double largest_size(MatrixView<T> column) {
  double largest = 0.0;
  for (Index i = 0; i < column.rows; ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(column(i, 0))));
  }
  return largest;
}

}  // namespace

template <Real T>
bool vanishes(MatrixView<T> column, std::span<const double> weight, bool centred) {
  const auto counts = [&](Index i) { return weight.empty() || weight[i] > 0.0; };
  Index i = 0;
  while (i < column.rows && !counts(i)) ++i;
  const T level = centred && i < column.rows ? column(i, 0) : T(0);
  for (; i < column.rows; ++i) {
    if (counts(i) && column(i, 0) != level) return false;
  }
  return true;
}

template bool vanishes<double>(MatrixView<double>, std::span<const double>, bool);
template bool vanishes<float>(MatrixView<float>, std::span<const double>, bool);

template <Real T>
Problem<T>::Problem(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor,
                    const SparseRows<T>* sparse)
    : data_(data), options_(options), monitor_(monitor), sparse_(sparse) {
  if (data.sample_weight.empty()) return;
  const double largest = largest_weight(data.sample_weight, options.n_threads);
  if (largest < 1e-60 || largest > 1e60) weight_scale_ = power_of_two_for(largest);
  const auto n = static_cast<Index>(data.sample_weight.size());
  sqrt_weight_ = Buffer<double>(n);
  const int n_threads = threads_for(options.n_threads, 8.0 * static_cast<double>(n));
  run_over(n, n_threads, [&](Index begin, Index end) {
    const double* w = data_.sample_weight.data();
    const double scale = weight_scale_;
    double* root = sqrt_weight_.data();
    for (Index i = begin; i < end; ++i) root[i] = std::sqrt(w[i] * scale);
  });
}

template <Real T>
Problem<T>::Problem(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor,
                    const SumUnits& units)
    : Problem(data, options, monitor) {
  weight_scale_ = units.weight;
  scale_as(units.column);
}

template <Real T>
void Problem<T>::scale_as(const std::vector<double>& column) {
  if (std::all_of(column.begin(), column.end(), [](double s) { return s == 1.0; })) return;
  scales_.x.assign(column.begin(), column.begin() + n_features());
  scales_.y.assign(column.begin() + n_features(), column.end());
}

template <Real T>
bool Problem<T>::all_vanish(const std::vector<double>& factor) const {
  std::vector<double> sizes;
  if (sparse_ != nullptr) sizes = column_sizes(*sparse_, sqrt_weight_.data());
  for (Index j = 0; j < n_features(); ++j) {
    if (factor[j] == 0.0) continue;
    if (!(sparse_ != nullptr ? sizes[j] == 0.0 : vanishes(j))) return false;
  }
  return true;
}

template <Real T>
double Problem<T>::raw_penalty(Index j, double alpha) const {
  if (data_.penalty_factors.empty()) return alpha;
  const double factor = data_.penalty_factors[j];
  if (factor == 0.0 || std::isinf(factor)) return factor;
  return alpha * factor;
}

template <Real T>
double Problem<T>::penalty(Index j, double alpha) const {
  return penalty_in_units(raw_penalty(j, alpha), x_scale(j), weight_scale_);
}

template <Real T>
double Problem<T>::prior(Index t, Index j) const {
  if (data_.prior_mean.empty()) return 0.0;
  return rescaled(data_.prior_mean[t * n_features() + j], y_scale(t), x_scale(j));
}

template <Real T>
std::vector<TargetGroup> Problem<T>::groups() const {
  std::map<double, std::vector<Index>> by_alpha;
  for (Index t = 0; t < n_targets(); ++t) {
    const auto a = data_.alpha.size() == 1 ? Index{0} : t;
    by_alpha[data_.alpha[a]].push_back(t);
  }
  std::vector<TargetGroup> result;
  for (auto& [alpha, targets] : by_alpha) result.push_back({alpha, std::move(targets)});
  return result;
}

template <Real T>
double Problem<T>::largest_penalty(Index j) const {
  double largest = 0.0;
  for (const double alpha : data_.alpha) {
    const double a = raw_penalty(j, alpha) * weight_scale_;
    if (std::isfinite(a)) largest = std::max(largest, a);
  }
  return largest;
}

template <Real T>
std::vector<double> Problem<T>::target_scales() const {
  std::vector<double> scales(n_targets());
  for (Index t = 0; t < n_targets(); ++t) {
    const auto column = data_.y.column(t);
    const double size = centred() ? largest_deviation(column) : largest_size(column);
    scales[t] = power_of_two_for(size);
  }
  return scales;
}

template <Real T>
void Problem<T>::scale_columns() {
  std::vector<double> sizes;
  for (Index j = 0; j < n_features(); ++j) {
    const auto column = data_.x.column(j);
    sizes.push_back(centred() && !options_.penalize_intercept ? largest_deviation(column)
                                                              : largest_size(column));
  }
  scale_to(sizes);
}

template <Real T>
void Problem<T>::scale_to(const std::vector<double>& column_sizes) {
  scales_.y = target_scales();
  scales_.x.resize(n_features());
  for (Index j = 0; j < n_features(); ++j) {
    // A dominant penalty sets the scale: then the column's own squares may vanish beside it.
    scales_.x[j] = power_of_two_for<T>(std::max(column_sizes[j], std::sqrt(largest_penalty(j))));
  }
}

template <Real T>
void Problem<T>::scale_uniformly() {
  scales_.y = target_scales();
  double size = 0.0;
  for (Index j = 0; j < n_features(); ++j) {
    const auto column = data_.x.column(j);
    size = std::max({size, std::sqrt(largest_penalty(j)),
                     centred() && !options_.penalize_intercept ? largest_deviation(column)
                                                               : largest_size(column)});
  }
  scales_.x.assign(n_features(), power_of_two_for<T>(size));
}

template <Real T>
double Problem<T>::kappa(double weight, double alpha) const {
  if (!centred()) return weight;
  const double penalty = intercept_penalty(alpha);
  if (penalty == 0.0) return 0.0;
  if (std::isinf(penalty)) return weight;
  return weight * (penalty / (weight + penalty));
}

template <Real T>
void Problem<T>::write_result(const TargetGroup& group, const GroupFit& fit, const Means& means,
                              std::span<double> coef, std::span<double> intercept) const {
  const Index p = n_features();
  const double penalty = intercept_penalty(group.alpha);
  const double kept = std::isinf(penalty) ? 0.0 : means.weight / (means.weight + penalty);
  for (std::size_t u = 0; u < group.targets.size(); ++u) {
    const Index t = group.targets[u];
    const double* b = fit.coef.data() + static_cast<Index>(u) * p;
    for (Index j = 0; j < p; ++j) {
      coef[t * p + j] = rescaled(b[j], x_scale(j), y_scale(t));
    }
    double& b0 = intercept[t];
    b0 = 0.0;
    if (!centred()) continue;
    auto centre = static_cast<long double>(fit.centre.empty() ? means.y[t] : fit.centre[u]);
    for (Index j = 0; fit.centre.empty() && j < p; ++j) {
      centre -= static_cast<long double>(means.x[j]) * b[j];
    }
    b0 = static_cast<double>(kept * centre / y_scale(t));
  }
}

template class Problem<double>;
template class Problem<float>;

}  // namespace elltwo
