#pragma once

#include <memory>
#include <span>
#include <vector>

#include "solvers/elastic_net/free_rows.hpp"
#include "solvers/elastic_net/grouped_targets.hpp"
#include "solvers/elastic_net/working_set.hpp"

namespace elltwo {

/// The residuals of all targets at one point: w r, a vector of n rows for each, the sum of their
/// squares, and Q = Z'W R of all columns by one pass, a row of targets for each feature.
struct GroupSlopes {
  double rss = 0.0;
  std::vector<double> q;
};

/// The columns that targets which are penalised together work on: a slot for each, whose products
/// are those that the unpenalised features leave; these are eliminated, and selected for good.
class RowWorkingSet {
 public:
  /// `y` has a vector of residuals at B = 0 for each target, in the units of the rows. All must
  /// outlive the set.
  RowWorkingSet(const WideRows& rows, const GroupedTargets& targets, const std::vector<double>& y,
                int n_threads, Monitor& monitor);
  /// Leaves no column selected.
  ~RowWorkingSet();
  RowWorkingSet(const RowWorkingSet&) = delete;
  RowWorkingSet& operator=(const RowWorkingSet&) = delete;

  Index size() const { return slots_.size(); }
  bool has(Index feature) const { return slot_of_[feature] >= 0; }
  const std::vector<Index>& features() const { return features_; }
  Index n_ever() const { return n_ever_; }
  Index n_passes() const { return n_passes_; }
  const RowSlots& slots() const { return slots_; }
  RowSolver& solver() { return *solver_; }

  /// Appends features that are not in the set. Throws Interrupted.
  void extend(std::span<const Index> features);

  /// Forgets slots that are zero and whose slopes q are well below alpha l1, if those are many.
  void forget(double alpha, const GroupSlopes& slopes);

  /// Rows of the unpenalised features at their minimum, given the solver's point.
  std::vector<double> free_rows() const;

  /// The slopes at the solver's point, by one pass over X. Throws Interrupted.
  GroupSlopes slopes();

 private:
  void set_free();
  void take_explained(Index s);
  std::vector<double> residuals(const std::vector<double>& of_free);

  const WideRows& rows_;
  const GroupedTargets& targets_;
  const std::vector<double>& y_;
  int n_threads_;
  Monitor& monitor_;
  std::vector<double> c_;  // Z'W Y of all features, by rows
  std::vector<double> free_c_;
  FreeRows free_;
  RowSlots slots_;
  std::unique_ptr<RowSolver> solver_;
  std::vector<Index> features_;
  std::vector<Index> slot_of_;
  std::vector<char> ever_;
  Index n_ever_ = 0;
  Index n_passes_ = 0;
};

}  // namespace elltwo
