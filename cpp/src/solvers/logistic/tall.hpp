#pragma once

#include "solvers/logistic/path.hpp"

namespace elltwo {

/// The fits of a path that has been validated, by descent in the space of the features.
template <Real T>
std::vector<LogisticInfo> logistic_tall(const LogisticPath<T>& path, Monitor& monitor);

}  // namespace elltwo
