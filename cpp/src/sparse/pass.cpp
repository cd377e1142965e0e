#include "sparse/pass.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <type_traits>

#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index block_rows = 128;
constexpr Index block_values = 2048;  // stay in the first cache between X V and X^T U
constexpr Index values_per_sum = 8;   // what makes p sums a trifle beside a piece of rows
constexpr Index most_pieces = 16;

// f(K) with k as a constant where it is one of the usual numbers, 0 where not.
template <class F>
void with_constant(Index k, F f) {
  switch (k) {
    case 1:
      return f(std::integral_constant<Index, 1>{});
    case 2:
      return f(std::integral_constant<Index, 2>{});
    case 4:
      return f(std::integral_constant<Index, 4>{});
    case 8:
      return f(std::integral_constant<Index, 8>{});
    default:
      return f(std::integral_constant<Index, 0>{});
  }
}

// One right-hand side. Four sums, or four columns of a row, which differ, do not wait for each other.
template <Real T>
double dot(const std::int32_t* column, const T* value, Index n, const double* v) {
  double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0;
  Index e = 0;
  for (; e + 4 <= n; e += 4) {
    s0 += static_cast<double>(value[e]) * v[column[e]];
    s1 += static_cast<double>(value[e + 1]) * v[column[e + 1]];
    s2 += static_cast<double>(value[e + 2]) * v[column[e + 2]];
    s3 += static_cast<double>(value[e + 3]) * v[column[e + 3]];
  }
  for (; e < n; ++e) s0 += static_cast<double>(value[e]) * v[column[e]];
  return (s0 + s1) + (s2 + s3);
}

template <Real T>
void add_row(const std::int32_t* column, const T* value, Index n, double u, double* out) {
  Index e = 0;
  for (; e + 4 <= n; e += 4) {
    const double g0 = out[column[e]] + u * static_cast<double>(value[e]);
    const double g1 = out[column[e + 1]] + u * static_cast<double>(value[e + 1]);
    const double g2 = out[column[e + 2]] + u * static_cast<double>(value[e + 2]);
    const double g3 = out[column[e + 3]] + u * static_cast<double>(value[e + 3]);
    out[column[e]] = g0;
    out[column[e + 1]] = g1;
    out[column[e + 2]] = g2;
    out[column[e + 3]] = g3;
  }
  for (; e < n; ++e) out[column[e]] += u * static_cast<double>(value[e]);
}

template <Index K, Real T>
void multiply(const SparseRows<T>& x, Index begin, Index end, Index k_any, const double* v,
              double* out) {
  const Index k = K > 0 ? K : k_any;
  for (Index i = begin; i < end; ++i) {
    double* sum = out + (i - begin) * k;
    const Index first = x.start[i];
    const Index n = x.start[i + 1] - first;
    if constexpr (K == 1) {
      *sum = dot(x.column + first, x.value + first, n, v);
    } else {
      std::fill_n(sum, k, 0.0);
      for (Index e = first; e < first + n; ++e) {
        const double* w = v + x.column[e] * k;
        const auto value = static_cast<double>(x.value[e]);
        for (Index t = 0; t < k; ++t) sum[t] += value * w[t];
      }
    }
  }
}

template <Index K, Real T>
void scatter(const SparseRows<T>& x, Index begin, Index end, Index k_any, const double* u,
             double* out, double* sums) {
  const Index k = K > 0 ? K : k_any;
  for (Index i = begin; i < end; ++i) {
    const double* factor = u + (i - begin) * k;
    const Index first = x.start[i];
    const Index n = x.start[i + 1] - first;
    if constexpr (K == 1) {
      add_row(x.column + first, x.value + first, n, *factor, out);
    } else {
      for (Index e = first; e < first + n; ++e) {
        double* to = out + x.column[e] * k;
        const auto value = static_cast<double>(x.value[e]);
        for (Index t = 0; t < k; ++t) to[t] += value * factor[t];
      }
    }
    for (Index t = 0; t < k; ++t) sums[t] += factor[t];
  }
}

template <Real T>
Index end_of_block(const SparseRows<T>& x, Index begin, Index end) {
  Index i = begin + 1;
  const Index last = std::min(end, begin + block_rows);
  while (i < last && x.start[i + 1] - x.start[begin] <= block_values) ++i;
  return i;
}

}  // namespace

template <Real T>
void multiply_rows(const SparseRows<T>& x, Index begin, Index end, Index k, const double* v,
                   double* out) {
  with_constant(
      k, [&](auto constant) { multiply<decltype(constant)::value>(x, begin, end, k, v, out); });
}

template <Real T>
SparsePass<T>::SparsePass(const SparseRows<T>& x, Index most_k, int n_threads)
    : x_(x),
      n_threads_(threads_for(n_threads, 4.0 * static_cast<double>(x.nonzeros() + x.cols))),
      block_(n_threads_ * block_rows * most_k) {
  const Index pieces = x.nonzeros() / (values_per_sum * x.cols);
  const bool worth_a_copy = x.nonzeros() > 100000 && x.rows <= std::numeric_limits<int>::max();
  if (pieces < 2 && worth_a_copy) {
    columns_ = transposed(x);
    column_pieces_ = equal_pieces(*columns_, most_pieces);
    u_ = Buffer<double>(x.rows * most_k);
    pieces_ = equal_pieces(x, most_pieces);
    partial_ = Buffer<double>(most_pieces * most_k);
    return;
  }
  pieces_ = equal_pieces(x, std::clamp<Index>(pieces, 1, most_pieces));
  partial_ = Buffer<double>((static_cast<Index>(pieces_.size()) - 1) * (x.cols + 1) * most_k);
}

/// One run of the team over the rows.
template <Real T>
class SparsePass<T>::Team {
 public:
  Team(SparsePass& pass, Index k, const double* v, const Transform& transform, Monitor& monitor)
      : pass_(pass), k_(k), v_(v), transform_(transform), monitor_(monitor) {}

  bool stopped() const { return stop_.load(std::memory_order_relaxed); }

  void rows(Index piece, int rank) {
    const auto& x = pass_.x_;
    const Index k = k_;
    const bool fused = !pass_.columns_;
    const Index width = fused ? (x.cols + 1) * k : k;
    double* out = pass_.partial_.data() + piece * width;
    std::fill_n(out, width, 0.0);
    const Index end = pass_.pieces_[static_cast<std::size_t>(piece) + 1];
    for (Index i = pass_.pieces_[static_cast<std::size_t>(piece)]; i < end;) {
      if (rank == 0 && monitor_.should_stop()) stop_ = true;
      if (stopped()) return;
      const Index next = end_of_block(x, i, end);
      double* f = fused ? pass_.block_.data() + rank * block_rows * k : pass_.u_.data() + i * k;
      if (v_ != nullptr) {
        multiply_rows(x, i, next, k, v_, f);
      } else {
        std::fill_n(f, (next - i) * k, 0.0);
      }
      transform_(i, next - i, f);
      finish_block(i, next, fused, f, out);
      i = next;
    }
  }

 private:
  void finish_block(Index begin, Index end, bool fused, const double* f, double* out) const {
    const auto& x = pass_.x_;
    const Index k = k_;
    if (fused) {
      with_constant(k, [&](auto constant) {
        scatter<decltype(constant)::value>(x, begin, end, k, f, out, out + x.cols * k);
      });
      return;
    }
    for (Index i = 0; i < end - begin; ++i) {
      for (Index t = 0; t < k; ++t) out[t] += f[i * k + t];
    }
  }

  SparsePass& pass_;
  Index k_;
  const double* v_;
  const Transform& transform_;
  Monitor& monitor_;
  std::atomic<bool> stop_{false};
};

template <Real T>
bool SparsePass<T>::run(Index k, const double* v, const Transform& transform, Monitor& monitor,
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
  if (work.stopped()) return false;
  const Index offset = columns_ ? 0 : width;
  std::fill_n(sums, k, 0.0);
  for (Index c = 0; c < n_pieces; ++c) {
    for (Index t = 0; t < k; ++t) sums[t] += partial_[c * (offset + k) + offset + t];
  }
  return true;
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

}  // namespace elltwo
