#pragma once

#include <span>
#include <vector>

#include "elltwo/sparse_path.hpp"
#include "solvers/ridge_sparse/block.hpp"

namespace elltwo {

/// Positions in a grid, from the largest alpha down.
std::vector<std::size_t> descending(std::span<const double> alphas);

/// Penalties of a sparse problem by conjugate gradients, from the largest down, each begun at the
/// solution of the one before; some targets side by side.
template <Real T>
class CgPath {
 public:
  /// Scales the problem if its squares are out of range.
  CgPath(Problem<T>& problem, SparseRows<T> x);

  /// coef (alphas x targets x features), intercept (alphas x targets) and the relative KKT residual
  /// of every alpha.
  void coefficients(std::span<const double> alphas, std::span<double> coef,
                    std::span<double> intercept, std::span<double> optimality);

  SpectrumBounds spectrum_bounds();

 private:
  void fit(Index first, double alpha, std::span<double> coef, std::span<double> intercept,
           double& optimality);
  void start(const SparseBlock<T>& block, double* b) const;

  Problem<T>& problem_;
  SparseDesign<T> design_;
  SparsePass<T> pass_;
  std::vector<std::vector<double>>
      last_;  // the scaled solution of every target at the alpha before
};

}  // namespace elltwo
