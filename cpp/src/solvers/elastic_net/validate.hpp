#pragma once

#include <vector>

#include "elltwo/elastic_net.hpp"

namespace elltwo {

/// Throws std::invalid_argument naming the argument unless shapes agree and values are in range.
/// Does not look at X and y. `alphas` may be empty: then there is a grid.
template <Real T>
void validate_elastic_net(const RidgeData<T>& data, const Box& box,
                          const ElasticNetOptions& options);

/// The alphas whose L2 part sets the scale of columns that it dominates, at least one.
std::vector<double> l2_alphas(std::span<const double> alphas, double l1_ratio);

/// The options of the ridge problem that has the same data.
RidgeOptions ridge_options_of(const ElasticNetOptions& options);

}  // namespace elltwo
