#include "solvers/network/pair_products.hpp"

#include <algorithm>

#include "kernels/table.hpp"
#include "linalg/buffer.hpp"
#include "linalg/rounded.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo::network {
namespace {

// Columns of the packed pieces of a task, which stay in the second cache.
constexpr Index left_columns = 192;
constexpr Index right_columns = 256;
constexpr Index pair_rows = 256;

/// Packs a range of columns into panels.
template <Real T>
class PairPanels {
 public:
  PairPanels(const PairColumns<T>& pairs, Index begin, Index end)
      : pairs_(pairs),
        width_(elltwo::kernels().width<T>()),
        begin_(begin),
        end_(end),
        line_(Buffer<T>::zeros(rounded_up(end - begin, width_))),
        packed_(Buffer<T>::zeros(rounded_up(end - begin, width_) * pair_rows)) {
    for (first_ = 0; first_start_ + run(first_) <= begin; ++first_) first_start_ += run(first_);
  }

  Index size() const { return end_ - begin_; }
  Index width() const { return width_; }
  Index n_panels() const { return line_.size() / width_; }
  Index stride() const { return pair_rows * width_; }
  const T* panel(Index p) const { return packed_.data() + p * stride(); }

  void pack(Index row, Index n) {
    for (Index i = 0; i < n; ++i) {
      fill_line(row + i);
      for (Index p = 0; p < n_panels(); ++p) {
        std::copy_n(line_.data() + p * width_, width_, packed_.data() + p * stride() + i * width_);
      }
    }
  }

 private:
  Index run(Index a) const { return pairs_.upper ? pairs_.n_v - a : pairs_.n_v; }

  void fill_line(Index row) {
    const T* u = pairs_.u + row * pairs_.ld_u;
    const T* v = pairs_.v + row * pairs_.ld_v;
    Index start = first_start_;
    T* out = line_.data();
    for (Index a = first_, c = begin_; c < end_; ++a) {
      const Index b = (pairs_.upper ? a : 0) + (c - start);
      const Index count = std::min(run(a) - (c - start), end_ - c);
      for (Index x = 0; x < count; ++x) out[x] = u[a] * v[b + x];
      for (Index t = 1; t < pairs_.n_terms; ++t) {
        const T factor = u[t * pairs_.next_u + a];
        const T* more = v + t * pairs_.next_v + b;
        for (Index x = 0; x < count; ++x) out[x] += factor * more[x];
      }
      out += count;
      c += count;
      start += run(a);
    }
  }

  const PairColumns<T>& pairs_;
  Index width_;
  Index begin_;
  Index end_;
  Index first_ = 0;        // of u in the first column
  Index first_start_ = 0;  // the column where its products begin
  Buffer<T> line_;
  Buffer<T> packed_;
};

/// Into how many pieces of at most `most` columns n of them go.
Index pieces(Index n, Index most) { return (n + most - 1) / most; }

template <Real T>
void add_piece(Index n, PairPanels<T>& left, PairPanels<T>& right, Monitor& monitor, double* out,
               Index ld) {
  Ahead nothing;
  for (Index row = 0; row < n; row += pair_rows) {
    const Index rows = std::min(pair_rows, n - row);
    left.pack(row, rows);
    right.pack(row, rows);
    for (Index p = 0; p < left.n_panels(); ++p) {
      const Index begin = p * left.width();
      elltwo::kernels().tiles<T>()(rows, left.panel(p), std::min(left.width(), left.size() - begin),
                                   right.panel(0), right.n_panels(), right.stride(),
                                   out + begin * ld, ld, nothing);
    }
    check(monitor);
  }
}

}  // namespace

template <Real T>
Index pair_products_ld(const PairColumns<T>& right) {
  return rounded_up(right.size(), elltwo::kernels().width<T>());
}

template <Real T>
void add_pair_products(Index n, const PairColumns<T>& left, const PairColumns<T>& right,
                       int n_threads, Monitor& monitor, double* out) {
  const Index ld = pair_products_ld(right);
  const Index across = pieces(right.size(), right_columns);
  TaskCounter tasks(pieces(left.size(), left_columns) * across);
  Relay relay(monitor);
  const double work =
      2.0 * static_cast<double>(n) * static_cast<double>(left.size()) * static_cast<double>(ld);
  run_team(threads_for(n_threads, work), [&](TeamMember&) {
    Monitor own = relay.monitor();
    for (Index task = 0; tasks.next(task);) {
      const Index i = task / across * left_columns;
      const Index j = task % across * right_columns;
      PairPanels<T> a(left, i, std::min(i + left_columns, left.size()));
      PairPanels<T> b(right, j, std::min(j + right_columns, right.size()));
      add_piece(n, a, b, own, out + i * ld + j, ld);
    }
  });
  check(monitor);
}

template Index pair_products_ld(const PairColumns<float>&);
template Index pair_products_ld(const PairColumns<double>&);
template void add_pair_products(Index, const PairColumns<float>&, const PairColumns<float>&, int,
                                Monitor&, double*);
template void add_pair_products(Index, const PairColumns<double>&, const PairColumns<double>&, int,
                                Monitor&, double*);

}  // namespace elltwo::network
