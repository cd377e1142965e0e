#pragma once

#include <limits>
#include <vector>

#include "solvers/network/derivative_rows.hpp"
#include "solvers/network/gauss_newton.hpp"
#include "solvers/network/head.hpp"
#include "solvers/network/objective.hpp"

namespace elltwo::network {

/// Parameters of which the last layer fits best given the others, and the objective there.
struct VarproPoint {
  std::vector<double> parameters{};
  std::vector<double> gradient{};
  Value value{};
  double optimality = std::numeric_limits<double>::infinity();
};

/// Squared error as a function of the hidden layers alone, with passes in T.
template <Real T>
class ReducedProblem {
 public:
  /// All arguments must outlive this.
  ReducedProblem(const NetworkModel& model, const Layout<T>& layout, const Rows<T>& rows,
                 int n_threads);

  Index size() const { return matrix_.n_hidden_parameters(); }
  int n_threads() const { return objective_.n_threads(); }

  /// Fits the last layer of point.parameters and evaluates all else; optimality relative to the
  /// norms that certify() has found last. False if numbers overflow. Throws Interrupted.
  bool evaluate(VarproPoint& point, Monitor& monitor);

  /// Evaluates the optimality of an evaluated point. Throws Interrupted.
  void certify(VarproPoint& point, Monitor& monitor);

  /// The Gauss-Newton matrix at the point with the penalty, from the sample of rows of a step: the
  /// lower triangle, column-major. False if numbers overflow. Throws Interrupted.
  bool matrix(const VarproPoint& point, int step, Monitor& monitor, double* lower);

 private:
  const NetworkModel& model_;
  const Rows<T>& rows_;
  int requested_threads_;
  Head<T> head_;
  Objective<T> objective_;
  std::vector<double> scales_;
  Index n_sample_;
  Weights<T> weights_;
  DerivativeRows<T> derivatives_;
  GaussNewton<T> matrix_;
};

}  // namespace elltwo::network
