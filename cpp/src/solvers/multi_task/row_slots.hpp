#pragma once

#include <span>
#include <utility>
#include <vector>

#include "solvers/active_set/slots.hpp"

namespace elltwo {

/// The quadratic 1/2 tr(B'G B) - tr(C'B) of a working set whose slots have rows of n_outputs
/// coefficients, with a penalty alpha (l1_s |B_s|_2 + l2_s |B_s|_2^2 / 2) for each row. Rows of all
/// slots are stored one after another.
class RowSlots {
 public:
  explicit RowSlots(Index n_outputs) : n_outputs_(n_outputs) {}

  /// Of slots that are there already, with C = 0.
  RowSlots(Index n_outputs, Slots gram)
      : n_outputs_(n_outputs),
        gram_(std::move(gram)),
        c_(static_cast<std::size_t>(n_outputs_ * gram_.size()), 0.0) {}

  Index size() const { return gram_.size(); }
  Index n_outputs() const { return n_outputs_; }

  /// Appends slots, see Slots::append(). The caller writes G into gram() and C.
  void append(const std::vector<SlotPenalty>& penalties);

  /// Keeps these slots, in ascending order, and forgets the others.
  void keep(const std::vector<Index>& slots);

  Slots& gram() { return gram_; }
  const Slots& gram() const { return gram_; }
  double g(Index s) const { return gram_.gram(s, s); }
  double l1(Index s) const { return gram_.penalty(s).l1; }
  double l2(Index s) const { return gram_.penalty(s).l2; }

  double* c(Index s) { return c_.data() + s * n_outputs_; }
  const double* c(Index s) const { return c_.data() + s * n_outputs_; }

  /// q -= G[:, rows] delta for a row of delta for each of these slots, which ascend.
  void subtract_products(std::span<const Index> rows, const double* delta, int n_threads,
                         double* q) const;

 private:
  struct Panel {
    Index start, height;
  };

  void subtract_panel(std::span<const Index> columns, const double* delta, Panel panel,
                      double* q) const;

  Index n_outputs_;
  Slots gram_;
  std::vector<double> c_;
};

/// A row at zero enters where |Q_s| exceeds alpha l1_s by this part of it: of equal columns only
/// one does.
inline constexpr double entry_margin = 1e-11;

bool is_zero_row(const double* row, Index n_outputs);

/// Keeps the rows of n_outputs values at these places, which ascend.
void keep_rows(const std::vector<Index>& places, Index n_outputs, std::vector<double>& rows);

}  // namespace elltwo
