#include "solvers/multi_task/row_slots.hpp"

#include <algorithm>

#include "linalg/blas.hpp"

namespace elltwo {

void RowSlots::append(const std::vector<SlotPenalty>& penalties) {
  gram_.append(penalties);
  c_.resize(static_cast<std::size_t>(size() * n_outputs_), 0.0);
}

void RowSlots::keep(const std::vector<Index>& slots) {
  gram_.keep(slots);
  keep_rows(slots, n_outputs_, c_);
}

void RowSlots::subtract_products(std::span<const Index> rows, const double* delta,
                                 double* q) const {
  constexpr Index block = 64;  // columns of G that are gathered where they do not adjoin
  const Index m = size(), count = static_cast<Index>(rows.size());
  std::vector<double> gathered;
  for (Index first = 0; first < count; first += block) {
    const Index width = std::min(block, count - first);
    const double* columns = gram_.gram(rows[first]);
    Index ld = gram_.ld();
    if (rows[first + width - 1] - rows[first] != width - 1) {
      gathered.resize(static_cast<std::size_t>(block * m));
      for (Index k = 0; k < width; ++k) {
        std::copy_n(gram_.gram(rows[first + k]), m, gathered.data() + k * m);
      }
      columns = gathered.data();
      ld = m;
    }
    blas::gemm(blas::Op::none, blas::Op::transpose, n_outputs_, m, width, -1.0,
               delta + first * n_outputs_, n_outputs_, columns, ld, 1.0, q, n_outputs_);
  }
}

bool is_zero_row(const double* row, Index n_outputs) {
  return std::all_of(row, row + n_outputs, [](double v) { return v == 0.0; });
}

void keep_rows(const std::vector<Index>& places, Index n_outputs, std::vector<double>& rows) {
  for (std::size_t k = 0; k < places.size(); ++k) {
    std::copy_n(rows.data() + places[k] * n_outputs, n_outputs,
                rows.data() + static_cast<Index>(k) * n_outputs);
  }
  rows.resize(places.size() * static_cast<std::size_t>(n_outputs));
}

}  // namespace elltwo
