#include "solvers/elastic_net/gram_slots.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/compensated.hpp"

namespace elltwo {

void fill_slots(const ScaledMoments& moments, const std::vector<Index>& features,
                const NetPenalty& penalty, const std::vector<double>& c, Slots& slots) {
  const auto m = static_cast<Index>(features.size());
  std::vector<SlotPenalty> penalties;
  for (const Index j : features) penalties.push_back(penalty[j]);
  slots.reserve(m);
  slots.append(penalties);
  for (Index s = 0; s < m; ++s) slots.c(s) = c[features[s]];
  constexpr Index tile = 32;  // rows and columns that stay in the nearest cache
  for (Index s0 = 0; s0 < m; s0 += tile) {
    for (Index h0 = s0; h0 < m; h0 += tile) {
      for (Index s = s0; s < std::min(s0 + tile, m); ++s) {
        for (Index h = std::max(s, h0); h < std::min(h0 + tile, m); ++h) {
          const double product = moments.gram(features[s], features[h]);
          slots.gram(s)[h] = product;
          slots.gram(h)[s] = product;
        }
      }
    }
  }
}

LinearTerm linear_term(const ScaledMoments& moments, Index target,
                       const std::vector<double>& prior) {
  const Index p = moments.n_features;
  LinearTerm linear;
  linear.total = moments.yy(target);
  linear.c.resize(p);
  for (Index j = 0; j < p; ++j) linear.c[j] = moments.xy(j, target);
  if (prior.empty()) return linear;
  const auto xy = linear.c;
  for (Index i = 0; i < p; ++i) {
    if (prior[i] == 0.0) continue;
    for (Index j = 0; j < p; ++j) linear.c[j] -= prior[i] * moments.xx(i, j);
  }
  DoubleDouble total{linear.total, 0.0};
  for (Index j = 0; j < p; ++j) {
    total.add_product(xy[j], -prior[j]);
    total.add_product(linear.c[j], -prior[j]);
  }
  linear.total = std::max(total.value(), 0.0);
  return linear;
}

double residual_square(const LinearTerm& linear, const double* d, const double* q) {
  DoubleDouble sum{linear.total, 0.0};
  for (std::size_t j = 0; j < linear.c.size(); ++j) {
    if (d[j] == 0.0) continue;
    sum.add_product(linear.c[j], -d[j]);
    sum.add_product(q[j], -d[j]);
  }
  return std::max(sum.value(), 0.0);
}

std::vector<char> features_without_spread(const ScaledMoments& moments) {
  std::vector<char> without(moments.n_features, 0);
  for (Index j = 0; j < moments.n_features; ++j) without[j] = moments.gram(j, j) > 0.0 ? 0 : 1;
  return without;
}

}  // namespace elltwo
