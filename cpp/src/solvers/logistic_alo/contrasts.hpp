#pragma once

#include <vector>

#include "elltwo/views.hpp"

namespace elltwo {

/// Helmert's orthonormal contrasts C of K classes, K x (K - 1) with columns that sum to zero. The
/// Hessian of the multinomial loss is the sum over pairs of classes of non-negative terms,
///   F = sum_{k < l} (e_k - e_l)(e_k - e_l)^T (x) sum_i w_i p_ik p_il x_i x_i^T,
/// and vanishes along equal changes of all classes, so that in contrasts it has all there is to
/// know.
class ClassContrasts {
 public:
  explicit ClassContrasts(Index n_classes);

  Index size() const { return n_classes_ - 1; }
  double operator()(Index k, Index a) const { return values_[k * size() + a]; }

  /// What the pair k < l of classes adds to the contrasts a and b.
  double pair_weight(Index k, Index l, Index a, Index b) const;

  /// C M C^T of symmetric matrices M side by side: M_ab at of_contrasts[pair * ld + i] for pairs a
  /// <= b by a, then b, and the same of classes. `work` is room for n_classes x size() x ld.
  void expand(const double* of_contrasts, Index ld, double* work, double* of_classes) const;

 private:
  Index n_classes_;
  std::vector<double> values_;
};

}  // namespace elltwo
