#pragma once

#include "kernels/source.hpp"
#include "linalg/buffer.hpp"
#include "solvers/logistic/problem.hpp"

namespace elltwo {

/// The rows x^ of a fit, centred and scaled, rounded to float: a pass over them reads half the
/// bytes. The rounding changes the objective a little, but not the exactness with which it is
/// computed, so that steps converge to its minimum as they do to that of the data.
class RoundedRows {
 public:
  template <Real T>
  explicit RoundedRows(const LogisticProblem<T>& problem);

  /// The matrix [x^ | 1].
  Source<float> source() const;

  /// Its features as rows, each times its row_scale.
  Source<float> features(const double* row_scale) const;

 private:
  Index n_;
  Index p_;
  bool ones_;
  Buffer<float> values_;  ///< n x p, row-major
};

}  // namespace elltwo
