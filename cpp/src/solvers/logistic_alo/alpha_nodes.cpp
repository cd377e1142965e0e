#include "solvers/logistic_alo/alpha_nodes.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {
namespace {

constexpr std::size_t cubic = 4;
const double widest = std::log(20.0);  // between nodes

}  // namespace

AlphaNodes::AlphaNodes(std::span<const double> alphas) : terms_(alphas.size()) {
  std::vector<std::size_t> order;
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    if (alphas[a] > 0.0 && std::isfinite(alphas[a])) {
      order.push_back(a);
    } else {
      terms_[a] = {{static_cast<Index>(nodes_.size()), 1.0}};
      nodes_.push_back(a);
    }
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return alphas[a] < alphas[b]; });
  const auto first = nodes_.size();
  std::vector<double> place;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double here = std::log(alphas[order[i]]);
    const bool last = i + 1 == order.size();
    if (i > 0 && here == place.back()) continue;
    if (i > 0 && !last && std::log(alphas[order[i + 1]]) - place.back() <= widest) continue;
    nodes_.push_back(order[i]);
    place.push_back(here);
  }
  const auto use = static_cast<Index>(std::min(cubic, place.size()));
  for (const auto a : order) {
    const double x = std::log(alphas[a]);
    const auto above = std::lower_bound(place.begin(), place.end(), x) - place.begin();
    const auto from = std::clamp<Index>(above - use / 2, 0, static_cast<Index>(place.size()) - use);
    for (Index i = from; i < from + use; ++i) {
      double weight = 1.0;
      for (Index j = from; j < from + use; ++j) {
        if (i != j) weight *= (x - place[j]) / (place[i] - place[j]);
      }
      if (weight != 0.0) terms_[a].push_back({static_cast<Index>(first + i), weight});
    }
  }
}

void AlphaNodes::interpolate(std::size_t a, const double* f, Index ld, Index n, double* out) const {
  std::fill_n(out, n, 0.0);
  for (const auto& term : terms_[a]) {
    const double* from = f + term.node * ld;
    for (Index i = 0; i < n; ++i) out[i] += term.weight * from[i];
  }
  for (Index i = 0; i < n; ++i) out[i] = std::exp(out[i]);
}

}  // namespace elltwo
