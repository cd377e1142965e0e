#include <algorithm>
#include <cmath>
#include <mutex>

#include "parallel/team.hpp"
#include "solvers/ridge_rolling/steps.hpp"

namespace elltwo {
namespace {

/// Blocks of rows as long as the window, one in each lane: a window is the end of one block and the
/// beginning of the next. The moments of all ends of a block are summed twice: first at
/// checkpoints, then from a checkpoint for all rows up to the next, so that those in use fit the
/// cache.
template <Real T>
class Windows {
 public:
  Windows(RollingSteps<T>& steps, Index length)
      : steps_(steps),
        width_(steps.kernels.width),
        length_(length),
        piece_(piece_of(length)),
        pieces_((length + piece_ - 1) / piece_),
        row_(steps.shape.row() * width_),
        moments_(steps.shape.moments() * width_),
        packed_((piece_ + 1) * row_),
        checkpoints_((pieces_ + 1) * moments_),
        ends_((piece_ + 1) * moments_),
        running_(moments_),
        work_(window::work_size(steps.shape) * width_),
        fits_(piece_ * width_ * steps.record()) {}

  /// Memory for the moments of one thread.
  static double bytes(const RollingSteps<T>& steps, Index length) {
    const Index piece = piece_of(length);
    return static_cast<double>(length / piece + piece + 4) * 8.0 *
           static_cast<double>(steps.shape.moments() * steps.kernels.width);
  }

  /// Fits the steps of the blocks that begin at first_row. Throws Interrupted.
  void run(Index first_row, Relay& relay, RollingWorst& worst) {
    sum_ends(first_row - length_, relay);
    running_.fill_zero();
    for (Index piece = 0; piece < pieces_; ++piece) {
      relay.check();
      fit(first_row, piece, worst);
    }
  }

 private:
  static Index piece_of(Index length) {
    return std::max<Index>(8, static_cast<Index>(std::sqrt(static_cast<double>(length))));
  }

  // Packs rows begin, ..., end - 1 of the blocks that begin at first_row.
  void pack(Index first_row, Index begin, Index end) {
    steps_.rows.pack(first_row + begin, length_, end - begin, steps_.kernels, packed_.data());
  }

  // checkpoints[k] = moments of rows k * piece, ..., length - 1 of each block.
  void sum_ends(Index first_row, Relay& relay) {
    double* last = checkpoints_.data() + pieces_ * moments_;
    std::fill_n(last, moments_, 0.0);
    for (Index k = pieces_ - 1; k > 0; --k, last -= moments_) {
      relay.check();
      double* next = last - moments_;
      std::copy_n(last, moments_, next);
      sum_back(first_row, k * piece_, std::min(length_, (k + 1) * piece_), next, next, 0);
    }
  }

  // Adds rows end - 1, ..., begin of each block to the moments `start`.
  void sum_back(Index first_row, Index begin, Index end, const double* start, double* moments,
                Index moments_step) {
    pack(first_row, begin, end);
    steps_.kernels.sums({.shape = steps_.shape,
                         .rows = packed_.data() + (end - begin - 1) * row_,
                         .row_step = -row_,
                         .n_rows = end - begin,
                         .start = start,
                         .moments = moments,
                         .moments_step = moments_step,
                         .work = work_.data()});
  }

  void fit(Index first_row, Index piece, RollingWorst& worst) {
    const Index begin = piece * piece_;
    const Index end = std::min(length_, begin + piece_);
    const Index n = end - begin;
    // ends[k] = moments of rows begin + 1 + k, ..., length - 1 of the block before.
    double* last = ends_.data() + (n - 1) * moments_;
    std::copy_n(checkpoints_.data() + (piece + 1) * moments_, moments_, last);
    sum_back(first_row - length_, begin + 1, end, last, last - moments_, -moments_);
    pack(first_row, begin, end + 1);
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
      const Index first = first_row + lane * length_ + begin;
      write_fits(steps_, first, n, fits_.data() + lane * steps_.record(), worst);
    }
  }

  RollingSteps<T>& steps_;
  Index width_;
  Index length_;
  Index piece_;
  Index pieces_;
  Index row_;
  Index moments_;
  Buffer<double> packed_;
  Buffer<double> checkpoints_;
  Buffer<double> ends_;
  Buffer<double> running_;
  Buffer<double> work_;
  Buffer<double> fits_;
};

}  // namespace

template <Real T>
void fit_windows(RollingSteps<T>& steps, Relay& relay, int n_threads, RollingWorst& worst) {
  const Index n = steps.rows.size();
  const Index length = std::min(steps.options.window, n);
  if (Windows<T>::bytes(steps, length) > most_bytes_of_moments) {
    leave_to_refits(steps);
    return;
  }
  const Index rows_at_once = length * steps.kernels.width;
  TaskCounter tasks((n + rows_at_once - 1) / rows_at_once);
  std::mutex lock;
  run_team(n_threads, [&](TeamMember&) {
    Windows<T> windows(steps, length);
    RollingWorst mine;
    for (Index task = 0; tasks.next(task);) windows.run(task * rows_at_once, relay, mine);
    const std::lock_guard guard(lock);
    worst.take(mine);
  });
}

template void fit_windows<double>(RollingSteps<double>&, Relay&, int, RollingWorst&);
template void fit_windows<float>(RollingSteps<float>&, Relay&, int, RollingWorst&);

}  // namespace elltwo
