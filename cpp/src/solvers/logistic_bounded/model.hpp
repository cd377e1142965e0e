#pragma once

#include <optional>
#include <vector>

#include "gram/gram.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic/objective.hpp"
#include "solvers/shared/box_newton.hpp"

namespace elltwo {

/// The Hessian of the objective at a point, of some columns of [x | 1] and all outputs. Variables are
/// outputs x columns. What intercepts of many classes share, on which nothing depends, it holds in place.
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

  /// Where a variable stands in outputs x cols.
  Index place(Index v) const {
    return v / n_columns() * problem_.cols() + columns_[v % n_columns()];
  }

  /// Takes the Hessian at a point that has just been evaluated. False if the monitor asked to stop.
  virtual bool refresh(const LogisticPoint& at, const LogisticRows& rows) = 0;

  /// Turns to the problem's current penalties.
  virtual void change_penalty() {
    penalty_.clear();
    for (const Index j : columns_) {
      penalty_.push_back(j < problem_.n_features() && problem_.moves(j) ? problem_.penalty(j)
                                                                        : 0.0);
    }
  }

  /// What refresh() costs, in steps that keep the matrix.
  virtual double cost() const = 0;

  virtual double rcond() const { return 0.0; }

 protected:
  double penalty(Index v) const { return penalty_[v % n_columns()]; }
  bool is_intercept(Index v) const { return columns_[v % n_columns()] == problem_.n_features(); }

  /// Moves what the classes' coefficients of a feature have in common, on which the penalty alone depends, to
  /// where it is least within the box.
  void level(const Box& box, Buffer<double>& z, Buffer<double>& slope) const;

  /// Curvature along what the intercepts share.
  double shared_curvature() const {
    const auto outputs = static_cast<double>(problem_.n_outputs());
    return outputs > 1.0 ? problem_.weight() / (outputs * outputs) : 0.0;
  }

  const LogisticProblem<T>& problem_;

 private:
  std::vector<Index> columns_;
  std::vector<double> penalty_;
};

/// The whole matrix, its faces solved by Cholesky.
template <Real T>
class DenseBoxModel final : public LogisticBoxModel<T> {
 public:
  using LogisticBoxModel<T>::LogisticBoxModel;

  bool refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  void change_penalty() override;
  bool multiply(const double* v, double* product) override;
  bool solve(const std::vector<Index>& free, const double* slope, double* d) override;
  bool relax(const Box& box, Buffer<double>& z, Buffer<double>& slope) override;
  double diagonal(Index v) const override {
    return hessian_[v * this->size() + v] + this->penalty(v);
  }
  double cost() const override;
  double rcond() const override { return rcond_; }

 private:
  using LogisticBoxModel<T>::problem_;

  Source<T> gathered(const LogisticRows& rows);
  void take_block(Index k, Index l, const GramMatrix& gram, double sign);
  bool factor(const std::vector<Index>& free);

  Buffer<T> values_;  // the columns of X, where they are few of many
  std::vector<double> shift_, scale_;
  Buffer<double> hessian_;  // of the loss, both triangles
  std::vector<double> damping_;
  std::vector<Index> factored_;  // the free variables of system_
  std::optional<PosDefSystem> system_;
  double rcond_ = 0.0;
};

/// Products of the matrix with vectors, a pass over the data each, and faces solved by conjugate
/// gradients.
template <Real T>
class StreamedBoxModel final : public LogisticBoxModel<T> {
 public:
  using LogisticBoxModel<T>::LogisticBoxModel;

  bool refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  bool multiply(const double* v, double* product) override;
  bool solve(const std::vector<Index>& free, const double* slope, double* d) override;
  bool relax(const Box& box, Buffer<double>& z, Buffer<double>& slope) override {
    this->level(box, z, slope);
    return true;
  }
  double diagonal(Index v) const override { return diagonal_[v] + this->penalty(v); }
  double cost() const override { return 0.0; }

 private:
  using LogisticBoxModel<T>::problem_;

  void curve(Index k0, Index kc, double* z, Index ld) const;

  const LogisticRows* rows_ = nullptr;
  Buffer<double> curvature_;
  std::vector<double> diagonal_;  // about that of the matrix, for conjugate gradients
};

}  // namespace elltwo
