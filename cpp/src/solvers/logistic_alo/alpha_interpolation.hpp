#pragma once

#include <span>
#include <vector>

#include "elltwo/views.hpp"

namespace elltwo {

/// Interpolation in ln alpha of functions that are known at some alphas of a grid, the
/// interpolation nodes: all alphas that are 0 or infinite, the smallest and largest of the others,
/// and as few between as leave gaps of at most a given size in ln alpha, where the grid allows.
class AlphaInterpolation {
 public:
  AlphaInterpolation(std::span<const double> alphas, double widest_gap);

  /// The nodes' positions in the grid.
  const std::vector<std::size_t>& nodes() const { return nodes_; }

  /// out[i] = exp(f_i(alpha number a)), i < n, from values f_i at the nodes, f[node * ld + i], by
  /// the cubic through the four nearest nodes.
  void interpolate(std::size_t a, const double* f, Index ld, Index n, double* out) const;

 private:
  struct Term {
    Index node;
    double weight;
  };

  std::vector<std::size_t> nodes_;
  std::vector<std::vector<Term>> terms_;  ///< of each alpha
};

}  // namespace elltwo
