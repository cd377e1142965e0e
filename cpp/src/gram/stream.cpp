#include "gram/stream.hpp"

#include <algorithm>
#include <vector>

#include "kernels/table.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index stream_block_bytes = 512 * 1024;  // of packed rows, in the second cache
constexpr Index max_stream_chunks = 16;
// Numbers in the sums of all chunks together; where more chunks would need more, few_chunks are
// used.
constexpr Index most_sums = Index{1} << 21;
constexpr Index few_chunks = 4;
// Operations of a chunk, about.
constexpr double stream_chunk_operations = 2e6;

/// How the rows of a pass are cut into chunks and blocks.
struct PassShape {
  Index width, panels, padded, kc, ld, panel_stride, n_chunks, n_blocks;

  PassShape(Index rows, Index cols, Index n_targets)
      : width(kernels().width_f64),
        panels((cols + width - 1) / width),
        padded(panels * width),
        kc(std::min(rows, std::clamp<Index>(stream_block_bytes / (padded * 8) / 8 * 8, 8, 256))),
        ld(kc + 8),  // not a power of two, so that targets fall in different cache sets
        panel_stride(kc * width + width),
        n_blocks((rows + kc - 1) / kc) {
    const double work = 4.0 * static_cast<double>(rows) * cols * n_targets;
    n_chunks = static_cast<Index>(
        std::clamp<double>(work / stream_chunk_operations, 1, max_stream_chunks));
    n_chunks =
        std::min({n_chunks, n_blocks, std::max(few_chunks, most_sums / (padded * n_targets))});
  }

  /// About the number of steps of the loops of both products for a block.
  Index steps(Index kc_now, Index n_targets) const {
    constexpr Index together = 6;  // targets, with 4 rows or 4 panels
    return (n_targets + together - 1) / together * panels * kc_now / 2;
  }
};

}  // namespace

template <Real S>
Buffer<double> stream_pass(const Source<S>& source, Index n_targets, const double* coef,
                           const RowMap& map, int n_threads, Monitor& monitor) {
  const Index cols = source.cols();
  const PassShape shape(source.rows(), cols, n_targets);
  auto padded_coef = Buffer<double>::zeros(n_targets * shape.padded);
  for (Index t = 0; t < n_targets; ++t) {
    std::copy_n(coef + t * cols, cols, padded_coef.data() + t * shape.padded);
  }
  std::vector<Buffer<double>> partial(shape.n_chunks);
  TaskCounter chunks(shape.n_chunks);
  Relay relay(monitor);
  const int team =
      threads_for(n_threads, static_cast<double>(shape.n_chunks) * stream_chunk_operations);
  run_team(static_cast<int>(std::min<Index>(team, shape.n_chunks)), [&](TeamMember&) {
    Buffer<double> block(shape.panels * shape.panel_stride);
    Buffer<double> z(n_targets * shape.ld);
    for (Index c = 0; chunks.next(c);) {
      auto& acc = partial[c];
      acc = Buffer<double>::zeros(n_targets * shape.padded);
      const Index last = (c + 1) * shape.n_blocks / shape.n_chunks;
      for (Index b = c * shape.n_blocks / shape.n_chunks; b < last; ++b) {
        const Index k0 = b * shape.kc;
        const Index kc = std::min(shape.kc, source.rows() - k0);
        const Index next = b + 1 < last ? std::min(shape.kc, source.rows() - k0 - kc) : 0;
        Ahead ahead = lines_of(source, k0 + kc, next);
        ahead.spread(shape.steps(kc, n_targets));
        kernels().pack<S, double>()(source, k0, kc, 0, shape.panels, block.data(),
                                    shape.panel_stride);
        kernels().forward(kc, block.data(), shape.panels, shape.panel_stride, padded_coef.data(),
                          shape.padded, n_targets, z.data(), shape.ld, ahead);
        map(k0, kc, z.data(), shape.ld);
        kernels().adjoint(kc, block.data(), shape.panels, shape.panel_stride, z.data(), shape.ld,
                          n_targets, acc.data(), shape.padded, ahead);
        relay.check();
      }
    }
  });
  for (std::size_t c = 1; c < partial.size(); ++c) {
    for (Index i = 0; i < partial[0].size(); ++i) partial[0][i] += partial[c][i];
  }
  Buffer<double> adjoint(n_targets * cols);
  for (Index t = 0; t < n_targets; ++t) {
    std::copy_n(partial[0].data() + t * shape.padded, cols, adjoint.data() + t * cols);
  }
  return adjoint;
}

template Buffer<double> stream_pass<double>(const Source<double>&, Index, const double*,
                                            const RowMap&, int, Monitor&);
template Buffer<double> stream_pass<float>(const Source<float>&, Index, const double*,
                                           const RowMap&, int, Monitor&);

}  // namespace elltwo
