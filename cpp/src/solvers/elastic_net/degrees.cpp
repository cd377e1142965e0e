#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

#include "elltwo/elastic_net.hpp"
#include "linalg/blas.hpp"
#include "linalg/buffer.hpp"
#include "linalg/posdef.hpp"
#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

void require_faces(MatrixView<double> gram, const NetFaces& faces) {
  const auto count = static_cast<std::int64_t>(faces.columns.size());
  bool fits = gram.rows == gram.cols && !faces.starts.empty() && faces.starts.front() == 0 &&
              faces.starts.back() == count && faces.ridge.size() == faces.columns.size() &&
              std::ranges::is_sorted(faces.starts);
  for (const auto j : faces.columns) fits = fits && 0 <= j && j < gram.cols;
  if (!fits) throw std::invalid_argument("faces do not fit the Gram matrix");
}

void require_trace(double trace) {
  if (!std::isfinite(trace)) throw std::overflow_error("a trace is beyond the range of float64");
}

[[noreturn]] void throw_indefinite() {
  throw std::invalid_argument("the Gram matrix is not positive semi-definite");
}

// The factor of S + added I, if there is one.
std::optional<PosDefSystem> factored_sum(Index k, const Buffer<double>& s, double added,
                                         Monitor& monitor) {
  Buffer<double> sum(k * k);
  std::copy_n(s.data(), k * k, sum.data());
  for (Index a = 0; a < k; ++a) sum[a * k + a] += added;
  PosDefSystem system(k, std::move(sum));
  if (!system.factor(1, monitor)) return std::nullopt;
  return system;
}

/// One face: G_A in units in which the diagonal term added to it is the identity.
class UnitFace {
 public:
  UnitFace(MatrixView<double> gram, const NetFaces& faces, std::size_t k,
           std::span<const double> added)
      : first_(faces.starts[k]), size_(faces.starts[k + 1] - first_), root_(size_) {
    for (Index a = 0; a < size_; ++a) root_[a] = 1.0 / std::sqrt(added[first_ + a]);
    gram_ = Buffer<double>(size_ * size_);
    for (Index a = 0; a < size_; ++a) {
      const Index j = faces.columns[first_ + a];
      for (Index i = a; i < size_; ++i) {
        const double product = gram(faces.columns[first_ + i], j) * root_[i] * root_[a];
        gram_[a * size_ + i] = gram_[i * size_ + a] = product;
      }
    }
  }

  Index first() const { return first_; }
  Index size() const { return size_; }
  const Buffer<double>& gram() const { return gram_; }

  /// The factor of G + I.
  PosDefSystem system(Monitor& monitor) const {
    auto system = factored_sum(size_, gram_, 1.0, monitor);
    if (!system) throw_indefinite();
    return std::move(*system);
  }

 private:
  Index first_, size_;
  std::vector<double> root_;
  Buffer<double> gram_;
};

// tr(G (G + I)^-1) = |A| - tr((G + I)^-1).
double trace_of(const UnitFace& face, Monitor& monitor) {
  if (face.size() == 0) return 0.0;
  const auto diagonal = face.system(monitor).inverse_diagonal(1, monitor);
  double trace = 0.0;
  for (Index a = 0; a < face.size(); ++a) trace += 1.0 - diagonal[a];
  return trace;
}

/// tr(S^-1 B) for symmetric positive semi-definite S whose null space is one of B: a diagonal term
/// too small to matter elsewhere makes it definite.
double quotient_trace(Index k, const Buffer<double>& s, Buffer<double> b, Monitor& monitor) {
  constexpr double definite = 1e-10;
  for (const double added : {0.0, definite}) {
    const auto system = factored_sum(k, s, added, monitor);
    if (!system) continue;
    system->solve(b.data(), k, k, 1, monitor);
    double trace = 0.0;
    for (Index a = 0; a < k; ++a) trace += b[a * k + a];
    return trace;
  }
  throw_indefinite();
}

// In units in which ridge + curvature is the identity, with d = curvature / (ridge + curvature),
// R_ij = u_i'u_j, N = G (G + I)^-1 and elementwise products (.), the formula of Sherman, Morrison
// and Woodbury gives
//   n_outputs tr(N)
//     + tr( ( I - diag(d) + d^1/2 (N . R) d^1/2 )^-1  d^1/2 ((G + I)^-1 N . R) d^1/2 ).
// Nothing is subtracted: 1 - d is ridge / (ridge + curvature).
double row_trace_of(const UnitFace& face, const RowFaces& faces, Monitor& monitor) {
  const Index k = face.size(), n = faces.n_outputs;
  if (k == 0) return 0.0;
  const auto system = face.system(monitor);
  Buffer<double> inside(k * k), twice(k * k), alike(k * k);
  std::copy_n(face.gram().data(), k * k, inside.data());
  system.solve(inside.data(), k, k, 1, monitor);
  std::copy_n(inside.data(), k * k, twice.data());
  system.solve(twice.data(), k, k, 1, monitor);
  const double* u = faces.directions.data() + face.first() * n;
  blas::gemm(blas::Op::transpose, blas::Op::none, k, k, n, 1.0, u, n, u, n, 0.0, alike.data(), k);
  double trace = 0.0;
  std::vector<double> ridge(k), root(k);
  for (Index a = 0; a < k; ++a) {
    trace += static_cast<double>(n) * inside[a * k + a];
    const double l2 = faces.rows.ridge[face.first() + a];
    const double across = faces.curvature[face.first() + a];
    ridge[a] = l2 / (l2 + across);
    root[a] = std::sqrt(across / (l2 + across));
  }
  for (Index a = 0; a < k; ++a) {
    for (Index i = 0; i < k; ++i) {
      const double both = root[a] * root[i] * alike[a * k + i];
      inside[a * k + i] *= both;
      twice[a * k + i] *= both;
    }
    inside[a * k + a] += ridge[a];
  }
  return trace + quotient_trace(k, inside, std::move(twice), monitor);
}

template <class TraceOf>
std::vector<double> traces_of(const NetFaces& faces, int n_threads, Monitor& monitor,
                              TraceOf trace) {
  const auto count = static_cast<Index>(faces.starts.size()) - 1;
  std::vector<double> traces(count);
  double work = 0.0;
  for (Index k = 0; k < count; ++k) {
    const auto size = static_cast<double>(faces.starts[k + 1] - faces.starts[k]);
    work += size * size * size;
  }
  Relay relay(monitor);
  TaskCounter tasks(count);
  run_team(threads_for(n_threads, work), [&](TeamMember&) {
    auto own = relay.monitor();
    for (Index k = 0; tasks.next(k);) {
      relay.check();
      traces[k] = trace(static_cast<std::size_t>(k), own);
      require_trace(traces[k]);
    }
  });
  return traces;
}

}  // namespace

std::vector<double> net_traces(MatrixView<double> gram, const NetFaces& faces, int n_threads,
                               Monitor& monitor) {
  require_faces(gram, faces);
  return traces_of(faces, n_threads, monitor, [&](std::size_t k, Monitor& own) {
    return trace_of(UnitFace(gram, faces, k, faces.ridge), own);
  });
}

std::vector<double> grouped_net_traces(MatrixView<double> gram, const RowFaces& faces,
                                       int n_threads, Monitor& monitor) {
  require_faces(gram, faces.rows);
  const auto count = faces.rows.columns.size();
  if (faces.curvature.size() != count ||
      faces.directions.size() != count * static_cast<std::size_t>(faces.n_outputs)) {
    throw std::invalid_argument("rows do not fit the faces");
  }
  std::vector<double> added(faces.rows.ridge.begin(), faces.rows.ridge.end());
  for (std::size_t a = 0; a < count; ++a) added[a] += faces.curvature[a];
  return traces_of(faces.rows, n_threads, monitor, [&](std::size_t k, Monitor& own) {
    return row_trace_of(UnitFace(gram, faces.rows, k, added), faces, own);
  });
}

}  // namespace elltwo
