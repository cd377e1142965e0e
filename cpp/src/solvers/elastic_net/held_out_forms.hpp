#pragma once

#include <span>

#include "elltwo/elastic_net.hpp"
#include "gram/moments.hpp"

namespace elltwo {

/// The squared errors of a path on rows of which moments are known, written as squared_errors()
/// writes them: with e = mean(y) - b0 - mean(x).b, sum w (y - mean)^2 - 2 b'c + b'G b + W e^2.
/// False, and what is written is to be written anew, where rounding of the difference hides a part
/// of the sum of 1e-10. `shift` was taken from columns before their moments were (empty: nothing).
bool squared_error_forms(const ScaledMoments& moments, std::span<const double> shift,
                         const ElasticNetPath& path, Index target, Index n_alphas, double* sse);

}  // namespace elltwo
