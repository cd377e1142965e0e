#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "elltwo/views.hpp"

namespace elltwo {

/// Rows with codes in [0, n_codes) in the order of their codes, rows of one code as they stand: those of
/// code c are order[starts[c]], ..., order[starts[c + 1] - 1]. Writes order (rows) and starts (n_codes + 1).
/// Throws std::invalid_argument for a code out of range.
void order_by_code(std::span<const Index> codes, Index n_codes, std::span<Index> order,
                   std::span<Index> starts);

/// Numbers keys, `size` bytes each, by their first appearance: writes the number of every key and returns
/// where each number first appears.
std::vector<Index> number_keys(std::span<const std::byte> keys, Index size,
                               std::span<Index> numbers);

}  // namespace elltwo
