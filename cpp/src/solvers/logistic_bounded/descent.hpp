#pragma once

#include <memory>
#include <vector>

#include "solvers/logistic/line_search.hpp"
#include "solvers/logistic/null_start.hpp"
#include "solvers/logistic/separation.hpp"
#include "solvers/logistic_bounded/model.hpp"

namespace elltwo {

/// Logistic regression with coefficients in a box: a step goes to the minimum in the box of a
/// quadratic model with a kept Hessian, or a part of the way, by a line search (Conn, Gould and
/// Toint 1988). A model is of all coefficients that are fitted and whose bounds leave room.
template <Real T>
class BoundedLogistic {
 public:
  BoundedLogistic(const LogisticData<T>& data, const Box& box, const LogisticOptions& options,
                  Monitor& monitor, LogisticMatrix* matrix)
      : data_(data), box_(box), options_(options), problem_(data, options, monitor, matrix) {}

  /// Prepares the data and sets the start of the first fit, at this alpha.
  void begin(double alpha, std::span<const double> start);

  void fit(double alpha, LogisticInfo& info);
  /// Writes the fit in the user's units and sets info.objective.
  void write(double alpha, double* coef, double* intercept, LogisticInfo& info) const;

 private:
  Index column(Index i) const { return i % problem_.cols(); }
  Box scaled_box() const { return {lower_, upper_}; }
  bool movable(Index j) const;
  std::vector<Index> movable_columns() const;
  void scale_box();
  void move_into_box(Buffer<double>& theta) const;
  void set_alpha(double alpha);
  void take_null_if_lower(LogisticInfo& info);
  double snap_and_measure(LogisticPoint& at);
  void descend(LogisticInfo& info);
  bool prefers_products(Index m) const;
  void refresh(LogisticInfo& info);
  bool refresh_pays(double contraction, double optimality) const;
  double minimise_model(LogisticInfo& info);
  bool search(double descent, LogisticInfo& info);
  FreeCone free_cone() const;
  void iterate(LogisticInfo& info);
  double most_gain(Index i, double slope) const;
  double gap(LogisticInfo& info) const;

  const LogisticData<T>& data_;
  const Box& box_;
  const LogisticOptions& options_;
  LogisticProblem<T> problem_;
  std::vector<double> lower_, upper_;  ///< outputs x cols, scaled
  std::unique_ptr<LogisticObjective<T>> objective_;
  std::unique_ptr<LogisticLineSearch<T>> search_;
  std::unique_ptr<NullStart<T>> null_start_;  ///< null: no prior means, which are a good start
  LogisticPoint at_;
  std::vector<double> push_;  ///< the slope at at_ without its parts that bounds balance
  std::unique_ptr<LogisticBoxModel<T>> model_;
  bool streamed_ = false;     ///< model_ is a StreamedBoxModel
  bool fresh_ = false;        ///< the model's Hessian is that at at_
  Buffer<double> target_;     ///< the minimum of the model in the box
  Buffer<double> direction_;  ///< target_ - at_.theta
};

}  // namespace elltwo
