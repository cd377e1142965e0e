#pragma once

#include <span>
#include <vector>

#include "elltwo/sparse_path.hpp"
#include "solvers/sparse_block.hpp"

namespace elltwo {

/// Penalties of a sparse problem by conjugate gradients, from the largest down, a few side by side, each
/// begun at the solution of one before.
template <Real T>
class CgPath {
 public:
  /// Scales the problem if its squares are out of range.
  CgPath(Problem<T>& problem, SparseRows<T> x);

  /// coef (alphas x targets x features), intercept (alphas x targets) and the relative KKT residual of
  /// every alpha. False if the monitor asked to stop.
  bool coefficients(std::span<const double> alphas, std::span<double> coef,
                    std::span<double> intercept, std::span<double> optimality);

  /// False if the monitor asked to stop.
  bool find_bounds(SpectrumBounds& bounds);

 private:
  struct Fit {
    Index target = 0;
    std::size_t alpha = 0;  // position in the caller's grid
  };
  std::vector<std::vector<Fit>> blocks(std::span<const double> alphas) const;
  bool fit(const std::vector<Fit>& fits, std::span<const double> alphas, std::span<double> coef,
           std::span<double> intercept, std::span<double> optimality);
  void start(const SparseBlock<T>& block, double* b) const;

  Problem<T>& problem_;
  SparseDesign<T> design_;
  SparsePass<T> pass_;
  std::vector<std::vector<double>> last_;  // of every target: its scaled solution before
};

}  // namespace elltwo
