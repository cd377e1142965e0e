#include "solvers/active_set/row_panels.hpp"

#include <algorithm>
#include <vector>

#include "kernels/table.hpp"
#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index panel_block_rows = 64;  // of 1 000 columns half a megabyte
constexpr Index chunk_blocks = 8;       // whose sums are added up before those of others
constexpr Index gram_panels = 8;        // rows of a task of gram(), in panels
constexpr Index fewest_panels = 8;      // panels

bool are_first_places(std::span<const Index> places) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] != static_cast<Index>(i)) return false;
  }
  return true;
}

}  // namespace

RowPanels::RowPanels(const Columns& x, int n_threads, Monitor& monitor)
    : x_(x),
      n_(x.n_rows()),
      width_(kernels().width_f64),
      n_blocks_((x.n_rows() + panel_block_rows - 1) / panel_block_rows),
      n_threads_(n_threads),
      monitor_(monitor) {}

double* RowPanels::block(Index b) {
  return values_.data() + b * capacity_ * panel_block_rows * width_;
}

const double* RowPanels::block(Index b) const {
  return values_.data() + b * capacity_ * panel_block_rows * width_;
}

void RowPanels::reserve(Index panels) {
  if (panels <= capacity_) return;
  const Index before = capacity_;
  const Index capacity = std::max({panels, 2 * capacity_, fewest_panels});
  const Index panel_size = panel_block_rows * width_;
  Buffer<double> larger(n_blocks_ * capacity * panel_size);
  for (Index b = 0; b < n_blocks_ && before > 0; ++b) {
    std::copy_n(block(b), n_panels() * panel_size, larger.data() + b * capacity * panel_size);
  }
  values_ = std::move(larger);
  capacity_ = capacity;
}

void RowPanels::append(std::span<const Index> columns) {
  const auto count = static_cast<Index>(columns.size());
  const Index panels = (size_ + count + width_ - 1) / width_;
  reserve(panels);
  const Index panel_size = panel_block_rows * width_;
  for (Index b = 0; b < n_blocks_; ++b) {
    std::fill(block(b) + n_panels() * panel_size, block(b) + panels * panel_size, 0.0);
  }
  std::vector<double> column(n_blocks_ * panel_block_rows, 0.0);
  for (const Index j : columns) {
    check(monitor_);
    x_.column(j, column.data());
    const Index at = size_ / width_ * panel_size + size_ % width_;
    for (Index b = 0; b < n_blocks_; ++b) {
      double* to = block(b) + at;
      for (Index k = 0; k < panel_block_rows; ++k)
        to[k * width_] = column[b * panel_block_rows + k];
    }
    ++size_;
  }
}

// The columns at some places of a block, side by side in panels, times the weights of its rows.
const double* RowPanels::gathered(Index b, std::span<const Index> places, const double* weight,
                                  Buffer<double>& scratch) const {
  const Index panel_size = panel_block_rows * width_;
  const Index first = b * panel_block_rows;
  const Index rows = std::min(panel_block_rows, n_ - first);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const double* from = block(b) + places[i] / width_ * panel_size + places[i] % width_;
    const auto at = static_cast<Index>(i);
    double* to = scratch.data() + at / width_ * panel_size + at % width_;
    for (Index k = 0; k < rows; ++k) {
      to[k * width_] = weight != nullptr ? weight[first + k] * from[k * width_] : from[k * width_];
    }
  }
  return scratch.data();
}

void RowPanels::gram(std::span<const Index> a, std::span<const Index> b, const double* weight,
                     double* out) {
  if (a.empty() || b.empty()) return;
  const bool symmetric = a.data() == b.data() && a.size() == b.size();
  const bool in_place = are_first_places(b);
  const auto n_a = static_cast<Index>(a.size());
  const auto n_b = static_cast<Index>(b.size());
  const Index panel_size = panel_block_rows * width_;
  const Index panels = (n_b + width_ - 1) / width_;
  const Index strip = gram_panels * width_;
  TaskCounter strips((n_a + strip - 1) / strip);
  Relay relay(monitor_);
  const double work = 2.0 * static_cast<double>(n_) * n_a * n_b;
  run_team(threads_for(n_threads_, work), [&](TeamMember&) {
    auto left = Buffer<double>::zeros(gram_panels * panel_size);
    auto right = Buffer<double>::zeros(in_place ? 0 : panels * panel_size);
    Buffer<double> sums(strip * panels * width_);
    for (Index s = 0; strips.next(s);) {
      const Index begin = s * strip;
      const Index end = std::min(begin + strip, n_a);
      const Index first = symmetric ? begin / width_ : 0;  // panel
      std::fill_n(sums.data(), sums.size(), 0.0);
      for (Index k = 0; k < n_blocks_; ++k) {
        const double* x = gathered(k, a.subspan(begin, end - begin), weight, left);
        const double* y = in_place ? block(k) : gathered(k, b, nullptr, right);
        const Index rows = std::min(panel_block_rows, n_ - k * panel_block_rows);
        for (Index i = begin; i < end; i += width_) {
          const Index from = symmetric ? i / width_ : 0;
          Ahead ahead;
          kernels().tiles_f64(rows, x + (i - begin) * panel_block_rows, std::min(width_, end - i),
                              y + from * panel_size, panels - from, panel_size,
                              sums.data() + (i - begin) * panels * width_ + from * width_,
                              panels * width_, ahead);
        }
        relay.check();
      }
      for (Index i = begin; i < end; ++i) {
        const double* row = sums.data() + (i - begin) * panels * width_;
        std::copy(row + first * width_, row + n_b, out + i * n_b + first * width_);
      }
    }
  });
}

Buffer<double> RowPanels::padded(Index m, const double* coef) const {
  const Index ld = n_panels() * width_;
  auto out = Buffer<double>::zeros(m * ld);
  for (Index k = 0; k < m; ++k) std::copy_n(coef + k * size_, size_, out.data() + k * ld);
  return out;
}

// out[k * size() + i] = the sums of all chunks, in their order.
void RowPanels::unpad(Index m, const Buffer<double>& sums, Index chunks, double* out) const {
  const Index ld = n_panels() * width_;
  std::fill_n(out, m * size_, 0.0);
  for (Index c = 0; c < chunks; ++c) {
    for (Index k = 0; k < m; ++k) {
      const double* from = sums.data() + (c * m + k) * ld;
      for (Index i = 0; i < size_; ++i) out[k * size_ + i] += from[i];
    }
  }
}

// out (m x panel_block_rows) = the combinations of block b.
void RowPanels::forward(Index b, Index m, const double* coef, double* out) const {
  Ahead ahead;
  kernels().forward(panel_block_rows, block(b), n_panels(), panel_block_rows * width_, coef,
                    n_panels() * width_, m, out, panel_block_rows, ahead);
}

void RowPanels::adjoint(Index b, Index m, const double* v, double* acc) const {
  const Index rows = std::min(panel_block_rows, n_ - b * panel_block_rows);
  Ahead ahead;
  kernels().adjoint(rows, block(b), n_panels(), panel_block_rows * width_, v + b * panel_block_rows,
                    n_, m, acc, n_panels() * width_, ahead);
}

void RowPanels::products(Index m, const double* v, double* out) {
  const auto nothing = [](Index, Index) { return 0.0; };
  step(m, nullptr, nullptr, nothing, v, out);
}

void RowPanels::combine(Index m, const double* coef, double* out) {
  std::fill_n(out, m * n_, 0.0);
  const auto nothing = [](Index, Index) { return 0.0; };
  step(m, coef, out, nothing, nullptr, nullptr);
}

double RowPanels::step(Index m, const double* coef, double* eta, const RowsFn& evaluate,
                       const double* r, double* out) {
  const auto b = coef != nullptr ? padded(m, coef) : Buffer<double>(0);
  const Index chunks = (n_blocks_ + chunk_blocks - 1) / chunk_blocks;
  const Index ld = n_panels() * width_;
  auto sums = Buffer<double>::zeros(out != nullptr ? chunks * m * ld : 0);
  std::vector<double> values(chunks, 0.0);
  TaskCounter tasks(chunks);
  Relay relay(monitor_);
  const double work = 4.0 * static_cast<double>(n_) * m * (size_ + 10);
  run_team(threads_for(n_threads_, work), [&](TeamMember&) {
    Buffer<double> part(m * panel_block_rows);
    for (Index c = 0; tasks.next(c);) {
      for (Index k = c * chunk_blocks; k < std::min((c + 1) * chunk_blocks, n_blocks_); ++k) {
        const Index first = k * panel_block_rows;
        const Index rows = std::min(panel_block_rows, n_ - first);
        if (coef != nullptr && size_ > 0) {
          forward(k, m, b.data(), part.data());
          for (Index t = 0; t < m; ++t) {
            double* to = eta + t * n_ + first;
            for (Index i = 0; i < rows; ++i) to[i] += part[t * panel_block_rows + i];
          }
        }
        values[c] += evaluate(first, rows);
        if (out != nullptr && size_ > 0) adjoint(k, m, r, sums.data() + c * m * ld);
      }
      relay.check();
    }
  });
  if (out != nullptr) unpad(m, sums, chunks, out);
  double total = 0.0;
  for (const double value : values) total += value;
  return total;
}

}  // namespace elltwo
