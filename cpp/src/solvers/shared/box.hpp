#pragma once

#include "elltwo/bounded.hpp"

namespace elltwo {

double lower_of(const Box& box, Index j);
double upper_of(const Box& box, Index j);

/// The value in the box nearest to this one.
double clipped(const Box& box, Index j, double value);

/// Whether no bound is finite.
bool is_unbounded(const Box& box);

/// Throws std::invalid_argument unless the box has p intervals that hold finite values.
void require_box(const Box& box, Index p);

/// Throws std::invalid_argument unless the prior mean of a coefficient that the penalty pins, which no
/// bound can move, is in the box.
void require_inside(const Box& box, Index j, double prior_mean);

}  // namespace elltwo
