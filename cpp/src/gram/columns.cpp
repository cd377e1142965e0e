#include "gram/columns.hpp"

#include <algorithm>

#include "kernels/table.hpp"
#include "linalg/buffer.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index columns_block_bytes = 256 * 1024;  // of packed rows, in the second cache
constexpr Index max_columns_chunks = 16;
constexpr double chunk_numbers = 1e6;  // numbers of X in a chunk, about

}  // namespace

template <Real S>
ColumnSums column_sums(const Source<S>& source, const double* weight, int n_threads,
                       Monitor& monitor) {
  const Index cols = source.cols();
  const Index width = kernels().width_f64;
  const Index panels = (cols + width - 1) / width;
  const Index padded = panels * width;
  const Index kc = std::min(source.rows(),
                            std::clamp<Index>(columns_block_bytes / (padded * 8) / 8 * 8, 8, 256));
  const Index stride = kc * width + width;
  const Index n_blocks = (source.rows() + kc - 1) / kc;
  const double numbers = static_cast<double>(source.rows()) * cols;
  const auto n_chunks = std::min(n_blocks, static_cast<Index>(std::clamp<double>(
                                               numbers / chunk_numbers, 1, max_columns_chunks)));
  auto sums = Buffer<double>::zeros(n_chunks * 3 * padded);
  TaskCounter chunks(n_chunks);
  Relay relay(monitor);
  run_team(std::min<int>(threads_for(n_threads, 4.0 * numbers), static_cast<int>(n_chunks)),
           [&](TeamMember&) {
             Buffer<double> block(panels * stride);
             for (Index c = 0; chunks.next(c);) {
               double* s = sums.data() + c * 3 * padded;
               const Index last = (c + 1) * n_blocks / n_chunks;
               for (Index b = c * n_blocks / n_chunks; b < last; ++b) {
                 const Index k0 = b * kc;
                 const Index rows = std::min(kc, source.rows() - k0);
                 kernels().pack<S, double>()(source, k0, rows, 0, panels, block.data(), stride);
                 kernels().columns(rows, block.data(), panels, stride,
                                   weight != nullptr ? weight + k0 : nullptr, s, s + padded,
                                   s + 2 * padded);
                 relay.check();
               }
             }
           });
  ColumnSums out{std::vector<double>(cols, 0.0), std::vector<double>(cols, 0.0),
                 std::vector<double>(cols, 0.0)};
  for (Index c = 0; c < n_chunks; ++c) {
    const double* s = sums.data() + c * 3 * padded;
    for (Index j = 0; j < cols; ++j) {
      const auto at = static_cast<Index>(j);
      out.sum[j] += s[at];
      out.squares[j] += s[padded + at];
      out.largest[j] = std::max(out.largest[j], s[2 * padded + at]);
    }
  }
  return out;
}

template ColumnSums column_sums<double>(const Source<double>&, const double*, int, Monitor&);
template ColumnSums column_sums<float>(const Source<float>&, const double*, int, Monitor&);

}  // namespace elltwo
