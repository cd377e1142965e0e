#pragma once

#include <span>
#include <vector>

#include "elltwo/logistic_l1.hpp"
#include "solvers/logistic_l1/path.hpp"

namespace elltwo {

/// A fit in the user's units, with all its coefficients.
struct LogisticL1Fit {
  std::vector<double> coef;       ///< outputs x p
  std::vector<double> intercept;  ///< outputs
};

/// The fit at a point. Intercepts of several classes, and their coefficients of columns without a
/// penalty and without bounds, are given mean zero.
LogisticL1Fit user_fit(const LogisticL1Design& design, const LogisticL1Penalty& penalty,
                       const Box& box, const LogisticL1Point& point);

/// The point of coefficients (outputs x p) and then intercepts in the user's units.
LogisticL1Point scaled_point(const LogisticL1Design& design, const LogisticL1Penalty& penalty,
                             std::span<const double> start);

/// Appends a fit to a path.
void append_fit(const LogisticL1Fit& fit, Index p, LogisticL1Path& path);

}  // namespace elltwo
