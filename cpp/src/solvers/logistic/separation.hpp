#pragma once

#include <vector>

#include "solvers/logistic/objective.hpp"
#include "solvers/logistic/recession.hpp"

namespace elltwo {

/// The columns of [x^ | 1] whose coefficients have no penalty, of the rows of an objective.
template <Real T>
class ObjectiveColumns : public FreeColumns {
 public:
  ObjectiveColumns(const LogisticObjective<T>& objective, std::vector<Index> columns)
      : objective_(objective), columns_(std::move(columns)) {}

  Index n_rows() const override { return objective_.rows().n; }
  Index n_columns() const override { return static_cast<Index>(columns_.size()); }
  Index n_outputs() const override { return objective_.problem().n_outputs(); }
  const std::int32_t* label() const override { return objective_.rows().label.data(); }
  void multiply(const double* direction, double* z) override;
  void row(Index i, double* x) const override;

  const std::vector<Index>& columns() const { return columns_; }
  /// The part of a point or direction, outputs x cols, in these columns.
  std::vector<double> part_of(const Buffer<double>& full) const;

 private:
  const LogisticObjective<T>& objective_;
  std::vector<Index> columns_;
};

/// Columns without a penalty in a box that may end on one side.
struct FreeCone {
  std::vector<Index> columns{};
  std::vector<signed char> side{};  ///< see find_recession(); empty: zeros
};

/// All columns without a penalty, without bounds.
template <Real T>
FreeCone free_cone(const LogisticProblem<T>& problem);

/// Whether a point or a step, in the columns of the cone, is a direction that separates the
/// classes.
template <Real T>
bool found_separation(const LogisticObjective<T>& objective, const FreeCone& cone,
                      const LogisticPoint& at, const Buffer<double>& step, LogisticInfo& info);

/// The same, and otherwise whether any direction does, for a fit that ends at a point with a step
/// to come. Answers at once where no row's residual is small beside the gradient.
template <Real T>
bool has_separation(const LogisticObjective<T>& objective, const FreeCone& cone,
                    const LogisticPoint& at, const Buffer<double>& step, LogisticInfo& info);

}  // namespace elltwo
