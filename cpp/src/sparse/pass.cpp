#include "sparse/pass.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <limits>

#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"
#include "sparse/row_kernel.hpp"

namespace elltwo {
namespace {

constexpr Index pass_poll_rows = 256;  // rows from one poll of the monitor to the next
constexpr Index values_per_sum = 8;    // values of a piece for each of its p sums, at least
constexpr Index most_pass_pieces = 16;
constexpr Index line = 8;  // doubles of a cache line

}  // namespace

template <Real T>
void multiply_rows(const SparseRows<T>& x, Index begin, Index end, Index k, const double* v,
                   double* out) {
  with_constant(k, [&](auto constant) {
    const RowKernel<decltype(constant)::value, T> kernel{x, k};
    for (Index i = begin; i < end; ++i) kernel.multiply(i, v, out + (i - begin) * k);
  });
}

template <Real T>
void add_transposed_rows(const SparseRows<T>& x, Index begin, Index end, Index k, const double* u,
                         double* out) {
  with_constant(k, [&](auto constant) {
    const RowKernel<decltype(constant)::value, T> kernel{x, k};
    for (Index i = begin; i < end; ++i) kernel.add(i, u + (i - begin) * k, out);
  });
}

template <Real T>
SparsePass<T>::SparsePass(const SparseRows<T>& x, Index most_k, int n_threads)
    : x_(x),
      n_threads_(threads_for(n_threads, 4.0 * static_cast<double>(x.nonzeros() + x.cols))),
      row_size_((most_k + line - 1) / line * line),
      row_(n_threads_ * row_size_) {
  // A power of two of pieces, so that two or four threads finish together.
  const Index worth = x.nonzeros() / (values_per_sum * x.cols);
  const auto pieces = static_cast<Index>(
      std::bit_floor(static_cast<std::size_t>(std::clamp<Index>(worth, 1, most_pass_pieces))));
  const bool worth_a_copy = x.nonzeros() > 100000 && x.rows <= std::numeric_limits<int>::max();
  if (pieces < 2 && worth_a_copy) {
    columns_ = transposed(x);
    column_pieces_ = equal_pieces(*columns_, most_pass_pieces);
    u_ = Buffer<double>(x.rows * most_k);
    pieces_ = equal_pieces(x, most_pass_pieces);
    partial_ = Buffer<double>(most_pass_pieces * most_k);
    return;
  }
  pieces_ = equal_pieces(x, pieces);
  partial_ = Buffer<double>((static_cast<Index>(pieces_.size()) - 1) * (x.cols + 1) * most_k);
}

/// One run over the rows by a team of threads.
template <Real T>
class SparsePass<T>::Team {
 public:
  Team(SparsePass& pass, Index k, const double* v, const RowTransform& transform, Monitor& monitor)
      : pass_(pass), k_(k), v_(v), transform_(transform), monitor_(monitor) {}

  bool stopped() const { return stop_.load(std::memory_order_relaxed); }

  /// X^T U of a piece of rows, or U alone where X is copied by columns.
  void rows(Index piece, int rank) {
    const Index width = pass_.columns_ ? k_ : (pass_.x_.cols + 1) * k_;
    double* out = pass_.partial_.data() + piece * width;
    std::fill_n(out, width, 0.0);
    const auto bounds = pass_.pieces_.begin() + piece;
    const RowWork work = kind();
    for (Index i = bounds[0]; i < bounds[1]; i += pass_poll_rows) {
      if (rank == 0 && monitor_.should_stop()) stop_ = true;
      if (stopped()) return;
      const Index end = std::min(bounds[1], i + pass_poll_rows);
      with_constant(k_, [&](auto constant) {
        const RowKernel<decltype(constant)::value, T> kernel{pass_.x_, k_};
        if (work == RowWork::softmax) visit<RowWork::softmax>(kernel, i, end, rank, out);
        else if (work == RowWork::centre) visit<RowWork::centre>(kernel, i, end, rank, out);
        else visit<RowWork::weighted>(kernel, i, end, rank, out);
      });
    }
  }

 private:
  RowWork kind() const {
    if (transform_.probability != nullptr) return RowWork::softmax;
    const bool plain = v_ != nullptr && transform_.weight == nullptr &&
                       transform_.target == nullptr && transform_.centre != nullptr;
    return plain ? RowWork::centre : RowWork::weighted;
  }

  template <RowWork Work, class Kernel>
  void visit(const Kernel& kernel, Index begin, Index end, int rank, double* out) const {
    if (pass_.columns_) keep<Work>(kernel, begin, end, out);
    else fuse<Work>(kernel, begin, end, rank, out);
  }

  // Adds x_i u_i^T to X^T U as soon as u_i is known, while row i is in the first cache.
  template <RowWork Work, Index K>
  void fuse(const RowKernel<K, T>& kernel, Index begin, Index end, int rank, double* out) const {
    double own[2 * most_constant];  // in registers where k is a constant
    double* f = K > 0 ? own : pass_.row_.data() + rank * pass_.row_size_;
    double* sums = K > 0 ? own + most_constant : out + pass_.x_.cols * k_;
    if (K > 0) std::fill_n(sums, K, 0.0);
    const RowTransform transform = transform_;
    const double* v = v_;
    for (Index i = begin; i < end; ++i) {
      if (Work == RowWork::centre) kernel.multiply(i, v, f);
      else start(kernel, i, f);
      kernel.template change<Work>(transform, i, f, sums);
      kernel.add(i, f, out);
    }
    for (Index t = 0; t < K; ++t) out[pass_.x_.cols * K + t] += sums[t];
  }

  // Stores U for the following pass over the columns.
  template <RowWork Work, class Kernel>
  void keep(const Kernel& kernel, Index begin, Index end, double* sums) const {
    for (Index i = begin; i < end; ++i) {
      double* f = pass_.u_.data() + i * k_;
      start(kernel, i, f);
      kernel.template change<Work>(transform_, i, f, sums);
    }
  }

  template <class Kernel>
  void start(const Kernel& kernel, Index i, double* f) const {
    if (v_ != nullptr) kernel.multiply(i, v_, f);
    else std::fill_n(f, k_, 0.0);
  }

  SparsePass& pass_;
  Index k_;
  const double* v_;
  const RowTransform& transform_;
  Monitor& monitor_;
  std::atomic<bool> stop_{false};
};

template <Real T>
void SparsePass<T>::run(Index k, const double* v, const RowTransform& transform, Monitor& monitor,
                        double* out, double* sums) {
  Team work(*this, k, v, transform, monitor);
  const auto n_pieces = static_cast<Index>(pieces_.size()) - 1;
  constexpr Index part = 8192;
  const Index width = x_.cols * k;
  const Index n_parts =
      columns_ ? static_cast<Index>(column_pieces_.size()) - 1 : (width + part - 1) / part;
  TaskCounter pieces(n_pieces);
  TaskCounter parts(n_parts);
  run_team(n_threads_, [&](TeamMember& member) {
    for (Index c = 0; pieces.next(c);) work.rows(c, member.rank());
    member.barrier();
    if (work.stopped()) return;
    for (Index c = 0; parts.next(c);) {
      if (columns_) {
        const auto piece = column_pieces_.begin() + c;
        multiply_rows(*columns_, piece[0], piece[1], k, u_.data(), out + piece[0] * k);
      } else {
        add_up(k, c * part, std::min(width, (c + 1) * part), out);
      }
    }
  });
  if (work.stopped()) throw Interrupted{};
  const Index offset = columns_ ? 0 : width;
  std::fill_n(sums, k, 0.0);
  for (Index c = 0; c < n_pieces; ++c) {
    for (Index t = 0; t < k; ++t) sums[t] += partial_[c * (offset + k) + offset + t];
  }
}

template <Real T>
void SparsePass<T>::add_up(Index k, Index begin, Index end, double* out) const {
  const Index width = (x_.cols + 1) * k;
  std::copy(partial_.data() + begin, partial_.data() + end, out + begin);
  for (std::size_t c = 1; c + 1 < pieces_.size(); ++c) {
    const double* part = partial_.data() + static_cast<Index>(c) * width;
    for (Index i = begin; i < end; ++i) out[i] += part[i];
  }
}

template class SparsePass<double>;
template class SparsePass<float>;
template void multiply_rows<double>(const SparseRows<double>&, Index, Index, Index, const double*,
                                    double*);
template void multiply_rows<float>(const SparseRows<float>&, Index, Index, Index, const double*,
                                   double*);
template void add_transposed_rows<double>(const SparseRows<double>&, Index, Index, Index,
                                          const double*, double*);
template void add_transposed_rows<float>(const SparseRows<float>&, Index, Index, Index,
                                         const double*, double*);

}  // namespace elltwo
