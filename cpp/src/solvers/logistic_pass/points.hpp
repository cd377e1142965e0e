#pragma once

#include <cstdint>
#include <vector>

#include "elltwo/logistic_pass.hpp"

namespace elltwo {

/// The points of a pass, checked and copied.
class PassPoints {
 public:
  explicit PassPoints(const LogisticPassPoints& given);

  Index n_features() const { return static_cast<Index>(shift.size()); }
  Index cols() const { return n_features() + 1; }
  Index n_outputs() const { return n_classes == 2 ? 1 : n_classes; }
  Index n_points() const { return static_cast<Index>(left_out.size()); }
  /// Predictors of a row, those of point i from i * n_outputs() on.
  Index n_targets() const { return n_points() * n_outputs(); }
  Index n_hessians() const { return static_cast<Index>(asked.size()); }
  /// Matrices that make up the Hessian of a point: one, or one for each pair of classes.
  Index n_pairs() const { return n_classes == 2 ? 1 : n_classes * (n_classes - 1) / 2; }

  Index n_classes;
  std::vector<double> theta;
  std::vector<std::int32_t> left_out;
  std::vector<double> shift;
  std::vector<double> scale;
  std::vector<Index> asked;  ///< the points whose Hessians are wanted, ascending
  std::vector<Index> place;  ///< of each point in `asked`; -1: it is not there
  bool hessian_in_float;

  /// The points that leave out the same fold.
  struct Group {
    std::int32_t left_out;
    std::vector<Index> points;
  };
  std::vector<Group> groups;
};

}  // namespace elltwo
