#include <algorithm>
#include <cmath>

#include "solvers/logistic_bounded/descent.hpp"

namespace elltwo {

// What is left of a direction where the box has an end. What classes have in common may be taken off before.
template <Real T>
std::vector<double> BoundedLogistic<T>::endless(const Buffer<double>& direction) const {
  std::vector<double> d(direction.begin(), direction.end());
  const Index size = problem_.size();
  for (Index j = 0; j < problem_.n_features(); ++j) {
    const bool has_lower = std::isfinite(lower_[j]);
    const bool has_upper = std::isfinite(upper_[j]);
    if (!has_lower && !has_upper) continue;
    double least = d[j], most = d[j];
    for (Index i = j; i < size; i += problem_.cols()) {
      least = std::min(least, direction[i]);
      most = std::max(most, direction[i]);
    }
    const double common = problem_.n_outputs() == 1 ? 0.0 : has_lower ? least : most;
    for (Index i = j; i < size; i += problem_.cols()) {
      double& v = d[i];
      v -= common;
      if (v > 0.0 ? has_upper : has_lower) v = 0.0;
    }
  }
  return d;
}

// Whether the point or the step tells classes apart.
template <Real T>
bool BoundedLogistic<T>::found_separation(LogisticInfo& info) const {
  using Separation = typename LogisticObjective<T>::Separation;
  for (const auto* direction : {&at_.theta, &direction_}) {
    ++info.n_passes;
    const auto found = objective_->separates(endless(*direction).data());
    if (found == Separation::none) continue;
    info.status = found == Separation::found ? Status::separable : Status::interrupted;
    return true;
  }
  return false;
}

template bool BoundedLogistic<double>::found_separation(LogisticInfo&) const;
template bool BoundedLogistic<float>::found_separation(LogisticInfo&) const;

}  // namespace elltwo
