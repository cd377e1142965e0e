#pragma once

#include "solvers/logistic/path.hpp"
#include "solvers/logistic/wide_problem.hpp"

namespace elltwo {

/// The fits of a path that has been validated, of data that suit WideProblem.
template <Real T>
std::vector<LogisticInfo> logistic_wide(const LogisticPath<T>& path, Monitor& monitor);

}  // namespace elltwo
