#pragma once

#include <vector>

#include "elltwo/elastic_net.hpp"
#include "solvers/elastic_net/penalty.hpp"
#include "solvers/ridge/means.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {

/// A point of a path in scaled coordinates, see NetPenalty. Sums are of squared loss with weights.
struct NetPoint {
  std::vector<Index> features{};  ///< where d is not 0, ascending
  std::vector<double> values{};   ///< d of these
  double rss = 0.0;               ///< sum w^ r^2
  double penalty = 0.0;           ///< sum_j h_j(d_j)
  double gap = 0.0;               ///< a bound on the objective less its minimum
  double violation = 0.0;
  double rounding = 0.0;  ///< what the rounding of coefficients may add to the gap
  int rounds = 0;
  bool finished = true;  ///< false where the limit of rounds ended the search
};

/// The data's units and means, in which points are turned into the user's coefficients.
struct NetFrame {
  NetUnits units;
  Means means;                ///< of scaled x and y; zeros without an intercept
  std::vector<double> shift;  ///< what was taken from columns before means; empty: nothing
  NetTerms terms;
  double rounding = 16.0 * epsilon;  ///< relative error of the sums of squares of y
};

/// d of all features of a penalty's target for coefficients `start` in the user's units (targets x
/// p), within their bounds.
std::vector<double> start_point(const NetFrame& frame, const NetPenalty& penalty,
                                std::span<const double> start);

/// What ends a path or makes a point converged.
struct NetLimits {
  double tol = 1e-10;
  Index max_features = 0;
};

[[noreturn]] void throw_too_many_features();

/// Writes the points of one target's path in the user's units.
class PathWriter {
 public:
  /// Of a path that may have points; `rss_null` is that of the null model, sum w^ r^2.
  PathWriter(const NetFrame& frame, const NetPenalty& penalty, const NetLimits& limits,
             double rss_null, ElasticNetPath& path);

  const NetPenalty& penalty() const { return *penalty_; }
  const NetLimits& limits() const { return limits_; }

  /// Writes the point at alpha, in the user's units. False, and nothing is written, where it has
  /// more than max_features coefficients off their prior means: the path ends before it.
  bool add(double alpha, const NetPoint& point);

  /// The same of a point whose coefficients, in the user's units, and intercept are known.
  bool add_fit(double alpha, const NetPoint& point, std::span<const double> coef, double intercept);

  /// Ends the path because the next point takes too many features at a time. Throws
  /// std::length_error where there is none before it.
  void end_early();

  /// The gap, relative to the objective, up to which a point counts as converged: the tolerance or
  /// the rounding of the sums and of the coefficients, whichever is more.
  double promise(double objective, double rounding = 0.0) const;

 private:
  bool add_solved(double alpha, const NetPoint& point);
  NetPoint with_fixed(double alpha, NetPoint point) const;
  bool is_too_large(const NetPoint& point);
  void write_coefficients(const NetPoint& point);
  void write_certificate(double alpha, const NetPoint& point);
  double user_value(Index j, double d) const;

  const NetFrame* frame_;
  const NetPenalty* penalty_;
  NetLimits limits_;
  double rss_null_;
  ElasticNetPath* path_;
};

}  // namespace elltwo
