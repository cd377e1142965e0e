#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "gram/stream.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/logistic_pass/hessian.hpp"
#include "solvers/logistic_pass/passes.hpp"

namespace elltwo {
namespace {

constexpr Index segment_bytes = 640 * 1024;  // of X, that a Hessian finds in the second cache
constexpr Index segment_multiple = 256;      // rows
constexpr Index most_pass_chunks = 16;
/// Columns up to which a thread forms the products of its own segments. Beyond, adding the matrix
/// of a segment to the others' takes too long beside them.
constexpr Index most_cols_of_segments = 128;
constexpr Index chunk_matrices_bytes = 32 << 20;  // memory of the matrices of all chunks together
constexpr Index roots_bytes = 32 << 20;           // memory of the roots that all threads share

/// How the rows of a pass are divided. All of it depends on shapes alone.
struct RowPlan {
  Index segment;         ///< rows that one thread passes over at a time
  Index portion;         ///< rows of which all other sums are taken before their products
  Index n_chunks;        ///< of a portion's segments, each with sums of its own
  bool shared_products;  ///< whether all threads form the products of a portion together

  RowPlan(const PassPoints& points, Index n, Index row_bytes, Index matrices_bytes)
      : segment(std::max<Index>(1, segment_bytes / row_bytes / segment_multiple) *
                segment_multiple),
        portion(n),
        n_chunks(most_pass_chunks),
        shared_products(points.n_hessians() > 0 && points.cols() > most_cols_of_segments) {
    if (shared_products) {
      const Index root_bytes = points.n_hessians() * points.n_outputs() * Index{sizeof(double)};
      portion = std::max<Index>(1, roots_bytes / root_bytes / segment) * segment;
    } else if (matrices_bytes > 0) {
      n_chunks = std::clamp<Index>(chunk_matrices_bytes / matrices_bytes, 1, most_pass_chunks);
    }
  }
};

template <Real S>
class DensePass {
 public:
  DensePass(const PassPoints& points, const MatrixView<S>& x, const LogisticPassRows& rows,
            int n_threads, Monitor& monitor, PassSums& out)
      : points_(points),
        x_(x),
        rows_(rows),
        n_threads_(n_threads),
        monitor_(monitor),
        out_(out),
        plan_(points, x.rows, x.cols * static_cast<Index>(sizeof(S)), out.matrix_bytes()) {}

  PassOutcome run() {
    Buffer<double> shared;
    for (Index begin = 0; begin < x_.rows; begin += plan_.portion) {
      const Index end = std::min(begin + plan_.portion, x_.rows);
      CurvatureRoots roots;
      if (plan_.shared_products) {
        if (begin == 0) shared = roots_of(std::min(plan_.portion, x_.rows));
        roots = {shared.data(), end - begin, begin};
      }
      if (!pass(begin, end, roots)) return PassOutcome::not_finite;
      if (plan_.shared_products) {
        add_dense_products(points_, source(begin, end), roots, n_threads_, monitor_, out_);
      }
    }
    return PassOutcome::finite;
  }

 private:
  Buffer<double> roots_of(Index n) const {
    return Buffer<double>(points_.n_hessians() * points_.n_outputs() * n);
  }

  Source<S> source(Index begin, Index end) const {
    MatrixView<S> x = x_;
    x.data += begin * x.row_stride;
    x.rows = end - begin;
    return {
        .x = x, .col_shift = points_.shift.data(), .col_scale = points_.scale.data(), .ones = true};
  }

  // All but the products that threads share. False where predictors are not finite.
  bool pass(Index begin, Index end, const CurvatureRoots& shared) {
    const Index n_segments = (end - begin + plan_.segment - 1) / plan_.segment;
    const Index n_chunks = std::min(plan_.n_chunks, n_segments);
    const auto team = std::min<Index>(threads_for(n_threads_, work(end - begin)), n_chunks);
    std::vector<PassSums> parts;
    for (Index c = 0; c < n_chunks && n_chunks > 1; ++c) parts.emplace_back(without_shared());
    TaskCounter chunks(n_chunks);
    Relay relay(monitor_);
    std::atomic<bool> finite{true};
    run_team(static_cast<int>(team), [&](TeamMember&) {
      Monitor monitor = relay.monitor();
      Buffer<double> own;
      for (Index c = 0; chunks.next(c);) {
        PassSums& sums = n_chunks > 1 ? parts[c] : out_;
        const Index last = (c + 1) * n_segments / n_chunks;
        for (Index s = c * n_segments / n_chunks; s < last && finite; ++s) {
          const Index from = begin + s * plan_.segment;
          const Index to = std::min(from + plan_.segment, end);
          if (!segment(from, to, shared, own, monitor, sums)) finite = false;
          relay.check();
        }
      }
    });
    for (auto& part : parts) out_.add(std::move(part));
    return finite;
  }

  PassSums without_shared() const {
    return plan_.shared_products ? PassSums::without_matrices(points_) : PassSums(points_);
  }

  bool segment(Index begin, Index end, const CurvatureRoots& shared, Buffer<double>& own,
               Monitor& monitor, PassSums& sums) const {
    CurvatureRoots roots = shared;
    const bool own_products = points_.n_hessians() > 0 && !plan_.shared_products;
    if (own_products) {
      if (own.size() == 0) own = roots_of(std::min(plan_.segment, x_.rows));
      roots = {own.data(), end - begin, begin};
    }
    const auto rows = source(begin, end);
    PointTerms terms(points_, rows_, roots);
    const auto slope = stream_pass(
        rows, points_.n_targets(), points_.theta.data(),
        [&](Index k0, Index kc, double* z, Index ld) { terms.replace(begin + k0, kc, z, ld); }, 1,
        monitor);
    if (terms.not_finite()) return false;
    terms.finish(sums);
    const Index size = points_.n_outputs() * points_.cols();
    for (Index point = 0; point < points_.n_points(); ++point) {
      DoubleDouble* to = sums.linear.data() + sums.gradient_at(point);
      for (Index i = 0; i < size; ++i) to[i].add(-slope[point * size + i]);
    }
    if (own_products) add_dense_products(points_, rows, roots, 1, monitor, sums);
    return true;
  }

  double work(Index n) const {
    const auto cols = static_cast<double>(points_.cols());
    const auto n_matrices = static_cast<double>(points_.n_hessians() * points_.n_pairs());
    const double own = plan_.shared_products ? 0.0 : cols * cols * n_matrices;
    return static_cast<double>(n) * (4.0 * cols * static_cast<double>(points_.n_targets()) + own);
  }

  const PassPoints& points_;
  const MatrixView<S>& x_;
  const LogisticPassRows& rows_;
  int n_threads_;
  Monitor& monitor_;
  PassSums& out_;
  RowPlan plan_;
};

}  // namespace

template <Real S>
PassOutcome pass_over(const PassPoints& points, const MatrixView<S>& x,
                      const LogisticPassRows& rows, int n_threads, Monitor& monitor,
                      PassSums& out) {
  return DensePass<S>(points, x, rows, n_threads, monitor, out).run();
}

template PassOutcome pass_over<double>(const PassPoints&, const MatrixView<double>&,
                                       const LogisticPassRows&, int, Monitor&, PassSums&);
template PassOutcome pass_over<float>(const PassPoints&, const MatrixView<float>&,
                                      const LogisticPassRows&, int, Monitor&, PassSums&);

}  // namespace elltwo
