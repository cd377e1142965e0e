#include "solvers/elastic_net/dense_rows.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "gram/stream.hpp"

namespace elltwo {
namespace {

/// Sums of squares of blocks of rows, which threads hand in in any order, added in that of the
/// rows.
class SquaresOfBlocks {
 public:
  void hand_in(Index k0, std::vector<double> squares) {
    const std::lock_guard guard(lock_);
    blocks_.emplace_back(k0, std::move(squares));
  }

  void add_up(Index n, double* out) {
    std::ranges::sort(blocks_, {}, &std::pair<Index, std::vector<double>>::first);
    std::fill_n(out, n, 0.0);
    for (const auto& [k0, squares] : blocks_) {
      for (Index u = 0; u < n; ++u) out[u] += squares[u];
    }
  }

 private:
  std::mutex lock_;
  std::vector<std::pair<Index, std::vector<double>>> blocks_;
};

}  // namespace

// The rows of the result of the pass are (X'W r, sum w r) for each fit, then (sum w x, sum w), all
// about the means.
template <Real T>
void DenseRows<T>::residuals(Index target, Index n, const double* b, Monitor& monitor, double* q,
                             double* rss) const {
  const Index p = problem_.n_features();
  const bool centred = problem_.centred();
  const Index cols = p + (centred ? 1 : 0), n_out = n + (centred ? 1 : 0);
  std::vector<double> shift(p);
  for (Index j = 0; j < p; ++j) shift[j] = means_.x[j] / problem_.x_scale(j);
  const Source<T> source{
      .x = problem_.data().x,
      .col_shift = shift.data(),
      .col_scale = problem_.scales().x.empty() ? nullptr : problem_.scales().x.data(),
      .row_scale = problem_.sqrt_weight(),
      .ones = centred};
  auto padded = Buffer<double>::zeros(n_out * cols);
  for (Index u = 0; u < n; ++u) std::copy_n(b + u * p, p, padded.data() + u * cols);
  SquaresOfBlocks squares;
  const double y_mean = means_.y[target];
  const auto to_residual = [&](Index k0, Index kc, double* f, Index ld) {
    std::vector<double> own(n, 0.0);
    for (Index u = 0; u < n; ++u) {
      for (Index k = 0; k < kc; ++k) {
        double& r = f[u * ld + k];
        r = problem_.weighted_target(k0 + k, target, y_mean) - r;
        own[u] += r * r;
      }
    }
    for (Index k = 0; centred && k < kc; ++k) {
      f[n * ld + k] = problem_.sqrt_weight() != nullptr ? problem_.sqrt_weight()[k0 + k] : 1.0;
    }
    squares.hand_in(k0, std::move(own));
  };
  const auto sums =
      stream_pass(source, n_out, padded.data(), to_residual, problem_.options().n_threads, monitor);
  squares.add_up(n, rss);
  for (Index u = 0; u < n; ++u) {
    std::copy_n(sums.data() + u * cols, p, q + u * p);
    if (!centred) continue;
    const double* offset = sums.data() + n * cols;
    const double sum = sums[u * cols + p], mean = sum / offset[p];
    for (Index j = 0; j < p; ++j) q[u * p + j] -= mean * offset[j];
    rss[u] = std::max(rss[u] - mean * sum, 0.0);
  }
}

template class DenseRows<double>;
template class DenseRows<float>;

}  // namespace elltwo
