#include "solvers/logistic_alo/alpha_interpolation.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {
namespace {

constexpr std::size_t nodes_of_cubic = 4;

}  // namespace

AlphaInterpolation::AlphaInterpolation(std::span<const double> alphas, double widest_gap)
    : terms_(alphas.size()) {
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
  std::vector<double> log_node;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double here = std::log(alphas[order[i]]);
    const bool last = i + 1 == order.size();
    if (i > 0 && here == log_node.back()) continue;
    if (i > 0 && !last && std::log(alphas[order[i + 1]]) - log_node.back() <= widest_gap) continue;
    nodes_.push_back(order[i]);
    log_node.push_back(here);
  }
  const auto n_nodes = static_cast<Index>(log_node.size());
  const auto used = std::min(static_cast<Index>(nodes_of_cubic), n_nodes);
  for (const auto a : order) {
    const double x = std::log(alphas[a]);
    const auto above = std::lower_bound(log_node.begin(), log_node.end(), x) - log_node.begin();
    const auto from = std::clamp<Index>(above - used / 2, 0, n_nodes - used);
    for (Index i = from; i < from + used; ++i) {
      double weight = 1.0;  // Lagrange's polynomial of node i
      for (Index j = from; j < from + used; ++j) {
        if (i != j) weight *= (x - log_node[j]) / (log_node[i] - log_node[j]);
      }
      if (weight != 0.0) terms_[a].push_back({static_cast<Index>(first + i), weight});
    }
  }
}

void AlphaInterpolation::interpolate(std::size_t a, const double* f, Index ld, Index n,
                                     double* out) const {
  std::fill_n(out, n, 0.0);
  for (const auto& term : terms_[a]) {
    const double* from = f + term.node * ld;
    for (Index i = 0; i < n; ++i) out[i] += term.weight * from[i];
  }
  for (Index i = 0; i < n; ++i) out[i] = std::exp(out[i]);
}

}  // namespace elltwo
