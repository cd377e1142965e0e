#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/buffer.hpp"
#include "parallel/sum_over.hpp"

namespace elltwo {

/// Preconditioned conjugate gradients from zero for H d = g (Hestenes and Stiefel 1952), with the
/// coefficients of the Lanczos matrix of M^-1 H.
class ConjugateGradients {
 public:
  explicit ConjugateGradients(Index size);

  /// Sets d until the residual g - H d is at most `accuracy` times g in the norm of M^-1, or only
  /// rounding is left; false if max_iter iterations do not suffice. apply(v, q): q = H v, v being
  /// an array and q a Buffer; precondition(r, z): z = M^-1 r, of arrays.
  template <class Apply, class Precondition>
  bool solve(const double* g, double accuracy, int max_iter, double* d, Apply apply,
             Precondition precondition) {
    const Index size = r_.size();
    std::fill_n(d, size, 0.0);
    std::copy_n(g, size, r_.data());
    precondition(r_.data(), z_.data());
    std::copy_n(z_.data(), size, v_.data());
    diagonal_.clear();
    off_diagonal_.clear();
    n_iter_ = 0;
    const double first = dot(r_, z_);
    if (!std::isfinite(first)) return false;
    double rz = first, beta = 0.0, previous = 0.0;
    for (; rz > accuracy * accuracy * first; ++n_iter_) {
      if (n_iter_ == max_iter) return false;
      apply(v_.data(), q_);
      const double step = rz / dot(v_, q_);
      if (!(step > 0.0 && std::isfinite(step))) break;  // only rounding is left
      for (Index e = 0; e < size; ++e) {
        d[e] += step * v_[e];
        r_[e] -= step * q_[e];
      }
      add_lanczos(step, beta, previous);
      previous = step;
      precondition(r_.data(), z_.data());
      const double next = dot(r_, z_);
      beta = next / rz;
      rz = next;
      for (Index e = 0; e < size; ++e) v_[e] = z_[e] + beta * v_[e];
    }
    return true;
  }

  /// Iterations of the last solution.
  int n_iter() const { return n_iter_; }

  /// Reciprocal condition number of M^-1 H, estimated from the Lanczos matrix of the last solution.
  double rcond() const;

 private:
  void add_lanczos(double step, double beta, double previous);

  int n_iter_ = 0;
  Buffer<double> r_, z_, v_, q_;
  std::vector<double> diagonal_, off_diagonal_;  ///< of the Lanczos matrix
};

}  // namespace elltwo
