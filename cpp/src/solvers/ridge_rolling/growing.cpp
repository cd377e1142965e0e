#include <algorithm>
#include <cmath>
#include <mutex>

#include "parallel/team.hpp"
#include "solvers/ridge_rolling/steps.hpp"

namespace elltwo {
namespace {

// Rows of a chunk, at least.
constexpr Index shortest_chunk = 64;
constexpr Index most_growing_chunks = 128;
// Numbers in the moments of all chunks together.
constexpr Index most_moments = 1 << 23;
// Rows that are packed together.
constexpr Index piece = 32;

/// Chunks of consecutive rows, one in each lane: first the moments of each chunk, then those of all
/// rows before each, then the fits. Its functions throw Interrupted.
template <Real T>
class Growing {
 public:
  Growing(RollingSteps<T>& steps, Index length)
      : steps_(steps),
        width_(steps.kernels.width),
        length_(length),
        row_(steps.shape.row() * width_),
        moments_(steps.shape.moments() * width_),
        packed_((piece + 1) * row_),
        work_(window::work_size(steps.shape) * width_),
        fits_(piece * width_ * steps.record()) {}

  /// Adds the moments of chunks first, first + 1, ..., one in each lane, to `moments`, which hold
  /// zeros.
  void sum(Index first, Relay& relay, double* moments) {
    over_pieces(first, relay, [&](Index, Index n) {
      steps_.kernels.sums({.shape = steps_.shape,
                           .rows = packed_.data(),
                           .row_step = row_,
                           .n_rows = n,
                           .decay = steps_.decay,
                           .start = moments,
                           .moments = moments,
                           .work = work_.data()});
    });
  }

  /// Fits the steps of these chunks, given the moments of all rows before each.
  void fit(Index first, Relay& relay, double* moments, RollingWorst& worst) {
    over_pieces(first, relay, [&](Index begin, Index n) {
      steps_.kernels.fits({.shape = steps_.shape,
                           .rows = packed_.data(),
                           .n_rows = n,
                           .decay = steps_.decay,
                           .running = moments,
                           .penalty = steps_.rows.penalties().data(),
                           .work = work_.data(),
                           .fits = fits_.data(),
                           .fits_step = steps_.record()});
      for (Index lane = 0; lane < width_; ++lane) {
        const Index at = (first + lane) * length_ + begin;
        write_fits(steps_, at, n, fits_.data() + lane * steps_.record(), worst);
      }
    });
  }

 private:
  template <class Work>
  void over_pieces(Index first, Relay& relay, Work work) {
    for (Index begin = 0; begin < length_; begin += piece) {
      relay.check();
      const Index n = std::min(piece, length_ - begin);
      steps_.rows.pack(first * length_ + begin, length_, n + 1, steps_.kernels, packed_.data());
      work(begin, n);
    }
  }

  RollingSteps<T>& steps_;
  Index width_;
  Index length_;
  Index row_;
  Index moments_;
  Buffer<double> packed_;
  Buffer<double> work_;
  Buffer<double> fits_;
};

/// The moments of one lane among those of `width` lanes.
struct Lane {
  double* at;
  Index width;
  double& operator[](Index k) const { return at[k * width]; }
};

// a = moments of the rows of a, decayed, and of b together (Chan, Golub and LeVeque 1983).
void append(const window::Shape& shape, Lane a, Lane b, double decay) {
  const double wa = a[shape.weight()] * decay;
  const double wb = b[shape.weight()];
  const double weight = wa + wb;
  // The step from no mean to one of large numbers would round its low part away.
  if (!(wa > 0.0) && wb > 0.0) {
    for (Index k = 0; k < shape.moments(); ++k) a[k] = b[k];
    return;
  }
  const double share = weight > 0.0 ? wb / weight : 0.0;
  const double factor = shape.centred ? wa * share : 0.0;
  const Index columns = shape.columns();
  std::vector<double> gap(columns);
  for (Index k = 0; k < columns; ++k) {
    double& mean = a[shape.mean() + k];
    double& low = a[shape.mean_low() + k];
    const double d = (b[shape.mean() + k] - mean) + (b[shape.mean_low() + k] - low);
    gap[k] = d;
    const double step = low + d * share;
    const double moved = mean + step;
    low = step - (moved - mean);
    mean = moved;
  }
  const auto add = [&](Index at, Index i, Index j) {
    const double between = factor * gap[i] * gap[j];
    a[at] = a[at] * decay + b[at] + between;
  };
  Index at = shape.second();
  for (Index i = 0; i < columns; ++i) {
    for (Index j = 0; j < std::min(i + 1, shape.features); ++j) add(at++, i, j);
    if (i >= shape.features) add(shape.square_y() + i - shape.features, i, i);
  }
  a[shape.weight()] = weight;
  double& squared = a[shape.weight_squared_decay()];
  squared = squared * decay * decay + b[shape.weight_squared_decay()];
}

// Replaces the moments of each chunk by those of all rows before it.
void scan_chunks(const window::Shape& shape, Index width, Index n_chunks, double decay,
                 Buffer<double>& moments) {
  std::vector<double> running(shape.moments());
  std::vector<double> own(running.size());
  for (Index chunk = 0; chunk < n_chunks; ++chunk) {
    const Lane lane{moments.data() + chunk / width * shape.moments() * width + chunk % width,
                    width};
    for (Index k = 0; k < shape.moments(); ++k) {
      own[k] = lane[k];
      lane[k] = running[k];
    }
    append(shape, {running.data(), 1}, {own.data(), 1}, decay);
  }
}

}  // namespace

template <Real T>
void fit_growing(RollingSteps<T>& steps, Relay& relay, int n_threads, RollingWorst& worst) {
  const Index n = steps.rows.size();
  const Index width = steps.kernels.width;
  const Index affordable =
      std::clamp(most_moments / steps.shape.moments(), width, most_growing_chunks);
  const Index length = std::max(shortest_chunk, (n + affordable - 1) / affordable);
  const Index n_chunks = (n + length - 1) / length;
  const Index groups = (n_chunks + width - 1) / width;
  const Index moments = steps.shape.moments() * width;
  auto before = Buffer<double>::zeros(groups * moments);
  TaskCounter sums(groups);
  TaskCounter fits(groups);
  std::mutex lock;
  const double decay = std::pow(steps.decay, static_cast<double>(length));
  const auto over = [&](TaskCounter& tasks, auto work) {
    run_team(n_threads, [&](TeamMember&) {
      Growing<T> growing(steps, length);
      RollingWorst mine;
      for (Index task = 0; tasks.next(task);) {
        work(growing, task * width, before.data() + task * moments, mine);
      }
      const std::lock_guard guard(lock);
      worst.take(mine);
    });
  };
  if (n_chunks > 1) {
    over(sums, [&](auto& growing, Index first, double* m, RollingWorst&) {
      growing.sum(first, relay, m);
    });
    scan_chunks(steps.shape, width, n_chunks, decay, before);
  }
  over(fits, [&](auto& growing, Index first, double* m, RollingWorst& mine) {
    growing.fit(first, relay, m, mine);
  });
}

template void fit_growing<double>(RollingSteps<double>&, Relay&, int, RollingWorst&);
template void fit_growing<float>(RollingSteps<float>&, Relay&, int, RollingWorst&);

}  // namespace elltwo
