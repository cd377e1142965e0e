#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "elltwo/views.hpp"

namespace elltwo {

/// Sorts rows by their codes in [0, n_codes), stably: the rows of code c are order[starts[c]], ...,
/// order[starts[c + 1] - 1]. Writes order (one row number for each row) and starts (n_codes + 1).
/// Throws std::invalid_argument for a code out of range.
void order_by_code(std::span<const Index> codes, Index n_codes, std::span<Index> order,
                   std::span<Index> starts);

/// Numbers the distinct ones among keys of `size` bytes each, in the order of their first
/// appearance. Writes the number of every key and returns the position at which each number appears
/// first.
std::vector<Index> number_keys(std::span<const std::byte> keys, Index size,
                               std::span<Index> numbers);

}  // namespace elltwo
