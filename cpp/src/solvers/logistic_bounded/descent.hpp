#pragma once

#include <memory>
#include <vector>

#include "solvers/logistic/line_search.hpp"
#include "solvers/logistic_bounded/model.hpp"

namespace elltwo {

/// Logistic regression with coefficients in a box: Newton models, minimised in the box, with a line search
/// on the way to their minimum (Conn, Gould and Toint 1988, with a kept Hessian). A model is of all
/// coefficients that move, or where its matrix would be large, of those within their bounds and
/// those which push inwards most.
template <Real T>
class BoundedLogistic {
 public:
  BoundedLogistic(const LogisticData<T>& data, const Box& box, const LogisticOptions& options,
                  Monitor& monitor)
      : data_(data), box_(box), options_(options), problem_(data, options, monitor) {}

  /// All that comes before the first fit. Like the rest, false if the monitor asked to stop.
  bool begin(double alpha, std::span<const double> start);

  bool fit(double alpha, LogisticInfo& info);
  void write(double alpha, double* coef, double* intercept, LogisticInfo& info) const;

 private:
  Index column(Index i) const { return i % problem_.cols(); }
  bool movable(Index j) const;
  std::vector<Index> movable_columns() const;
  double scale(Index j) const;
  void take_box();
  void into_box(Buffer<double>& theta) const;
  bool turn_to(double alpha);
  double settle(LogisticPoint& at);
  bool descend(LogisticInfo& info);
  bool refresh(LogisticInfo& info);
  bool refresh_pays(double pace, double optimality) const;
  bool minimise_model(double& descent, LogisticInfo& info);
  auto search(double descent, LogisticInfo& info);
  std::vector<double> endless(const Buffer<double>& direction) const;
  bool found_separation(LogisticInfo& info) const;

  const LogisticData<T>& data_;
  const Box& box_;
  const LogisticOptions& options_;
  LogisticProblem<T> problem_;
  std::vector<double> lower_, upper_;  // of outputs x cols, scaled
  std::unique_ptr<LogisticObjective<T>> objective_;
  std::unique_ptr<LogisticSearch<T>> search_;
  LogisticPoint at_;
  std::vector<double> push_;  // the slope at at_ without what pushes against a bound
  std::unique_ptr<LogisticBoxModel<T>> model_;
  bool streamed_ = false;
  bool fresh_ = false;     // the model was taken at at_
  Buffer<double> target_;  // where the model is least
  Buffer<double> direction_;
};

}  // namespace elltwo
