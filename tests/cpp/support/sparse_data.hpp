#pragma once

#include <span>
#include <vector>

#include "support/data.hpp"

namespace elltwo::test {

/// The entries of a dense matrix that are not zero, by rows or by columns.
template <Real T, class I>
struct Compressed {
  Index rows, cols;
  bool by_rows;
  std::vector<T> values;
  std::vector<I> indices, starts{0};

  Compressed(const Matrix<double>& m, bool rows_first)
      : rows(m.rows), cols(m.cols), by_rows(rows_first) {
    const Index lines = by_rows ? rows : cols;
    const Index places = by_rows ? cols : rows;
    for (Index l = 0; l < lines; ++l) {
      for (Index e = 0; e < places; ++e) {
        const double value = by_rows ? m(l, e) : m(e, l);
        if (value == 0.0) continue;
        values.push_back(static_cast<T>(value));
        indices.push_back(static_cast<I>(e));
      }
      starts.push_back(static_cast<I>(values.size()));
    }
  }

  SparseView<T> view() const {
    return {rows, cols, by_rows, values, std::span<const I>(indices), std::span<const I>(starts)};
  }
};

/// About one entry in `every` is not zero.
inline Matrix<double> thin_matrix(Index rows, Index cols, Index every, std::uint64_t seed) {
  auto m = random_matrix(rows, cols, seed);
  Random random(seed + 1);
  for (double& value : m.values) {
    if (random.below(every) != 0) value = 0.0;
  }
  return m;
}

}  // namespace elltwo::test
