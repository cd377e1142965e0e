#include "solvers/multi_task/row_slots.hpp"

#include <algorithm>
#include <numeric>

#include "linalg/blas.hpp"
#include "solvers/multi_task/tasks.hpp"

namespace elltwo {

namespace {

// Where most of the slots from the first to the last of `rows` are among them, writes all of these
// to `columns` and returns delta with rows of zeros for the others: their columns need no copy.
// Else `columns` are the rows, and nothing is returned.
std::vector<double> with_neighbours(std::span<const Index> rows, const double* delta,
                                    Index n_outputs, std::vector<Index>& columns) {
  columns.assign(rows.begin(), rows.end());
  if (rows.empty()) return {};
  const Index first = rows.front(), span = rows.back() - first + 1;
  const auto count = static_cast<Index>(rows.size());
  if (span == count || 3 * count < 2 * span) return {};
  columns.resize(static_cast<std::size_t>(span));
  std::iota(columns.begin(), columns.end(), first);
  std::vector<double> padded(static_cast<std::size_t>(span * n_outputs), 0.0);
  for (Index k = 0; k < count; ++k) {
    std::copy_n(delta + k * n_outputs, n_outputs, padded.data() + (rows[k] - first) * n_outputs);
  }
  return padded;
}

}  // namespace

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
  const Index m = size(), count = static_cast<Index>(rows.size());
  const double work = 2.0 * static_cast<double>(m) * static_cast<double>(count * n_outputs_);
  std::vector<Index> columns;
  const auto padded = with_neighbours(rows, delta, n_outputs_, columns);
  const double* values = padded.empty() ? delta : padded.data();
  over_tasks((m + panel - 1) / panel, work, n_threads, [&](Index task) {
    const Index start = task * panel;
    subtract_panel(columns, values, {start, std::min(panel, m - start)}, q);
  });
}

void RowSlots::subtract_panel(std::span<const Index> columns, const double* delta, Panel panel,
                              double* q) const {
  constexpr Index block = 64;  // columns of G that are gathered where they do not adjoin
  const Index count = static_cast<Index>(columns.size());
  std::vector<double> gathered;
  for (Index first = 0; first < count; first += block) {
    const Index width = std::min(block, count - first);
    const double* g = gram_.gram(columns[first]) + panel.start;
    Index ld = gram_.ld();
    if (columns[first + width - 1] - columns[first] != width - 1) {
      gathered.resize(static_cast<std::size_t>(block * panel.height));
      for (Index k = 0; k < width; ++k) {
        std::copy_n(gram_.gram(columns[first + k]) + panel.start, panel.height,
                    gathered.data() + k * panel.height);
      }
      g = gathered.data();
      ld = panel.height;
    }
    blas::gemm(blas::Op::none, blas::Op::transpose, n_outputs_, panel.height, width, -1.0,
               delta + first * n_outputs_, n_outputs_, g, ld, 1.0, q + panel.start * n_outputs_,
               n_outputs_);
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
