#pragma once

#include <span>
#include <vector>

#include "solvers/elastic_net/working_set.hpp"

namespace elltwo {

/// q_j = z_j'W r of all features at the point of one alpha^, and their derivatives by alpha^ on its
/// face.
struct Slopes {
  double alpha = 0.0;
  std::vector<double> q;
  std::vector<double> derivative;
};

/// q_j = z_j'W r at a point, in an array of all features, for those features that may violate there
/// or are in the working set, and r'W r.
struct PointSlopes {
  std::span<const Index> features;
  const double* q;
  double rss;
};

/// The features outside the working set, which are all zero: which of them are likely to enter, and
/// which must.
class Outsiders {
 public:
  /// `norms` holds the square roots of sum w^ z_j^2.
  Outsiders(const NetPenalty& penalty, const WorkingSet& set, const std::vector<double>& norms)
      : penalty_(penalty), set_(set), norms_(norms) {}

  /// Those whose |q_j|, carried forward along the derivative, comes near to alpha l1_j at the first
  /// or at the last of these falling alphas (for the lasso Tibshirani et al. 2012, eq. 13, without
  /// the derivative; Larsson and Wallin 2022, eq. 5, with it).
  std::vector<Index> likely(const Slopes& slopes, double first, double last) const;

  /// Those that must enter at alpha^.
  std::vector<Index> violators(double alpha, const PointSlopes& slopes) const;

 private:
  /// Whether feature j may leave zero in the direction of q.
  bool may_follow(Index j, double q) const {
    return q > 0.0 ? penalty_[j].upper > 0.0 : penalty_[j].lower < 0.0;
  }

  const NetPenalty& penalty_;
  const WorkingSet& set_;
  const std::vector<double>& norms_;
};

}  // namespace elltwo
