#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "solvers/multi_task/row_slots.hpp"

namespace elltwo {

/// The same problem over the norms of rows: with |v| = min over eta > 0 of (|v|^2 / eta + eta) / 2,
///   phi(eta) = min over B of 1/2 tr(B'G B) - tr(C'B) + 1/2 sum_j ( |B_j|^2 / e_j + a1_j eta_j ),
///   e_j = eta_j / (a1_j + a2_j eta_j),   B = E (I + G E)^-1 C,
/// is convex and smooth for eta >= 0, zero included, however near columns are to each other (Bach,
/// Jenatton, Mairal and Obozinski 2012, section 5.1). Newton's method with its quadratic models
/// solved exactly on their faces takes a few steps where rows that hardly differ trade places; each
/// takes the cube of the number of rows.
class RowScales {
 public:
  /// Of these slots; all others are zero.
  RowScales(const RowSlots& slots, double alpha, std::vector<Index> rows, Monitor& monitor);

  /// Minimises from the rows of b, and returns rows of the minimum. q has the slopes at b. Throws
  /// Interrupted.
  std::vector<double> minimise(const double* b, const double* q);

 private:
  /// phi, B and Q at eta.
  struct State {
    std::vector<double> eta;
    std::vector<double> root;    // of e
    std::vector<double> factor;  // lower, of I + E^1/2 G E^1/2
    std::vector<double> b, q;    // rows
    double phi = 0.0;
  };

  Index size() const { return static_cast<Index>(rows_.size()); }
  bool evaluate(State& state) const;
  std::vector<double> model_minimum(const State& state) const;
  double residual(const State& state) const;
  double ratio(const State& state, Index j) const;

  const RowSlots& slots_;
  std::vector<Index> rows_;
  Monitor& monitor_;
  std::vector<double> g_, c_, a1_, a2_;
};

}  // namespace elltwo
