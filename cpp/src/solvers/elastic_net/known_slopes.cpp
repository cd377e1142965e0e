#include "solvers/elastic_net/known_slopes.hpp"

#include <cmath>

#include "linalg/small_posdef.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

// A part of alpha l1 by which |q_j| must stay below it, so that rounding does not matter.
constexpr double room_for_rounding = 1e-9;
constexpr double known_rounding = 64.0 * epsilon;  // of a product, relative to the norms
constexpr double least_independence = 1e-12;       // added to squares relative to them

}  // namespace

// a'W^-1 b of vectors W v. Rows without weight have no part in either.
double KnownSlopes::product(const double* a, const double* b) const {
  const Index n = rows_.columns.n_rows();
  if (rows_.weight.empty()) return dot(n, a, b);
  return sum_over(
      n, [&](Index i) { return rows_.weight[i] > 0.0 ? a[i] * (b[i] / rows_.weight[i]) : 0.0; });
}

void KnownSlopes::add(const double* side, const double* products) {
  const double square = product(side, side);
  if (size_ == most || !(square > 0.0)) return;
  sides_[size_] = side;
  products_[size_] = products;
  for (Index i = 0; i < size_; ++i) gram_[i * most + size_] = product(sides_[i], side);
  gram_[size_ * most + size_] = square;
  ++size_;
}

// The combination nearest to v. Any other would do as well for the bound, if not as tightly.
KnownSlopes::Fit KnownSlopes::fit(const double* side) const {
  const Index n = rows_.columns.n_rows();
  Fit found;
  double scale[most], lower[most * most], z[most] = {};
  const auto ridge = [&](Index i) { return least_independence * gram_[i * most + i]; };
  if (small::factor(gram_, most, size_, ridge, scale, lower)) {
    for (Index i = 0; i < size_; ++i) z[i] = scale[i] * product(sides_[i], side);
    small::substitute(size_, lower, z);
    for (Index i = 0; i < size_; ++i) found.coef[i] = scale[i] * z[i];
  }
  std::vector<double> rest(side, side + n);
  double sizes = std::sqrt(product(side, side));
  for (Index k = 0; k < size_; ++k) {
    for (Index i = 0; i < n; ++i) rest[i] -= found.coef[k] * sides_[k][i];
    sizes += std::abs(found.coef[k]) * std::sqrt(gram_[k * most + k]);
  }
  found.distance = std::sqrt(product(rest.data(), rest.data()));
  found.rounding = known_rounding * sizes;
  return found;
}

std::vector<Index> KnownSlopes::uncertain(const BetweenPoint& point, const NetPenalty& penalty,
                                          const WorkingSet& set,
                                          const std::vector<double>& norms) const {
  const Fit found = fit(point.side);
  const double reach = found.distance + found.rounding;
  const double alpha = (1.0 - room_for_rounding) * point.alpha;
  std::vector<Index> listed;
  for (const Index j : penalty.movable()) {
    double q = 0.0;
    for (Index k = 0; k < size_; ++k) q += found.coef[k] * products_[k][j];
    const auto& slot = penalty[j];
    const double room = alpha * slot.l1 - reach * norms[j];
    if (std::abs(q) < room || set.has(j)) continue;
    if ((q >= room && slot.upper > 0.0) || (-q >= room && slot.lower < 0.0)) listed.push_back(j);
  }
  return listed;
}

}  // namespace elltwo
