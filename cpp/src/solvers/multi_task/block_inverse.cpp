#include "solvers/multi_task/block_inverse.hpp"

#include <algorithm>

#include "linalg/lapack.hpp"
#include "solvers/multi_task/tasks.hpp"

namespace elltwo {
namespace {

/// What is left of d along u_j, in units of G_jj: it keeps S regular where columns are equal.
constexpr double curvature_left = 1e-6;

// The inverse of a symmetric n x n matrix, of which the lower triangle is read, in both triangles.
// False if it is not positive definite.
bool invert_small(Index n, std::vector<double>& a, std::vector<double>& work) {
  if (!lapack::potrf(blas::Uplo::lower, n, a.data(), n)) return false;
  work.assign(static_cast<std::size_t>(n * n), 0.0);
  for (Index i = 0; i < n; ++i) work[i * n + i] = 1.0;
  blas::trsm(blas::Side::left, blas::Uplo::lower, blas::Op::none, n, n, a.data(), n, work.data(),
             n);
  blas::gemm(blas::Op::transpose, blas::Op::none, n, n, n, 1.0, work.data(), n, work.data(), n, 0.0,
             a.data(), n);
  return true;
}

template <class Real>
Buffer<Real> narrowed(const std::vector<double>& values) {
  Buffer<Real> result(static_cast<Index>(values.size()));
  std::ranges::transform(values, result.begin(), [](double v) { return static_cast<Real>(v); });
  return result;
}

double dot_of_directions(const RowFace& face, Index i, Index j) {
  const double *a = face.u.data() + i * face.n_outputs, *b = face.u.data() + j * face.n_outputs;
  double sum = 0.0;
  for (Index t = 0; t < face.n_outputs; ++t) sum += a[t] * b[t];
  return sum;
}

}  // namespace

template <class Real>
auto BlockInverse<Real>::inverse_of(const RowFace& face, Matrix gram, Index first, Index m) const
    -> Block {
  const Index* places = places_->data() + first;
  std::vector<double> n(static_cast<std::size_t>(m * m), 0.0), s = n, work;
  for (Index j = 0; j < m; ++j) {
    const Real* column = gram.values + places[j] * gram.ld;
    for (Index i = j; i < m; ++i) n[j * m + i] = column[places[i]];
    n[j * m + j] += face.l2[first + j] + face.turn[first + j];
  }
  if (!invert_small(m, n, work)) return {};
  for (Index j = 0; j < m; ++j) {
    for (Index i = j; i < m; ++i) {
      s[j * m + i] = -n[j * m + i] * dot_of_directions(face, first + i, first + j);
    }
    const double turn = face.turn[first + j];
    s[j * m + j] += 1.0 / (turn - std::min(curvature_left, turn / 2));
  }
  if (!invert_small(m, s, work)) return {};
  return {.coupled = true, .n = narrowed<Real>(n), .s_inverse = narrowed<Real>(s)};
}

template <class Real>
void BlockInverse<Real>::factor(const RowFace& face, Matrix gram, const std::vector<Index>& places,
                                int n_threads) {
  places_ = &places;
  const Index count = (face.size() + block - 1) / block;
  blocks_ = std::vector<Block>(static_cast<std::size_t>(count));
  const double work = 4.0 * static_cast<double>(block * block) * static_cast<double>(face.size());
  over_tasks(count, work, n_threads, [&](Index k) {
    const Index first = k * block;
    blocks_[k] = inverse_of(face, gram, first, std::min(block, face.size() - first));
  });
}

// The inverse of (1 + a2 + turn) I - turn u u'.
template <class Real>
void BlockInverse<Real>::apply_rows(const RowFace& face, Index first, Index end, const Real* r,
                                    Real* z) const {
  const Index n = face.n_outputs;
  for (Index i = first; i < end; ++i) {
    const double* u = face.u.data() + i * n;
    const Real* from = r + (*places_)[i] * n;
    Real* to = z + (*places_)[i] * n;
    const double across = 1.0 / (1.0 + face.l2[i] + face.turn[i]);
    double along = 0.0;
    for (Index t = 0; t < n; ++t) along += u[t] * from[t];
    along *= 1.0 / (1.0 + face.l2[i]) - across;
    for (Index t = 0; t < n; ++t) to[t] = static_cast<Real>(across * from[t] + along * u[t]);
  }
}

template <class Real>
void BlockInverse<Real>::apply_block(const RowFace& face, Index k, const Real* r, Real* z) const {
  const auto& b = blocks_[k];
  const Index n = face.n_outputs, first = k * block;
  const Index m = std::min(block, face.size() - first);
  if (!b.coupled) {
    apply_rows(face, first, first + m, r, z);
    return;
  }
  std::vector<Real> in(static_cast<std::size_t>(m * n)), out(in.size()), w(m), v(m);
  const double* u = face.u.data() + first * n;
  const Index* places = places_->data() + first;
  for (Index i = 0; i < m; ++i) std::copy_n(r + places[i] * n, n, in.data() + i * n);
  blas::gemm(blas::Op::none, blas::Op::none, n, m, m, Real{1}, in.data(), n, b.n.data(), m, Real{0},
             out.data(), n);
  for (Index i = 0; i < m; ++i) {
    double sum = 0.0;
    for (Index t = 0; t < n; ++t) sum += u[i * n + t] * out[i * n + t];
    w[i] = static_cast<Real>(sum);
  }
  blas::gemm(blas::Op::none, blas::Op::none, 1, m, m, Real{1}, w.data(), 1, b.s_inverse.data(), m,
             Real{0}, v.data(), 1);
  for (Index i = 0; i < m; ++i) {
    for (Index t = 0; t < n; ++t) in[i * n + t] = static_cast<Real>(u[i * n + t] * v[i]);
  }
  blas::gemm(blas::Op::none, blas::Op::none, n, m, m, Real{1}, in.data(), n, b.n.data(), m, Real{1},
             out.data(), n);
  for (Index i = 0; i < m; ++i) std::copy_n(out.data() + i * n, n, z + places[i] * n);
}

template <class Real>
void BlockInverse<Real>::apply(const RowFace& face, const Real* r, int n_threads, Real* z) const {
  const double work =
      4.0 * static_cast<double>(block * face.n_outputs) * static_cast<double>(face.size());
  over_tasks(static_cast<Index>(blocks_.size()), work, n_threads,
             [&](Index k) { apply_block(face, k, r, z); });
}

template class BlockInverse<float>;
template class BlockInverse<double>;

}  // namespace elltwo
