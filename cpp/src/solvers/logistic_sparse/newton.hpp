#pragma once

#include "solvers/logistic_sparse/direction.hpp"

namespace elltwo {

/// Newton's method with a line search, for one alpha after the other. Trial points along a step d
/// need no pass over the data: their predictors are X b + t X d.
template <Real T>
class SparseLogisticNewton {
 public:
  SparseLogisticNewton(const SparseLogisticDesign<T>& design, const LogisticOptions& options,
                       Monitor& monitor);

  /// Moves b from a start to the minimum. Coefficients whose penalty dwarfs the data remain at
  /// their prior means; held_slope() determines them.
  LogisticInfo fit(double alpha, double* b);
  const double* held_slope() const { return system_.held_slope(); }

 private:
  void evaluate_from_data(const double* b);
  void note_predictor_sizes();
  double objective_at(const double* b);
  void choose_start(double* b);
  void refresh_gradient(const double* b, LogisticInfo& info);
  void iterate(double* b, LogisticInfo& info);
  void polish(double* b, int passes_taken, LogisticInfo& info);
  bool step(double* b, LogisticInfo& info);
  LogisticTerms::Line evaluate_along(const double* b, double t);
  double line_search(const double* b);
  bool all_separated() const;
  bool has_saturated_rows(double optimality) const;
  bool step_separates(bool ends, double optimality);
  std::vector<double> gather(const std::vector<Index>& columns) const;
  double gap(double objective);
  void report(const double* b, LogisticInfo& info);

  const LogisticOptions& options_;
  SparseLogisticSystem<T> system_;
  SparseNewtonDirection<T> direction_;
  Buffer<double> z_;      ///< predictors X b + offset at the current point
  Buffer<double> along_;  ///< X d
  Buffer<double> g_;      ///< negative gradient
  Buffer<double> d_;      ///< the last Newton direction
  Buffer<double> free_;   ///< the part of d_ without a penalty
  double loss_ = 0.0;
  double largest_ = 0.0;      ///< largest predictor since z_ was last computed from the data
  bool inaccurate_ = false;   ///< z_ has lost digits: its terms were much larger than it is now
  bool stepped_ = false;      ///< the fit has taken a step
  bool has_minimum_ = false;  ///< no direction separates the classes at this alpha
};

}  // namespace elltwo
