#include "gram/weighted.hpp"

#include <algorithm>
#include <atomic>

#include "gram/tile_plan.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

// Blocks that are packed together and multiplied scale by scale, so that a scale's G stays in the
// cache.
constexpr Index blocks_at_once = 4;
constexpr Index max_weighted_chunks = 4;

/// Packed blocks of rows, and their products with each row scale.
template <Real S, Real T>
class ScaledBlocks {
 public:
  ScaledBlocks(const Source<S>& source, const TilePlan<T>& plan)
      : source_(source),
        plan_(plan),
        packed_(blocks_at_once * plan.block_size()),
        scaled_(plan.block_size()) {}

  void pack(Index first_block, Index last_block) {
    first_ = first_block;
    last_ = last_block;
    for (Index b = first_; b < last_; ++b) {
      plan_.pack(source_, b * plan_.kc, rows_of(b), 0, plan_.panels,
                 packed_.data() + (b - first_) * plan_.block_size());
    }
  }

  void multiply(const double* row_scale, double* g) {
    for (Index b = first_; b < last_; ++b) {
      scale(packed_.data() + (b - first_) * plan_.block_size(), row_scale + b * plan_.kc,
            rows_of(b));
      Ahead nothing;
      plan_.multiply(rows_of(b), scaled_.data(), g, nothing);
    }
  }

 private:
  Index rows_of(Index b) const { return std::min(plan_.kc, source_.rows() - b * plan_.kc); }

  void scale(const T* packed, const double* row_scale, Index rows) {
    for (Index panel = 0; panel < plan_.panels; ++panel) {
      const T* from = packed + panel * plan_.panel_stride;
      T* to = scaled_.data() + panel * plan_.panel_stride;
      for (Index k = 0; k < rows; ++k) {
        const auto r = static_cast<T>(row_scale[k]);
        for (Index c = 0; c < plan_.width; ++c) {
          to[k * plan_.width + c] = r * from[k * plan_.width + c];
        }
      }
    }
  }

  const Source<S>& source_;
  const TilePlan<T>& plan_;
  Index first_ = 0;
  Index last_ = 0;
  Buffer<T> packed_;
  Buffer<T> scaled_;
};

}  // namespace

template <Real S, Real T>
std::vector<GramMatrix> weighted_grams(const Source<S>& source,
                                       const std::vector<const double*>& row_scales, int n_threads,
                                       Monitor& monitor) {
  const auto count = static_cast<Index>(row_scales.size());
  const TilePlan<T> plan(source.rows(), source.x.cols, source.cols(), false);
  const Index n_blocks = (source.rows() + plan.kc - 1) / plan.kc;
  const double work = static_cast<double>(source.rows() * count) * plan.cols * plan.cols;
  const auto by_work = static_cast<Index>(std::min(work / gram_chunk_operations, 1e6));
  const Index n_chunks = std::min(std::clamp<Index>(by_work, 1, max_weighted_chunks), n_blocks);
  std::vector<Buffer<double>> sums(n_chunks);
  TaskCounter chunks(n_chunks);
  Relay relay(monitor);
  const int team = threads_for(n_threads, work);
  run_team(static_cast<int>(std::min<Index>(team, n_chunks)), [&](TeamMember&) {
    ScaledBlocks<S, T> rows(source, plan);
    for (Index c = 0; chunks.next(c);) {
      auto& mine = sums[c];
      mine = Buffer<double>::zeros(count * plan.gram_size());
      const Index last = (c + 1) * n_blocks / n_chunks;
      for (Index b = c * n_blocks / n_chunks; b < last; b += blocks_at_once) {
        rows.pack(b, std::min(b + blocks_at_once, last));
        for (Index s = 0; s < count; ++s) {
          rows.multiply(row_scales[s], mine.data() + s * plan.gram_size());
        }
        relay.check();
      }
    }
  });
  std::vector<GramMatrix> out;
  for (Index s = 0; s < count; ++s) {
    Buffer<double> g(plan.gram_size());
    std::copy_n(sums[0].data() + s * plan.gram_size(), plan.gram_size(), g.data());
    for (Index c = 1; c < n_chunks; ++c) {
      const double* from = sums[c].data() + s * plan.gram_size();
      for (Index i = 0; i < plan.gram_size(); ++i) g[i] += from[i];
    }
    out.push_back(plan.matrix(std::move(g)));
  }
  return out;
}

template std::vector<GramMatrix> weighted_grams<double, double>(const Source<double>&,
                                                                const std::vector<const double*>&,
                                                                int, Monitor&);
template std::vector<GramMatrix> weighted_grams<double, float>(const Source<double>&,
                                                               const std::vector<const double*>&,
                                                               int, Monitor&);
template std::vector<GramMatrix> weighted_grams<float, double>(const Source<float>&,
                                                               const std::vector<const double*>&,
                                                               int, Monitor&);
template std::vector<GramMatrix> weighted_grams<float, float>(const Source<float>&,
                                                              const std::vector<const double*>&,
                                                              int, Monitor&);

}  // namespace elltwo
