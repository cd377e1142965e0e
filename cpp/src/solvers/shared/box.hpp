#pragma once

#include "elltwo/box.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// The bounds of coefficient j; infinite where there are none.
double lower_of(const Box& box, Index j);
double upper_of(const Box& box, Index j);

/// The value of coefficient j within its bounds that is nearest to `value`.
double clipped(const Box& box, Index j, double value);

/// Whether all bounds are infinite.
bool is_unbounded(const Box& box);

/// Throws std::invalid_argument unless the box has p intervals, each with a finite value in it.
void require_box(const Box& box, Index p);

/// Throws std::invalid_argument unless the prior mean of coefficient j lies within its bounds. To
/// be called for coefficients with an infinite penalty, which no bound can move.
void require_inside(const Box& box, Index j, double prior_mean);

}  // namespace elltwo
