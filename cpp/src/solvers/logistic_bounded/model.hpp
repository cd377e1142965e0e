#pragma once

#include <vector>

#include "solvers/logistic/objective.hpp"
#include "solvers/shared/box_newton.hpp"

namespace elltwo {

/// The Hessian of the objective at a point, in some columns of [x^ | 1] and all outputs: the matrix
/// of a quadratic model. Variables are outputs x columns. Nothing depends on the mean of the
/// intercepts over several classes; some curvature is added along it, so that the matrix is not
/// singular.
template <Real T>
class LogisticBoxModel : public BoxQuadratic {
 public:
  LogisticBoxModel(const LogisticProblem<T>& problem, std::vector<Index> columns)
      : problem_(problem), columns_(std::move(columns)) {
    change_penalty();
  }

  const std::vector<Index>& columns() const { return columns_; }
  Index n_columns() const { return static_cast<Index>(columns_.size()); }
  Index size() const { return problem_.n_outputs() * n_columns(); }

  /// The index of variable v in a point, outputs x cols.
  Index index_in_point(Index v) const {
    return v / n_columns() * problem_.cols() + columns_[v % n_columns()];
  }

  /// Sets the model to the Hessian at a point that has been evaluated over `rows`.
  virtual void refresh(const LogisticPoint& at, const LogisticRows& rows) = 0;

  /// Replaces the penalties by the problem's current ones.
  virtual void change_penalty() {
    penalty_.clear();
    for (const Index j : columns_) {
      penalty_.push_back(j < problem_.n_features() && problem_.moves(j) ? problem_.penalty(j)
                                                                        : 0.0);
    }
  }

  /// Time of refresh(), in steps that keep the matrix.
  virtual double cost() const = 0;

  virtual double rcond() const { return 0.0; }

 protected:
  double penalty(Index v) const { return penalty_[v % n_columns()]; }
  bool is_intercept(Index v) const { return columns_[v % n_columns()] == problem_.n_features(); }

  /// Moves the mean of each feature's coefficients over classes, on which only the penalty depends,
  /// to where the penalty is least within the box. Updates the negative gradient `slope`.
  void centre_over_classes(const Box& box, Buffer<double>& z, Buffer<double>& slope) const;

  /// Curvature added along the mean of the intercepts over classes.
  double common_curvature() const {
    const auto outputs = static_cast<double>(problem_.n_outputs());
    return outputs > 1.0 ? problem_.weight() / (outputs * outputs) : 0.0;
  }

  const LogisticProblem<T>& problem_;

 private:
  std::vector<Index> columns_;
  std::vector<double> penalty_;  ///< of each column
};

}  // namespace elltwo
