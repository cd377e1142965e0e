#include "gram/gram.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <vector>

#include "gram/tile_plan.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

// Size of the Gram matrix G up to which every chunk of rows has a G of its own.
constexpr Index private_gram_bytes = 768 * 1024;
// Size of G up to which each half of the rows has a G of its own.
constexpr Index halved_gram_bytes = 4 * 1024 * 1024;
// Memory of the G of all chunks together.
constexpr Index chunk_memory_bytes = 4 * 1024 * 1024;
constexpr Index max_gram_chunks = 32;

/// Chunks of rows, each with a G of its own. They are added in the order of a binary tree.
template <Real S, Real T>
class ChunkedGram {
 public:
  ChunkedGram(const Source<S>& source, const TilePlan<T>& plan)
      : source_(source), plan_(plan), n_blocks_((source.rows() + plan.kc - 1) / plan.kc) {
    const double work = static_cast<double>(source.rows()) * plan.cols * plan.cols;
    const Index by_memory = chunk_memory_bytes / (plan.square_size() * Index{sizeof(double)});
    const auto by_work = static_cast<Index>(std::min(work / gram_chunk_operations, 1e6));
    n_chunks_ = std::clamp<Index>(std::min(by_memory, by_work), 1, max_gram_chunks);
    n_chunks_ = std::min(n_chunks_, n_blocks_);
  }

  Buffer<double> run(int n_threads, Monitor& monitor) {
    std::vector<Buffer<double>> partial(n_chunks_);
    TaskCounter chunks(n_chunks_);
    Relay relay(monitor);
    run_team(static_cast<int>(std::min<Index>(n_threads, n_chunks_)), [&](TeamMember&) {
      Buffer<T> block(plan_.block_size());
      for (Index c = 0; chunks.next(c);) {
        auto& mine = partial[c];
        mine = Buffer<double>::zeros(plan_.gram_size());
        const Index last = (c + 1) * n_blocks_ / n_chunks_;
        for (Index b = c * n_blocks_ / n_chunks_; b < last; ++b) {
          add_block(b, b + 1 < last, block.data(), mine.data());
          relay.check();
        }
      }
    });
    for (Index step = 1; step < n_chunks_; step *= 2) {
      for (Index c = 0; c + step < n_chunks_; c += 2 * step) {
        double* into = partial[c].data();
        const double* from = partial[c + step].data();
        for (Index i = 0; i < plan_.gram_size(); ++i) into[i] += from[i];
      }
    }
    return std::move(partial[0]);
  }

 private:
  void add_block(Index b, bool more, T* block, double* g) const {
    const Index k0 = b * plan_.kc;
    const Index kc = std::min(plan_.kc, source_.rows() - k0);
    plan_.pack(source_, k0, kc, 0, plan_.panels, block);
    const Index next = k0 + kc;
    Ahead ahead = lines_of(source_, next, more ? std::min(plan_.kc, source_.rows() - next) : 0);
    plan_.multiply(kc, block, g, ahead);
  }

  const Source<S>& source_;
  const TilePlan<T>& plan_;
  Index n_blocks_;
  Index n_chunks_;
};

/// One G that all threads add to: in every phase they multiply tiles of one packed block of rows
/// and pack the next block. A tile adds blocks in order, whichever threads compute it.
template <Real S, Real T>
class SharedGram {
 public:
  SharedGram(const Source<S>& source, const TilePlan<T>& plan, Index row_begin, Index row_end)
      : source_(source),
        plan_(plan),
        row_begin_(row_begin),
        row_end_(row_end),
        n_blocks_((row_end - row_begin + plan.kc - 1) / plan.kc) {
    list_tile_tasks();
  }

  Buffer<double> run(int n_threads, Monitor& monitor) {
    auto g = Buffer<double>::zeros(plan_.gram_size());
    std::array<Buffer<T>, 2> blocks{Buffer<T>(plan_.block_size()), Buffer<T>(plan_.block_size())};
    std::array<std::atomic<Index>, 2> next{0, 0};
    // A phase and not a flag, so that a member that reads it late does not leave one barrier too
    // early.
    std::atomic<Index> last_phase{n_blocks_};
    std::atomic<bool> skip{false};  // the rest of a phase, which lasts seconds on many columns
    run_team(n_threads, [&](TeamMember& member) {
      for (Index phase = -1; phase < n_blocks_; ++phase) {
        auto& counter = next[phase & 1];
        const T* current = blocks[phase & 1].data();
        T* following = blocks[(phase + 1) & 1].data();
        work_off(phase, counter, current, following, g.data(), [&] {
          if (member.rank() == 0 && monitor.should_stop()) skip.store(true);
          return skip.load(std::memory_order_relaxed);
        });
        if (member.rank() == 0 && monitor.should_stop()) last_phase.store(phase);
        member.barrier();
        if (last_phase.load() <= phase) return;
        // This counter is used again two phases later; the other one is in use now.
        if (member.rank() == 0) counter.store(0, std::memory_order_relaxed);
      }
    });
    if (last_phase.load() < n_blocks_) throw Interrupted{};
    return g;
  }

 private:
  struct TileTask {
    Index row_begin, row_end, col_begin, col_end;
  };

  void list_tile_tasks() {
    const Index super = std::max<Index>(1, plan_.superblock_cols / plan_.width);
    const Index group = std::max<Index>(1, plan_.task_cols / plan_.width);
    for (Index col = 0; col < plan_.panels; col += super) {
      const Index col_end = std::min(col + super, plan_.panels);
      for (Index row = 0; row < col_end; row += group) {
        tasks_.push_back({row, std::min(row + group, col_end), col, col_end});
      }
    }
  }

  // Does tasks until none is left or skip() says so: multiplications of block `phase`, then
  // packing of block `phase +
  // 1`.
  template <class Skip>
  void work_off(Index phase, std::atomic<Index>& counter, const T* current, T* following, double* g,
                Skip skip) const {
    const auto n_tiles = phase < 0 ? Index{0} : static_cast<Index>(tasks_.size());
    const Index n_pack = pack_tasks(phase + 1);
    while (!skip()) {
      const Index task = counter.fetch_add(1, std::memory_order_relaxed);
      if (task >= n_tiles + n_pack) return;
      if (task < n_tiles) multiply(task, phase, current, g);
      else pack(task - n_tiles, phase + 1, following);
    }
  }

  Index rows_in(Index block) const {
    return std::clamp<Index>(row_end_ - row_begin_ - block * plan_.kc, 0, plan_.kc);
  }

  // No lines of X are prefetched here: beside two packed blocks the cache has no room for them.
  void multiply(Index number, Index phase, const T* block, double* g) const {
    const auto& task = tasks_[number];
    const Index kc = rows_in(phase);
    Ahead nothing;
    for (Index i = task.row_begin; i < task.row_end; ++i) {
      plan_.multiply(kc, block, i, task.col_begin, task.col_end, g, nothing);
    }
  }

  // A packing task reads long runs of memory: whole rows, or whole columns of the block.
  bool rows_run() const { return source_.x.col_stride == 1; }

  Index pack_tasks(Index block) const {
    if (rows_in(block) == 0) return 0;
    return rows_run() ? (rows_in(block) + pack_rows - 1) / pack_rows
                      : (plan_.panels + pack_panels - 1) / pack_panels;
  }

  void pack(Index task, Index block, T* out) const {
    const Index first_row = rows_run() ? task * pack_rows : 0;
    const Index rows =
        rows_run() ? std::min(pack_rows, rows_in(block) - first_row) : rows_in(block);
    const Index first_panel = rows_run() ? 0 : task * pack_panels;
    const Index last_panel =
        rows_run() ? plan_.panels : std::min(first_panel + pack_panels, plan_.panels);
    plan_.pack(source_, row_begin_ + block * plan_.kc + first_row, rows, first_panel, last_panel,
               out + first_row * plan_.width);
  }

  static constexpr Index pack_panels = 8;
  static constexpr Index pack_rows = 32;
  const Source<S>& source_;
  const TilePlan<T>& plan_;
  Index row_begin_;
  Index row_end_;
  Index n_blocks_;
  std::vector<TileTask> tasks_;
};

/// A G for each half of the rows, with half of the threads for each, so that two threads never wait
/// for each other.
template <Real S, Real T>
Buffer<double> gram_by_halves(const Source<S>& source, const TilePlan<T>& plan, int n_threads,
                              Monitor& monitor) {
  const Index middle = source.rows() / 2 / plan.kc * plan.kc;
  std::array<Buffer<double>, 2> parts;
  std::atomic<bool> stop{false};
  TaskCounter halves(2);
  run_team(std::min(n_threads, 2), [&](TeamMember& member) {
    // Only the calling thread polls the caller's monitor; the other one reads the result.
    Monitor relay([](void* flag) noexcept { return static_cast<std::atomic<bool>*>(flag)->load(); },
                  &stop);
    Monitor& mine = member.rank() == 0 ? monitor : relay;
    const int threads = std::max(1, n_threads / member.size());
    for (Index half = 0; halves.next(half);) {
      SharedGram<S, T> part(source, plan, half == 0 ? 0 : middle,
                            half == 0 ? middle : source.rows());
      if (!completed([&] { parts[half] = part.run(threads, mine); })) stop = true;
    }
  });
  if (stop) throw Interrupted{};
  auto& g = parts[0];
  for (Index i = 0; i < plan.gram_size(); ++i) g[i] += parts[1][i];
  return std::move(g);
}

}  // namespace

void GramMatrix::add(const GramMatrix& other, double times, Index n_x) {
  for (Index i = 0; i < n_x; ++i) {
    double* row = values_.data() + i * ld_;
    const double* more = other.values_.data() + i * ld_;
    for (Index j = i; j < cols_; ++j) row[j] += times * more[j];
  }
  const Index last = cols_ - 1;
  for (Index i = n_x; i < cols_; ++i) {
    (*this)(i, i) += times * other(i, i);
    if (last != i) (*this)(i, last) += times * other(i, last);
  }
}

GramMatrix GramMatrix::copy() const {
  Buffer<double> values(size());
  std::copy_n(data(), size(), values.data());
  return with(std::move(values));
}

GramMatrix GramMatrix::with_full_rows() && {
  if (full_rows_ >= cols_) return std::move(*this);
  GramMatrix full(cols_, ld_, Buffer<double>::zeros(cols_ * ld_));
  std::copy_n(data(), full_rows_ * ld_, full.data());
  for (Index i = full_rows_; i < cols_; ++i) {
    full(i, i) = (*this)(i, i);
    full(i, cols_ - 1) = (*this)(i, cols_ - 1);
  }
  return full;
}

template <Real S, Real T>
GramMatrix gram(const Source<S>& source, int n_threads, Monitor& monitor) {
  const TilePlan<T> plan(source.rows(), source.x.cols, source.cols(), std::same_as<S, T>);
  if (source.rows() == 0) {
    return plan.matrix(Buffer<double>::zeros(plan.gram_size()));
  }
  const double work = static_cast<double>(source.rows()) * plan.cols * plan.cols;
  const int team = threads_for(n_threads, work);
  Buffer<double> values;
  const Index gram_bytes = plan.square_size() * Index{sizeof(double)};
  if (gram_bytes <= private_gram_bytes) {
    values = ChunkedGram<S, T>(source, plan).run(team, monitor);
  } else if (gram_bytes <= halved_gram_bytes && source.rows() >= 8 * plan.kc) {
    values = gram_by_halves<S, T>(source, plan, team, monitor);
  } else {
    values = SharedGram<S, T>(source, plan, 0, source.rows()).run(team, monitor);
  }
  return plan.matrix(std::move(values));
}

template GramMatrix gram<double, double>(const Source<double>&, int, Monitor&);
template GramMatrix gram<float, float>(const Source<float>&, int, Monitor&);
template GramMatrix gram<float, double>(const Source<float>&, int, Monitor&);
template GramMatrix gram<double, float>(const Source<double>&, int, Monitor&);

}  // namespace elltwo
