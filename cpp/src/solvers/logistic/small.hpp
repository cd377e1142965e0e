#pragma once

#include "solvers/logistic/path.hpp"

namespace elltwo {

/// A small, well-conditioned fit of two classes without any option, by Newton steps on a packed
/// copy of X. The arguments must have been validated. False, with the outputs unspecified, where
/// the path asks for more than that or the iteration does not converge plainly.
template <Real T>
bool logistic_small(const LogisticPath<T>& path, LogisticInfo& info);

}  // namespace elltwo
