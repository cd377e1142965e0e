#include "solvers/ridge/root_rows.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/lapack.hpp"
#include "linalg/posdef.hpp"

namespace elltwo {

RootRows root_rows(const ScaledMoments& moments, double noise, Monitor& monitor) {
  const Index p = moments.n_features, n_targets = moments.n_targets;
  std::vector<double> unit;  // brings a column to about unit length
  for (Index j = 0; j < p; ++j) {
    const double square = moments.gram(j, j);
    unit.push_back(square > 0.0 ? inverse_sqrt_power_of_two(square) : 0.0);
  }
  const auto at = [&](Index j) { return unit[j]; };
  Buffer<double> v(p * p), lambda(p);
  for (Index j = 0; j < p; ++j) {
    for (Index i = j; i < p; ++i) v[j * p + i] = at(i) * moments.gram(j, i) * at(j);
  }
  Index kept = 0;
  if (lapack::syevd(p, v.data(), p, lambda.data(), monitor)) {
    const double floor = noise * std::max(lambda[p - 1], 0.0);
    while (kept < p && lambda[p - 1 - kept] > floor) ++kept;
  }
  RootRows result{kept + n_targets, p + n_targets,
                  Buffer<double>::zeros((kept + n_targets) * (p + n_targets))};
  std::vector<double> left;
  for (Index t = 0; t < n_targets; ++t) left.push_back(moments.yy(t));
  for (Index k = 0; k < kept; ++k) {
    const double* vector = v.data() + (p - 1 - k) * p;
    const double root = std::sqrt(lambda[p - 1 - k]);
    double* row = result.values.data() + k * result.cols;
    for (Index j = 0; j < p; ++j) row[j] = at(j) > 0.0 ? root * vector[j] / at(j) : 0.0;
    for (Index t = 0; t < n_targets; ++t) {
      double sum = 0.0;
      for (Index j = 0; j < p; ++j) sum += vector[j] * at(j) * moments.xy(j, t);
      row[p + t] = sum / root;
      left[t] -= row[p + t] * row[p + t];
    }
  }
  for (Index t = 0; t < n_targets; ++t) {
    const double square = std::max(left[t], 0.0);
    result.values[(kept + t) * result.cols + p + t] = std::sqrt(square);
  }
  return result;
}

}  // namespace elltwo
