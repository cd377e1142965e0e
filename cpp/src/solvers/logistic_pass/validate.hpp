#pragma once

#include "solvers/logistic_pass/points.hpp"

namespace elltwo {

/// Throws std::invalid_argument unless what n rows have beside X has the right sizes, labels are in
/// range, weights finite and not negative, and offsets finite. The message names the row.
void require_rows(const PassPoints& points, const LogisticPassRows& rows, Index n);

/// Throws std::invalid_argument that names a value of X which is not finite and its position, or
/// that says that predictors overflow.
template <Real T>
[[noreturn]] void throw_not_finite(const MatrixView<T>& x);
[[noreturn]] void throw_overflow();

}  // namespace elltwo
