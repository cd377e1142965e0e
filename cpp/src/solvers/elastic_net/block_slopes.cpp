#include "solvers/elastic_net/block_slopes.hpp"

#include <algorithm>

namespace elltwo {
namespace {

constexpr double most_uncertain = 0.25;  // part of the features that are worth reading again

}  // namespace

const double* BlockSlopes::fill(std::span<const BetweenPoint> points, const KnownSlopes& known,
                                const double* last) {
  const Index p = penalty_.n_features(), m = set_.size();
  const auto between = static_cast<Index>(points.size());
  products_.resize((between + 2) * p);
  std::copy_n(last, 2 * p, products_.data() + between * p);
  std::vector<Index> of_slots;
  for (Index s = 0; s < m; ++s) of_slots.push_back(set_.feature(s));
  std::vector<double> of_set(between * m), values;
  rows_.columns.selected_products(between, points[0].side, of_set.data());
  notable_.resize(between);
  Index n_uncertain = 0;
  for (Index k = 0; k < between; ++k) {
    double* q = products_.data() + k * p;
    const auto uncertain = known.uncertain(points[k], penalty_, set_, norms_);
    values.resize(uncertain.size());
    rows_.columns.products_of(uncertain, points[k].side, values.data());
    for (std::size_t i = 0; i < uncertain.size(); ++i) q[uncertain[i]] = values[i];
    for (Index s = 0; s < m; ++s) q[of_slots[s]] = of_set[k * m + s];
    notable_[k] = of_slots;
    notable_[k].insert(notable_[k].end(), uncertain.begin(), uncertain.end());
    std::ranges::sort(notable_[k]);
    n_uncertain += static_cast<Index>(uncertain.size());
  }
  const double all = static_cast<double>(between) * static_cast<double>(p);
  pays_ = static_cast<double>(n_uncertain) < most_uncertain * all;
  return products_.data();
}

}  // namespace elltwo
