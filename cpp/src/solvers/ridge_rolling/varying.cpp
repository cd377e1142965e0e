#include <algorithm>
#include <cmath>
#include <mutex>
#include <vector>

#include "parallel/team.hpp"
#include "solvers/ridge_rolling/steps.hpp"

namespace elltwo {
namespace {

/// Steps `first`, ..., `last` - 1, all of whose windows begin at row `first` or before: a window is
/// the end of the rows before the block and the beginning of the block.
struct Block {
  Index first = 0;
  Index last = 0;
  Index length() const { return last - first; }
};

/// The longest blocks with this property, one after another. Of windows of one length these are the
/// blocks of fit_windows().
std::vector<Block> blocks_of(std::span<const Index> starts) {
  std::vector<Block> blocks(1);
  for (Index i = 0; i < static_cast<Index>(starts.size()); ++i) {
    if (starts[i] > blocks.back().first) blocks.push_back({i, i});
    blocks.back().last = i + 1;
  }
  return blocks;
}

/// Fits several blocks, one in each lane. Rows leave the windows of the lanes at different steps,
/// so that between two steps a lane adds as many rows to its end of the rows before the block as
/// the lane that needs most; those it does not have get weight zero, which changes nothing. Ends
/// are summed twice, as by fit_windows().
template <Real T>
class Varying {
 public:
  Varying(RollingSteps<T>& steps, Index longest)
      : steps_(steps),
        starts_(steps.rows.data().starts),
        width_(steps.kernels.width),
        most_(piece_of(longest)),
        row_(steps.shape.row() * width_),
        moments_(steps.shape.moments() * width_),
        blocks_(width_),
        rows_(width_),
        packed_((most_ + 1) * row_),
        checkpoints_((most_ + 3) * moments_),
        ends_((most_ + 1) * moments_),
        running_(moments_),
        work_(window::work_size(steps.shape) * width_),
        fits_(most_ * width_ * steps.record()) {}

  /// Memory for the moments of one thread.
  static double bytes(const RollingSteps<T>& steps, Index longest) {
    return 2.0 * static_cast<double>(piece_of(longest) + 4) * 8.0 *
           static_cast<double>(steps.shape.moments() * steps.kernels.width);
  }

  /// Fits the steps of at most `width` blocks. Throws Interrupted.
  void run(std::span<const Block> blocks, Relay& relay, RollingWorst& worst) {
    std::ranges::fill(blocks_, Block{});
    std::ranges::copy(blocks, blocks_.begin());
    length_ = 0;
    for (const Block& block : blocks) length_ = std::max(length_, block.length());
    piece_ = piece_of(length_);
    pieces_ = (length_ + piece_ - 1) / piece_;
    sum_ends(relay);
    running_.fill_zero();
    for (Index piece = 0; piece < pieces_; ++piece) fit(piece, relay, worst);
  }

 private:
  // About the square root of the length, so that a block has at most two pieces more than that.
  static Index piece_of(Index length) {
    return std::max<Index>(8, static_cast<Index>(std::sqrt(static_cast<double>(length))));
  }

  // The first row of the window of a lane's step, counted from its block; past the block nothing is
  // left of the rows before it.
  Index start(Index lane, Index step) const {
    const Block& block = blocks_[lane];
    return step < block.length() ? starts_[block.first + step] : block.first;
  }

  // checkpoints[k] = moments of the rows before each block in the window of step k * piece.
  void sum_ends(Relay& relay) {
    double* last = checkpoints_.data() + pieces_ * moments_;
    std::fill_n(last, moments_, 0.0);
    for (Index k = pieces_ - 1; k > 0; --k, last -= moments_) {
      add_left(k * piece_, (k + 1) * piece_, last, last - moments_, relay);
    }
  }

  // moments = `after` and the rows of each lane that are in the window of step `from` and in that
  // of step `to` no more, the last one first.
  void add_left(Index from, Index to, const double* after, double* moments, Relay& relay) {
    relay.check();
    Index most = 0;
    for (Index lane = 0; lane < width_; ++lane) {
      most = std::max(most, start(lane, to) - start(lane, from));
    }
    if (most == 0) std::copy_n(after, moments_, moments);
    for (Index done = 0; done < most; done += most_) {
      if (done > 0) relay.check();
      const Index n = std::min(most_, most - done);
      for (Index k = 0; k < n; ++k) {
        for (Index lane = 0; lane < width_; ++lane) {
          const Index row = start(lane, to) - 1 - done - k;
          rows_[lane] = row < start(lane, from) ? -1 : row;
        }
        steps_.rows.pack_row(rows_.data(), steps_.kernels, packed_.data() + k * row_);
      }
      steps_.kernels.sums({.shape = steps_.shape,
                           .rows = packed_.data(),
                           .row_step = row_,
                           .n_rows = n,
                           .start = done == 0 ? after : moments,
                           .moments = moments,
                           .work = work_.data()});
    }
  }

  // Packs steps begin, ..., end of each block; that past the last one is the row it predicts.
  void pack_steps(Index begin, Index end) {
    for (Index step = begin; step <= end; ++step) {
      for (Index lane = 0; lane < width_; ++lane) {
        const Block& block = blocks_[lane];
        const Index row = block.first + step;
        rows_[lane] = step > block.length() || row >= steps_.rows.size() ? -1 : row;
      }
      steps_.rows.pack_row(rows_.data(), steps_.kernels, packed_.data() + (step - begin) * row_);
    }
  }

  void fit(Index piece, Relay& relay, RollingWorst& worst) {
    const Index begin = piece * piece_;
    const Index end = std::min(length_, begin + piece_);
    const Index n = end - begin;
    // ends[k] = moments of the rows before each block in the window of step begin + k.
    double* last = ends_.data() + n * moments_;
    std::copy_n(checkpoints_.data() + (piece + 1) * moments_, moments_, last);
    for (Index step = end - 1; step >= begin; --step, last -= moments_) {
      add_left(step, step + 1, last, last - moments_, relay);
    }
    pack_steps(begin, end);
    steps_.kernels.fits({.shape = steps_.shape,
                         .rows = packed_.data(),
                         .n_rows = n,
                         .running = running_.data(),
                         .others = ends_.data(),
                         .others_step = moments_,
                         .penalty = steps_.rows.penalties().data(),
                         .work = work_.data(),
                         .fits = fits_.data(),
                         .fits_step = steps_.record()});
    for (Index lane = 0; lane < width_; ++lane) {
      const Index own = std::clamp<Index>(blocks_[lane].length() - begin, 0, n);
      write_fits(steps_, blocks_[lane].first + begin, own, fits_.data() + lane * steps_.record(),
                 worst);
    }
  }

  RollingSteps<T>& steps_;
  std::span<const Index> starts_;
  Index width_;
  Index most_;  // steps of a piece, at most
  Index row_;
  Index moments_;
  Index length_ = 0;  // of the longest block at hand
  Index piece_ = 0;
  Index pieces_ = 0;
  std::vector<Block> blocks_;
  std::vector<Index> rows_;
  Buffer<double> packed_;
  Buffer<double> checkpoints_;
  Buffer<double> ends_;
  Buffer<double> running_;
  Buffer<double> work_;
  Buffer<double> fits_;
};

}  // namespace

template <Real T>
void fit_varying(RollingSteps<T>& steps, Relay& relay, int n_threads, RollingWorst& worst) {
  auto blocks = blocks_of(steps.rows.data().starts);
  // Blocks of about one length share the lanes; long ones are begun first.
  std::ranges::stable_sort(blocks, std::ranges::greater{}, &Block::length);
  const Index longest = blocks.front().length();
  if (Varying<T>::bytes(steps, longest) > most_bytes_of_moments) {
    leave_to_refits(steps);
    return;
  }
  const auto n = static_cast<Index>(blocks.size());
  const Index width = steps.kernels.width;
  TaskCounter tasks((n + width - 1) / width);
  std::mutex lock;
  run_team(n_threads, [&](TeamMember&) {
    Varying<T> varying(steps, longest);
    RollingWorst mine;
    for (Index task = 0; tasks.next(task);) {
      const Index first = task * width;
      varying.run(std::span(blocks).subspan(first, std::min(width, n - first)), relay, mine);
    }
    const std::lock_guard guard(lock);
    worst.take(mine);
  });
}

template void fit_varying<double>(RollingSteps<double>&, Relay&, int, RollingWorst&);
template void fit_varying<float>(RollingSteps<float>&, Relay&, int, RollingWorst&);

}  // namespace elltwo
