#pragma once

#include <span>
#include <vector>

#include "solvers/active_set/selected_columns.hpp"
#include "solvers/active_set/slots.hpp"
#include "solvers/logistic_l1/loss.hpp"
#include "solvers/logistic_l1/penalty.hpp"

namespace elltwo {

/// The coefficients that are being fitted, as slots: intercepts (of several classes all but the
/// last, whose intercept is zero), then the entries that have joined. Of columns without a penalty
/// and without bounds the last class has no slot either.
class LogisticL1Set {
 public:
  /// A slot's place among the selected columns, -1 for an intercept, and its output.
  struct Owner {
    Index place = -1;
    Index output = 0;
  };

  LogisticL1Set(const LogisticL1Design& design, const LogisticL1Penalty& penalty,
                std::span<const Index> entries, int n_threads, Monitor& monitor);

  const Slots& slots() const { return slots_; }
  Index size() const { return slots_.size(); }
  Index n_columns() const { return static_cast<Index>(columns_.size()); }
  bool has(Index e) const { return has_[e] != 0; }
  /// The entry k p + j of a slot; -1 - k for an intercept.
  Index entry(Index s) const;
  bool has_curvature() const { return !curvature_.empty(); }

  /// Appends slots of entries, none of them twice, with curvature as of set_curvature().
  void append(std::span<const Index> entries);

  /// Takes the Hessian at this loss for that of the quadratic model, for all slots.
  void set_curvature(const LogisticL1Loss& loss);

  void set_linear_term(Index s, double c) { slots_.c(s) = c; }

  /// out_s = sum_i x_is v_i for v of all outputs: the negative gradient for v = r.
  void slopes(const double* v, std::vector<double>& out);

  /// Adds the predictors of a change of coefficients to `eta`, calls `evaluate` for its rows, and
  /// then has slopes() of what that has made of `r`. Returns the sum of its values.
  double step(const double* change, double* eta, const SelectedColumns::RowsFn& evaluate,
              const double* r, std::vector<double>& slopes);

  /// eta_k = sum of the columns and intercepts times `m` sets of coefficients, one value a slot;
  /// out is m x outputs x n.
  void predictors(Index m, const double* coef, double* out);

 private:
  void append_slots(std::span<const Index> entries);
  void fill_gram(Index first_slot);
  void fill_block(Index k, Index l, std::span<const Index> a, std::span<const Index> b);
  std::vector<double> by_columns(const double* coef, std::vector<double>& intercept) const;
  void by_slots(const std::vector<double>& products, const double* v,
                std::vector<double>& out) const;

  const LogisticL1Design& design_;
  const LogisticL1Penalty& penalty_;
  std::unique_ptr<SelectedColumns> selected_;
  Slots slots_;
  std::vector<Owner> owner_;
  std::vector<std::vector<Index>> slots_of_;    ///< of each output, ascending
  std::vector<Index> columns_;                  ///< selected, in the order of places
  std::vector<Index> place_of_;                 ///< p; -1: not selected
  std::vector<unsigned char> has_;              ///< outputs x p
  std::vector<std::vector<double>> curvature_;  ///< of the blocks (k, l), l <= k
};

}  // namespace elltwo
