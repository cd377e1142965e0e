#pragma once

#include "solvers/logistic_sparse/direction.hpp"

namespace elltwo {

/// Newton's method for one alpha after the other. Trial points along a step take no pass: they are sums of
/// two vectors of predictors.
template <Real T>
class SparseLogisticNewton {
 public:
  SparseLogisticNewton(const SparseLogisticDesign<T>& design, const LogisticOptions& options,
                       Monitor& monitor);

  /// Moves b to the minimum, but for coefficients whose penalty dwarfs the data: see held_slope.
  LogisticInfo fit(double alpha, double* b);
  const double* held_slope() const { return system_.held_slope(); }

 private:
  enum class Step { taken, none, interrupted };

  void look_at_sizes();
  bool renew(const double* b);
  bool look(const double* b, LogisticInfo& info);
  bool iterate(double* b, LogisticInfo& info);
  bool polish(double* b, int passes_taken, LogisticInfo& info);
  Step step(double* b, LogisticInfo& info);
  double line_search(const double* b);
  bool all_separated() const;
  bool step_separates(bool converged, bool& separates);
  void report(const double* b, LogisticInfo& info);

  const LogisticOptions& options_;
  SparseLogisticSystem<T> system_;
  SparseNewtonDirection<T> direction_;
  Buffer<double> z_, along_;  // predictors X b, with offsets, and X d
  Buffer<double> g_, d_, free_;
  double loss_ = 0.0;
  double largest_ = 0.0;  // predictor of those that z_ has been summed from
  bool worn_ = false;
  bool stepped_ = false;
};

}  // namespace elltwo
