#pragma once

#include <span>
#include <vector>

#include "solvers/active_set/columns.hpp"
#include "solvers/active_set/face_solver.hpp"
#include "solvers/elastic_net/penalty.hpp"

namespace elltwo {

/// What all columns of a wide problem have in common, in scaled coordinates.
struct WideRows {
  Columns& columns;                   ///< z_j
  std::span<const double> weight;     ///< w^ of every row; empty: ones
  bool centred;                       ///< whether there is a free intercept
  Index most_features = Slots::most;  ///< of a working set

  double weight_of(Index i) const { return weight.empty() ? 1.0 : weight[i]; }

  /// Makes sum w r zero where there is an intercept, replaces r by w r, and returns sum w r^2.
  double weigh(double* r) const;
};

/// A minimum over the working set at one alpha: the coefficients that are not zero.
struct FacePoint {
  double alpha = 0.0;  ///< alpha^
  std::vector<Index> slots;
  std::vector<double> values;
  int rounds = 0;
  bool converged = false;
};

/// The columns that one target's path works on: a slot for each, with their Gram matrix, which
/// grows by the products of new columns, and the faces on it.
class WorkingSet {
 public:
  /// `c` holds Z'W y of all columns. Everything must outlive the set.
  WorkingSet(const WideRows& rows, const NetPenalty& penalty, const std::vector<double>& c,
             Monitor& monitor);
  /// Leaves no column selected.
  ~WorkingSet();
  WorkingSet(const WorkingSet&) = delete;
  WorkingSet& operator=(const WorkingSet&) = delete;

  Index size() const { return static_cast<Index>(features_.size()); }
  Index most_features() const { return rows_.most_features; }
  bool has_room(std::size_t count) const {
    return size() + static_cast<Index>(count) <= most_features();
  }
  bool has(Index feature) const { return slot_of_[feature] >= 0; }
  Index feature(Index slot) const { return features_[slot]; }
  /// Features that were ever in the set.
  Index n_ever() const { return n_ever_; }

  /// Appends features that are not in the set. Throws Interrupted, or std::length_error where there
  /// is no room for them.
  void extend(std::span<const Index> features);

  /// Forgets the slots that were zero in the last `blocks` calls of end_block(), if those are many.
  void forget(int blocks);

  /// Sets how many rounds solve() may take.
  void limit_rounds(int most) { faces_.limit_rounds(most); }

  /// Makes d (of all features) the current point; all of its non-zeros are in the set.
  void set_point(const std::vector<double>& d);

  /// The current point, at no alpha.
  FacePoint here() const;

  /// The minimum at alpha^, from the current point. Throws Interrupted.
  FacePoint solve(double alpha, double tolerance);

  /// The derivative of the last solution by alpha^.
  FacePoint derivative();

  /// Adds to the linear term what brings the slopes of the current point to q of all features.
  void correct_slopes(const double* q);

  /// sides_k = sum_s values_s z_s for each of the points (k * n_rows).
  void combine(std::span<const FacePoint> points, double* sides);

  void end_block();
  const FaceReport& counts() const { return counts_; }

 private:
  const WideRows& rows_;
  const NetPenalty& penalty_;
  const std::vector<double>& c_;
  Slots slots_;
  FaceSolver faces_;
  std::vector<Index> features_;
  std::vector<Index> slot_of_;  // of every feature, or -1
  std::vector<char> ever_;
  std::vector<int> idle_;  // blocks since a slot was not zero
  Index n_ever_ = 0;
  FaceReport counts_;
};

}  // namespace elltwo
