#include <algorithm>
#include <cmath>
#include <mutex>

#include "parallel/team.hpp"
#include "solvers/rolling_steps.hpp"

namespace elltwo {
namespace {

/// Lanes of consecutive blocks, each as long as the window: a window is the end of one block and the
/// beginning of the next. The ends' moments are summed twice, at checkpoints first and from there for all
/// rows between two, so that they stay in the cache.
template <Real T>
class Windows {
 public:
  Windows(RollingSteps<T>& steps, Index length, Index blocks_per_lane)
      : steps_(steps),
        width_(steps.kernels.width),
        length_(length),
        blocks_(blocks_per_lane),
        piece_(std::max<Index>(8, static_cast<Index>(std::sqrt(static_cast<double>(length))))),
        pieces_((length + piece_ - 1) / piece_),
        row_(steps.shape.row() * width_),
        moments_(steps.shape.moments() * width_),
        current_((length + 1) * row_),
        previous_((length + 1) * row_),
        checkpoints_((pieces_ + 1) * moments_),
        ends_((piece_ + 1) * moments_),
        running_(moments_),
        work_(window::work_size(steps.shape) * width_),
        fits_(piece_ * width_ * steps.record()) {}

  /// Lane l takes `blocks_per_lane` blocks from block first_block + l * blocks_per_lane; false if stopped.
  bool run(Index first_block, Monitor& monitor, RollingWorst& worst) {
    pack(first_block, -1);
    sum_ends();
    for (Index b = 0; b < blocks_; ++b) {
      std::swap(current_, previous_);
      pack(first_block, b);
      running_.fill_zero();
      for (Index piece = 0; piece < pieces_; ++piece) {
        if (monitor.should_stop()) return false;
        fit(first_block, b, piece, worst);
      }
      if (b + 1 < blocks_) sum_ends();
    }
    return true;
  }

 private:
  Index first_row(Index first_block, Index lane, Index b) const {
    return (first_block + lane * blocks_ + b) * length_;
  }

  void pack(Index first_block, Index b) {
    steps_.rows.pack(first_row(first_block, 0, b), blocks_ * length_, length_ + 1, steps_.kernels,
                     current_.data());
  }

  // checkpoints[k]: moments of the rows of the current block from k * piece on.
  void sum_ends() {
    double* last = checkpoints_.data() + pieces_ * moments_;
    std::fill_n(last, moments_, 0.0);
    for (Index k = pieces_ - 1; k > 0; --k) {
      double* next = checkpoints_.data() + k * moments_;
      std::copy_n(last, moments_, next);
      sum_back(current_, std::min(length_, (k + 1) * piece_), k * piece_, next, next, 0);
      last = next;
    }
  }

  // Adds rows end - 1, ..., begin.
  void sum_back(const Buffer<double>& packed, Index end, Index begin, const double* start,
                double* moments, Index moments_step) {
    steps_.kernels.sums({.shape = steps_.shape,
                         .rows = packed.data() + (end - 1) * row_,
                         .row_step = -row_,
                         .n_rows = end - begin,
                         .start = start,
                         .moments = moments,
                         .moments_step = moments_step,
                         .work = work_.data()});
  }

  void fit(Index first_block, Index b, Index piece, RollingWorst& worst) {
    const Index begin = piece * piece_;
    const Index end = std::min(length_, begin + piece_);
    const Index n = end - begin;
    // ends[k]: rows of the previous block from begin + 1 + k on.
    double* last = ends_.data() + (n - 1) * moments_;
    std::copy_n(checkpoints_.data() + (piece + 1) * moments_, moments_, last);
    sum_back(previous_, end, begin + 1, last, last - moments_, -moments_);
    steps_.kernels.fits({.shape = steps_.shape,
                         .rows = current_.data() + begin * row_,
                         .n_rows = n,
                         .running = running_.data(),
                         .others = ends_.data(),
                         .others_step = moments_,
                         .penalty = steps_.rows.penalties().data(),
                         .work = work_.data(),
                         .fits = fits_.data(),
                         .fits_step = steps_.record()});
    for (Index lane = 0; lane < width_; ++lane) {
      const Index first = first_row(first_block, lane, b) + begin;
      write_fits(steps_, first, n, fits_.data() + lane * steps_.record(), worst);
    }
  }

  RollingSteps<T>& steps_;
  Index width_;
  Index length_;
  Index blocks_;
  Index piece_;
  Index pieces_;
  Index row_;
  Index moments_;
  Buffer<double> current_;
  Buffer<double> previous_;
  Buffer<double> checkpoints_;
  Buffer<double> ends_;
  Buffer<double> running_;
  Buffer<double> work_;
  Buffer<double> fits_;
};

}  // namespace

template <Real T>
bool fit_windows(RollingSteps<T>& steps, Relay& relay, int n_threads, RollingWorst& worst) {
  const Index n = steps.rows.size();
  const Index length = std::min(steps.options.window, n);
  const Index n_blocks = (n + length - 1) / length;
  // A lane's first block needs the sums of the block before; eight blocks make that a small part.
  constexpr Index most_blocks = 8;
  const Index at_once = steps.kernels.width * n_threads;
  const Index rounds = (n_blocks + at_once * most_blocks - 1) / (at_once * most_blocks);
  const Index per_lane = (n_blocks + at_once * rounds - 1) / (at_once * rounds);
  const Index per_task = per_lane * steps.kernels.width;
  TaskCounter tasks((n_blocks + per_task - 1) / per_task);
  std::mutex lock;
  run_team(n_threads, [&](TeamMember&) {
    Windows<T> windows(steps, length, per_lane);
    Monitor monitor = relay.monitor();
    RollingWorst mine;
    for (Index task = 0; tasks.next(task);) {
      if (!windows.run(task * per_task, monitor, mine)) break;
    }
    const std::lock_guard guard(lock);
    worst.take(mine);
  });
  return !relay.stopped();
}

template bool fit_windows<double>(RollingSteps<double>&, Relay&, int, RollingWorst&);
template bool fit_windows<float>(RollingSteps<float>&, Relay&, int, RollingWorst&);

}  // namespace elltwo
