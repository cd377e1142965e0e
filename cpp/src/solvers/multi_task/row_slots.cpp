#include "solvers/multi_task/row_slots.hpp"

#include <algorithm>

#include "linalg/blas.hpp"
#include "solvers/multi_task/tasks.hpp"

namespace elltwo {

void RowSlots::append(const std::vector<SlotPenalty>& penalties) {
  gram_.append(penalties);
  c_.resize(static_cast<std::size_t>(size() * n_outputs_), 0.0);
}

void RowSlots::keep(const std::vector<Index>& slots) {
  gram_.keep(slots);
  keep_rows(slots, n_outputs_, c_);
}

void RowSlots::subtract_products(std::span<const Index> rows, const double* delta, int n_threads,
                                 double* q) const {
  constexpr Index panel = 512;  // slots of a task
  constexpr Index block = 64;   // columns of G that are gathered where they do not adjoin
  const Index m = size(), count = static_cast<Index>(rows.size());
  const double work = 2.0 * static_cast<double>(m) * static_cast<double>(count * n_outputs_);
  over_tasks((m + panel - 1) / panel, work, n_threads, [&](Index task) {
    const Index start = task * panel, height = std::min(panel, m - start);
    std::vector<double> gathered;
    for (Index first = 0; first < count; first += block) {
      const Index width = std::min(block, count - first);
      const double* columns = gram_.gram(rows[first]) + start;
      Index ld = gram_.ld();
      if (rows[first + width - 1] - rows[first] != width - 1) {
        gathered.resize(static_cast<std::size_t>(block * height));
        for (Index k = 0; k < width; ++k) {
          std::copy_n(gram_.gram(rows[first + k]) + start, height, gathered.data() + k * height);
        }
        columns = gathered.data();
        ld = height;
      }
      blas::gemm(blas::Op::none, blas::Op::transpose, n_outputs_, height, width, -1.0,
                 delta + first * n_outputs_, n_outputs_, columns, ld, 1.0, q + start * n_outputs_,
                 n_outputs_);
    }
  });
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
