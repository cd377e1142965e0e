#include "solvers/active_set/packed_columns.hpp"

#include <algorithm>

#include "kernels/table.hpp"
#include "linalg/blas.hpp"
#include "linalg/rounded.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index gram_tile = 128;         // columns and rows of a task of gram()
constexpr Index weighted_rows = 2048;    // rows that are weighted together
constexpr Index combination_rows = 256;  // rows of a task of combine()
constexpr Index streamed_rows = 4096;    // the same of a single combination, read column by column
constexpr Index products_columns = 64;   // columns of a task of products()
constexpr Index smallest_capacity = 64;  // columns

// out = columns' diag(weight) columns for the columns a and b; `scratch` holds weighted rows of b.
void gram_of(Index n, Index ld, const double* weight, const double* a, Index n_a, const double* b,
             Index n_b, double* out, Index ld_out, Buffer<double>& scratch) {
  if (weight == nullptr) {
    blas::gemm(blas::Op::transpose, blas::Op::none, n_a, n_b, n, 1.0, a, ld, b, ld, 0.0, out,
               ld_out);
    return;
  }
  const Index ld_scratch = std::min(weighted_rows, n);
  for (Index k0 = 0; k0 < n; k0 += weighted_rows) {
    const Index rows = std::min(weighted_rows, n - k0);
    for (Index h = 0; h < n_b; ++h) {
      const double* from = b + h * ld + k0;
      double* to = scratch.data() + h * ld_scratch;
      for (Index k = 0; k < rows; ++k) to[k] = weight[k0 + k] * from[k];
    }
    blas::gemm(blas::Op::transpose, blas::Op::none, n_a, n_b, rows, 1.0, a + k0, ld, scratch.data(),
               ld_scratch, k0 == 0 ? 0.0 : 1.0, out, ld_out);
  }
}

}  // namespace

Index column_distance(Index n) {
  constexpr Index unit = 16;   // numbers of the widest registers' pairs
  constexpr Index page = 512;  // doubles; columns a multiple of it apart share sets of a cache
  const Index ld = rounded_up(std::max<Index>(n, 1), unit);
  return ld % page == 0 ? ld + unit : ld;
}

PaddedVectors::PaddedVectors(Index n, Index m)
    : ld(column_distance(n)), values(Buffer<double>::zeros(ld * m)) {}

PaddedVectors::PaddedVectors(Index n, Index m, const double* v) : PaddedVectors(n, m) {
  for (Index k = 0; k < m; ++k) std::copy_n(v + k * n, n, (*this)[k]);
}

PackedColumns::PackedColumns(Index n_rows, int n_threads, Monitor& monitor)
    : n_(n_rows), ld_(column_distance(n_rows)), n_threads_(n_threads), monitor_(monitor) {}

void PackedColumns::append(Index count) {
  const Index wanted = (size_ + count) * ld_;
  if (wanted > values_.size()) {
    Buffer<double> larger(std::max({wanted, 2 * size_ * ld_, smallest_capacity * ld_}));
    std::copy_n(values_.data(), size_ * ld_, larger.data());
    values_ = std::move(larger);
  }
  for (Index i = 0; i < count; ++i) std::fill(column(size_ + i) + n_, column(size_ + i) + ld_, 0.0);
  size_ += count;
}

void PackedColumns::keep(std::span<const Index> places) {
  Index to = 0;
  for (const Index from : places) {
    if (from != to) std::copy_n(column(from), ld_, column(to));
    ++to;
  }
  size_ = to;
}

void PackedColumns::gram(Index first, Index end, const double* weight, double* gram,
                         Index ld) const {
  if (first >= end) return;
  // Tiles of rows i and columns h of the result; those below the diagonal are copied afterwards.
  const Index across = (end - first + gram_tile - 1) / gram_tile;
  const Index before = (first + gram_tile - 1) / gram_tile;
  const Index down = before + across;
  TaskCounter tiles(down * across);
  Relay relay(monitor_);
  const double work = 2.0 * static_cast<double>(n_) * end * (end - first);
  const Index scratch_size = std::min(gram_tile, end - first) * std::min(weighted_rows, n_);
  run_team(threads_for(n_threads_, work), [&](TeamMember&) {
    Buffer<double> scratch(weight != nullptr ? scratch_size : 0);
    for (Index tile = 0; tiles.next(tile);) {
      const Index row = tile % down;
      const Index column_tile = tile / down;
      if (row > before + column_tile) continue;
      const Index i0 = row < before ? row * gram_tile : first + (row - before) * gram_tile;
      const Index i1 = std::min(i0 + gram_tile, row < before ? first : end);
      const Index h0 = first + column_tile * gram_tile;
      const Index h1 = std::min(h0 + gram_tile, end);
      gram_of(n_, ld_, weight, column(i0), i1 - i0, column(h0), h1 - h0, gram + h0 * ld + i0, ld,
              scratch);
      relay.check();
    }
  });
  // Within a tile on the diagonal both triangles were summed, in orders that may differ.
  for (Index h = first; h < end; ++h) {
    for (Index i = first; i < h; ++i) gram[i * ld + h] = gram[h * ld + i];
  }
}

void PackedColumns::products(Index m, const double* v, double* out) const {
  std::fill_n(out, m * size_, 0.0);
  const PaddedVectors sides(n_, m, v);
  const std::vector<double> no_shift(products_columns, 0.0);
  TaskCounter pieces((size_ + products_columns - 1) / products_columns);
  Relay relay(monitor_);
  run_team(threads_for(n_threads_, 2.0 * static_cast<double>(n_) * size_ * m), [&](TeamMember&) {
    for (Index piece = 0; pieces.next(piece);) {
      const Index j = piece * products_columns;
      kernels().column_products_f64(n_, column(j), ld_, std::min(products_columns, size_ - j),
                                    no_shift.data(), sides.data(), sides.ld, m, out + j, size_);
      relay.check();
    }
  });
}

// A single combination takes a few columns at a time: memory then sees few streams, which it reads
// faster than short pieces of all columns.
void PackedColumns::combine_one(std::span<const Index> places, const double* coef,
                                double* out) const {
  const auto count = static_cast<Index>(places.size());
  std::fill_n(out, n_, 0.0);
  TaskCounter pieces((n_ + streamed_rows - 1) / streamed_rows);
  Relay relay(monitor_);
  run_team(threads_for(n_threads_, 2.0 * static_cast<double>(n_) * count), [&](TeamMember&) {
    for (Index piece = 0; pieces.next(piece);) {
      const Index k0 = piece * streamed_rows;
      const Index rows = std::min(streamed_rows, n_ - k0);
      kernels().add_columns(rows, values_.data() + k0, ld_, count, places.data(), coef, out + k0);
      relay.check();
    }
  });
}

void PackedColumns::combine(std::span<const Index> places, Index m, const double* coef,
                            double* out) const {
  if (m == 1) {
    combine_one(places, coef, out);
    return;
  }
  const auto count = static_cast<Index>(places.size());
  PaddedVectors sums(n_, m);
  TaskCounter pieces((n_ + combination_rows - 1) / combination_rows);
  Relay relay(monitor_);
  run_team(threads_for(n_threads_, 2.0 * static_cast<double>(n_) * count * m), [&](TeamMember&) {
    for (Index piece = 0; pieces.next(piece);) {
      const Index i = piece * combination_rows;
      const Index rows = std::min(combination_rows, rounded_up(n_ - i, kernels().width_f64));
      kernels().column_combination(rows, values_.data() + i, ld_, count, places.data(), coef, count,
                                   m, sums[0] + i, sums.ld);
      relay.check();
    }
  });
  for (Index k = 0; k < m; ++k) std::copy_n(sums[k], n_, out + k * n_);
}

}  // namespace elltwo
