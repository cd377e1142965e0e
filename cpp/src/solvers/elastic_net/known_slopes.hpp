#pragma once

#include <vector>

#include "solvers/elastic_net/working_set.hpp"

namespace elltwo {

/// A point between others of a path: W r of its residual, and alpha^.
struct BetweenPoint {
  const double* side;
  double alpha;
};

/// A few vectors v_i of which the products q_i = Z'W v_i with all columns are known. Of another
/// vector v = sum_i c_i v_i + e they give Z'W v but for z_j'W e, which is at most |z_j| |e| in the
/// norm of the weights (Cauchy and Schwarz): columns that cannot violate need not be read.
class KnownSlopes {
 public:
  static constexpr Index most = 4;

  explicit KnownSlopes(const WideRows& rows) : rows_(rows) {}

  /// Adds W v and Z'W v, which must outlive the object.
  void add(const double* side, const double* products);

  /// The features outside the working set of which |z_j'W r| may reach alpha l1_j at a point, in a
  /// direction in which they may leave zero; ascending. `norms` holds |z_j|.
  std::vector<Index> uncertain(const BetweenPoint& point, const NetPenalty& penalty,
                               const WorkingSet& set, const std::vector<double>& norms) const;

 private:
  struct Fit {
    double coef[most] = {};
    double distance = 0.0;  // |e|
    double rounding = 0.0;  // of products of unit columns with the combination
  };

  double product(const double* a, const double* b) const;
  Fit fit(const double* side) const;

  const WideRows& rows_;
  Index size_ = 0;
  const double* sides_[most] = {};
  const double* products_[most] = {};
  double gram_[most * most] = {};  // upper triangle of v_i'W v_k
};

}  // namespace elltwo
