#include "solvers/ridge/small_lanes.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {

template <Real T>
void SmallLane::correct(const SmallRows<T>& rows) const {
  double worst = 0.0;
  for (Index u = 0; u < systems.layout.t; ++u) {
    correct(rows, u);
    worst = std::max(worst, largest_gradient(u));
  }
  at(systems.optimality, 0) = worst;
}

template <Real T>
void SmallLane::correct(const SmallRows<T>& rows, Index u) const {
  const auto& s = systems;
  const Index p = s.layout.p;
  double b[small_max_features];
  double mean[small_max_features] = {};
  double z[small_max_features] = {};
  for (Index j = 0; j < p; ++j) b[j] = coef(u, j);
  for (Index j = 0; s.centred && j < p; ++j) mean[j] = at(s.shift, j);
  double centre = s.centred ? at(s.shift, p + u) : 0.0;
  double sum = 0.0;
  double weights = 0.0;
  for (Index i = 0; i < rows.x.rows; ++i) {
    const double weight = rows.weight != nullptr ? rows.weight[i] : 1.0;
    double residual = rows.y(i, u) - centre;
    for (Index j = 0; j < p; ++j) residual -= (rows.x(i, j) - mean[j]) * b[j];
    residual *= weight;
    for (Index j = 0; j < p; ++j) z[j] += (rows.x(i, j) - mean[j]) * residual;
    sum += residual;
    weights += weight;
  }
  for (Index j = 0; j < p; ++j) {
    const double right = s.right != nullptr ? at(s.right, j) : 0.0;
    z[j] = (z[j] + right - at(s.diagonal, j) * b[j]) * at(s.scale, j);
  }
  substitute(z);
  if (s.centred) centre += sum / weights;
  for (Index j = 0; j < p; ++j) {
    b[j] += z[j] * at(s.scale, j);
    at(s.coef, u * p + j) = b[j];
    centre -= mean[j] * b[j];
  }
  at(s.intercept, u) = s.centred ? centre : 0.0;
}

template void SmallLane::correct<double>(const SmallRows<double>&) const;
template void SmallLane::correct<float>(const SmallRows<float>&) const;

// z = (L L^T)^-1 z.
void SmallLane::substitute(double* z) const {
  const Index p = systems.layout.p;
  const auto lower = [&](Index i, Index k) { return at(systems.factor, padded_row(i, 4) + k); };
  for (Index i = 0; i < p; ++i) {
    for (Index k = 0; k < i; ++k) z[i] -= lower(i, k) * z[k];
    z[i] *= lower(i, i);
  }
  for (Index i = p - 1; i >= 0; --i) {
    z[i] *= lower(i, i);
    for (Index k = 0; k < i; ++k) z[k] -= lower(i, k) * z[i];
  }
}

// Largest |g_j| / (d_j (|y| + |d b|)) for g = X^T y + r - (G + D) b, with d the reciprocal scale.
double SmallLane::largest_gradient(Index u) const {
  const auto& s = systems;
  const auto& place = s.layout;
  const auto gram = [&](Index i, Index j) {
    return at(s.sums, place.row(std::max(i, j)) + std::min(i, j));
  };
  double fitted = 0.0;
  double worst = 0.0;
  for (Index j = 0; j < place.p; ++j) {
    const double b = coef(u, j), scale = at(s.scale, j);
    fitted += (b / scale) * (b / scale);
    double g = at(s.sums, place.target(u) + j) - at(s.diagonal, j) * b;
    if (s.right != nullptr) g += at(s.right, j);
    for (Index k = 0; k < place.p; ++k) g -= gram(j, k) * coef(u, k);
    worst = std::max(worst, std::abs(g) * scale);
  }
  const double size = std::sqrt(at(s.sums, place.squares() + u)) + std::sqrt(fitted);
  return size > 0.0 ? worst / size : 0.0;
}

}  // namespace elltwo
