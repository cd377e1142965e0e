#pragma once

#include <span>
#include <vector>

#include "elltwo/views.hpp"

namespace elltwo {

/// Alphas among a grid from which functions of ln alpha are interpolated: all that are 0 or infinite, the ends of the rest,
/// and as few between as leave gaps of a factor of 20 at most where the grid has points.
class AlphaNodes {
 public:
  explicit AlphaNodes(std::span<const double> alphas);

  /// Positions in the grid.
  const std::vector<std::size_t>& nodes() const { return nodes_; }

  /// out[i] = exp(f_i) at alpha number a, for values of f at the nodes, f[node * ld + i], by a cubic through
  /// the four nearest.
  void interpolate(std::size_t a, const double* f, Index ld, Index n, double* out) const;

 private:
  struct Term {
    Index node;
    double weight;
  };

  std::vector<std::size_t> nodes_;
  std::vector<std::vector<Term>> terms_;  // of each alpha
};

}  // namespace elltwo
