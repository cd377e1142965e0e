#include <algorithm>
#include <cmath>
#include <mutex>

#include "parallel/team.hpp"
#include "solvers/ridge_rolling/steps.hpp"

namespace elltwo {
namespace {

// Of so many features or rows that moments take more than that, every window is fitted from its rows.
constexpr double most_bytes = 1 << 28;

/// Blocks as long as the window, one in each lane: a window is the end of one block and the beginning of the
/// next. The ends' moments are summed twice, at checkpoints first and from there for all
/// rows between two, so that they stay in the cache.
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

  /// What the moments of one thread take.
  static double bytes(const RollingSteps<T>& steps, Index length) {
    const Index piece = piece_of(length);
    return static_cast<double>(length / piece + piece + 4) * 8.0 *
           static_cast<double>(steps.shape.moments() * steps.kernels.width);
  }

  /// Fits the steps of blocks from first_row on; false if interrupted.
  bool run(Index first_row, Monitor& monitor, RollingWorst& worst) {
    if (!sum_ends(first_row - length_, monitor)) return false;
    running_.fill_zero();
    for (Index piece = 0; piece < pieces_; ++piece) {
      if (monitor.should_stop()) return false;
      fit(first_row, piece, worst);
    }
    return true;
  }

 private:
  static Index piece_of(Index length) {
    return std::max<Index>(8, static_cast<Index>(std::sqrt(static_cast<double>(length))));
  }

  // Rows begin, ..., end - 1 of the blocks from first_row on.
  void pack(Index first_row, Index begin, Index end) {
    steps_.rows.pack(first_row + begin, length_, end - begin, steps_.kernels, packed_.data());
  }

  // checkpoints[k]: moments of the blocks' rows from k * piece on.
  bool sum_ends(Index first_row, Monitor& monitor) {
    double* last = checkpoints_.data() + pieces_ * moments_;
    std::fill_n(last, moments_, 0.0);
    for (Index k = pieces_ - 1; k > 0; --k, last -= moments_) {
      if (monitor.should_stop()) return false;
      double* next = last - moments_;
      std::copy_n(last, moments_, next);
      sum_back(first_row, k * piece_, std::min(length_, (k + 1) * piece_), next, next, 0);
    }
    return true;
  }

  // Adds rows end - 1, ..., begin.
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
    // ends[k]: rows of the block before from begin + 1 + k on.
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
bool fit_windows(RollingSteps<T>& steps, Relay& relay, int n_threads, RollingWorst& worst) {
  const Index n = steps.rows.size();
  const Index length = std::min(steps.options.window, n);
  if (Windows<T>::bytes(steps, length) > most_bytes) {
    for (Index i = 0; i < n; ++i) {
      if (steps.has_fit(i)) steps.poor[i] = 1;
      else steps.write_nothing(i);
    }
    return true;
  }
  const Index rows_at_once = length * steps.kernels.width;
  TaskCounter tasks((n + rows_at_once - 1) / rows_at_once);
  std::mutex lock;
  run_team(n_threads, [&](TeamMember&) {
    Windows<T> windows(steps, length);
    Monitor monitor = relay.monitor();
    RollingWorst mine;
    for (Index task = 0; tasks.next(task);) {
      if (!windows.run(task * rows_at_once, monitor, mine)) break;
    }
    const std::lock_guard guard(lock);
    worst.take(mine);
  });
  return !relay.stopped();
}

template bool fit_windows<double>(RollingSteps<double>&, Relay&, int, RollingWorst&);
template bool fit_windows<float>(RollingSteps<float>&, Relay&, int, RollingWorst&);

}  // namespace elltwo
