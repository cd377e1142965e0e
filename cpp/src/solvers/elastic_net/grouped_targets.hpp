#pragma once

#include <vector>

#include "model/row_gap.hpp"
#include "solvers/elastic_net/net_solver.hpp"
#include "solvers/multi_task/row_slots.hpp"
#include "solvers/multi_task/row_solver.hpp"

namespace elltwo {

/// Whether a call's targets are one problem: a single target is what it is by itself.
inline bool joins_targets(const ElasticNetOptions& options, Index n_targets) {
  return options.group_targets && n_targets > 1;
}

struct ProblemShape {
  Index n_rows;
  Index n_features;
  Index n_targets;
};

/// suits_gram(), and for targets that are one problem also with fewer rows than features, since its
/// rows of coefficients read the matrix many times.
bool suits_gram_of(const ElasticNetOptions& options, const ProblemShape& shape);

/// A point of targets that are penalised together: rows of coefficients, which are in the units of
/// the target with the largest values, as all norms of rows are.
struct GroupPoint {
  std::vector<Index> features;  ///< ascending
  std::vector<double> rows;
  RowReport report;
};

/// The penalties of targets that are penalised together, and the units that their rows share.
class GroupedTargets {
 public:
  GroupedTargets(const NetFrame& frame, const std::vector<char>& pinned, Index n_targets);

  Index size() const { return static_cast<Index>(penalties_.size()); }
  const NetPenalty& penalty(Index target) const { return penalties_[target]; }
  /// In the units of the rows.
  const NetPenalty& shared() const { return penalties_[reference_]; }
  /// The power of two that brings a target's values to the units of the rows.
  double to_rows(Index target) const { return to_rows_[target]; }

  /// The movable features that no penalty holds, and the others.
  const std::vector<Index>& free() const { return free_; }
  const std::vector<Index>& penalised() const { return penalised_; }

  /// What null_model() says of a target, for sums and the largest alpha of the rows.
  NetNullModel null_model(Index target, double rss, double total, double alpha_max) const;

  /// Coefficients in the user's units (targets x p) as rows of these features.
  std::vector<double> rows_of(std::span<const double> coef,
                              const std::vector<Index>& features) const;

  /// alpha in the units of the rows; all from alpha_max on give one point.
  double scaled(double alpha, double alpha_max) const;

  /// Writes a point to every target's path. False where the paths end before it.
  bool write(double alpha, const GroupPoint& point, std::vector<PathWriter>& writers) const;

 private:
  const NetFrame& frame_;
  std::vector<NetPenalty> penalties_;
  Index reference_ = 0;
  std::vector<double> to_rows_;
  std::vector<Index> free_, penalised_;
};

/// The rows of a working set that are not zero, and those of free features, as a point.
GroupPoint group_point(const std::vector<Index>& features, const std::vector<double>& rows,
                       const std::vector<Index>& free, const std::vector<double>& free_rows,
                       const RowReport& report);

/// The certificate of rows b with slopes q, at alpha in their units.
void certify_rows(const RowSlots& slots, double alpha, const CoefficientRows& rows, double rss,
                  RowReport& report);

}  // namespace elltwo
