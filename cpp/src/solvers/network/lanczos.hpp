#pragma once

#include <functional>
#include <span>

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo::network {

/// Writes the product of a symmetric matrix with a vector.
using SymmetricProduct = std::function<void(std::span<const double> v, std::span<double> out)>;

struct RitzValue {
  double value = 0.0;
  double error = 0.0;  ///< an eigenvalue lies within this of `value`
  int n_products = 0;
};

/// The largest eigenvalue of a symmetric n x n matrix by Lanczos's method with full
/// orthogonalisation (Golub and Van Loan 2013, section 10.3), from a fixed start. Ends when the
/// error is at most tol times the largest magnitude of a Ritz value, or after most_products. Throws
/// Interrupted.
RitzValue largest_eigenvalue(Index n, const SymmetricProduct& product, int most_products,
                             double tol, Monitor& monitor);

}  // namespace elltwo::network
