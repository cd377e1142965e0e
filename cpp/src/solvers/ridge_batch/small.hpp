#pragma once

#include "kernels/table.hpp"
#include "linalg/buffer.hpp"
#include "solvers/ridge/small_lanes.hpp"
#include "solvers/ridge_batch/problem.hpp"

namespace elltwo {

/// Fits small problems side by side, one in each lane of a vector.
template <Real T>
class SmallBatch {
 public:
  SmallBatch(const BatchData<T>& data, const RidgeOptions& options);

  /// Whether problems of this shape can be fitted so, and no penalty factor is infinite.
  static bool takes(const BatchData<T>& data);

  Index lanes() const { return lanes_; }

  /// Fits problems first, ..., first + count - 1 with count <= lanes(). A problem whose rcond() is
  /// 0 needs more than a Cholesky factor of a well-conditioned matrix, or has results out of range,
  /// and is not fitted.
  void run(Index first, Index count, BatchProblem<T>& problem);

  /// Outcome of the problem in lane l; an rcond of 0 says that it is not fitted.
  double rcond(Index l) const { return rcond_[l]; }
  double optimality(Index l) const { return optimality_[l]; }
  /// Writes the coefficients (targets x features) and intercepts of the problem in lane l.
  void write(Index l, double* coef, double* intercept) const;

 private:
  void penalise(Index first, Index count);
  void refuse_infinite_results();
  SmallSystems systems();

  const BatchData<T>& data_;
  const RidgeOptions& options_;
  const SmallKernels& kernels_;
  Index lanes_;
  SmallLayout layout_;
  Buffer<double> gathered_;  // sums and shifts of each lane, before they are interleaved
  Buffer<double> storage_;
  Index gathered_ld_;
  double* next_;
  double* sums_;
  double* shift_;
  double* factor_;
  double* scale_;
  double* diagonal_;
  double* right_;
  double* pull_;
  double* coef_;
  double* intercept_;
  double* rcond_;
  double* optimality_;
};

}  // namespace elltwo
