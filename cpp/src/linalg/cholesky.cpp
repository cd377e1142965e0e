#include "linalg/cholesky.hpp"

#include <algorithm>
#include <atomic>

#include "linalg/lapack.hpp"
#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index tile = 128;             // rows and columns of a tile
constexpr Index unblocked_limit = 256;  // order up to which LAPACK factors the whole matrix

/// Right-looking Cholesky factorisation, one column of tiles at a time.
template <Real T>
class TiledCholesky {
 public:
  TiledCholesky(Index n, T* a, Index lda) : n_(n), a_(a), lda_(lda) {}

  bool run(int n_threads, Monitor& monitor) {
    std::atomic<Index> next[2] = {0, 0};
    std::atomic<bool> failed{false};
    std::atomic<bool> stop{false};
    // A step on a large matrix takes seconds. Who stops within one still meets the barriers.
    const auto going_on = [&](const TeamMember& member) {
      if (member.rank() == 0 && monitor.should_stop()) stop = true;
      return !stop.load(std::memory_order_relaxed);
    };
    run_team(n_threads, [&](TeamMember& member) {
      for (Index k = 0; k < tiles(); ++k) {
        if (member.rank() == 0) {
          if (!factor_diagonal(k)) failed = true;
          going_on(member);
          next[0] = 0;
          next[1] = 0;
        }
        member.barrier();
        if (failed || stop) return;
        for (Index i; going_on(member) && (i = k + 1 + next[0].fetch_add(1)) < tiles();) {
          solve_panel(i, k);
        }
        member.barrier();
        const Index rest = tiles() - k - 1;
        for (Index t; going_on(member) && (t = next[1].fetch_add(1)) < rest * (rest + 1) / 2;) {
          update_tile(t, k);
        }
        member.barrier();
      }
    });
    if (stop) throw Interrupted{};
    return !failed;
  }

 private:
  Index tiles() const { return (n_ + tile - 1) / tile; }
  Index size(Index i) const { return std::min(tile, n_ - i * tile); }
  T* at(Index i, Index j) const { return a_ + i * tile + j * tile * lda_; }

  bool factor_diagonal(Index k) const {
    return lapack::potrf(blas::Uplo::lower, size(k), at(k, k), lda_);
  }

  void solve_panel(Index i, Index k) const {
    blas::trsm(blas::Side::right, blas::Uplo::lower, blas::Op::transpose, size(i), size(k),
               at(k, k), lda_, at(i, k), lda_);
  }

  // Updates trailing tile number t, counted along the columns of the lower triangle, by column k.
  void update_tile(Index t, Index k) const {
    Index j = k + 1;
    for (Index column = tiles() - j; t >= column; --column) {
      t -= column;
      ++j;
    }
    const Index i = j + t;
    if (i == j) {
      blas::syrk(blas::Uplo::lower, size(i), size(k), T{-1}, at(i, k), lda_, T{1}, at(i, i), lda_);
    } else {
      blas::gemm(blas::Op::none, blas::Op::transpose, size(i), size(j), size(k), T{-1}, at(i, k),
                 lda_, at(j, k), lda_, T{1}, at(i, j), lda_);
    }
  }

  Index n_;
  T* a_;
  Index lda_;
};

}  // namespace

template <Real T>
bool cholesky(Index n, T* a, Index lda, int n_threads, Monitor& monitor) {
  if (n <= unblocked_limit) return lapack::potrf(blas::Uplo::lower, n, a, lda);
  const double work = static_cast<double>(n) * n * n / 3.0;
  return TiledCholesky<T>(n, a, lda).run(threads_for(n_threads, work), monitor);
}

template bool cholesky<double>(Index, double*, Index, int, Monitor&);
template bool cholesky<float>(Index, float*, Index, int, Monitor&);

}  // namespace elltwo
