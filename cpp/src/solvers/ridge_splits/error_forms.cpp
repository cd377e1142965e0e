#include "solvers/ridge_splits/error_forms.hpp"

#include <algorithm>
#include <numeric>

#include "gram/stream.hpp"
#include "linalg/blas.hpp"
#include "parallel/interruption.hpp"

namespace elltwo {
namespace {

using blas::Op;

constexpr Index smallest_block = 96;                // of H, not cut further
constexpr Index most_fit_numbers = Index{1} << 20;  // of fits that are in work together
constexpr double worse = 100.0;  // a reference may be so many times worse than the best fit
constexpr int most_references = 4;
constexpr double sweeps =
    120.0;  // operations of a matrix product in the time of a fit's steps, per column

// The middle of the grid, whatever its order.
Index middle(std::span<const double> alphas) {
  std::vector<Index> order(alphas.size());
  std::iota(order.begin(), order.end(), Index{0});
  const auto half = order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2);
  std::nth_element(order.begin(), half, order.end(),
                   [&](Index a, Index b) { return alphas[a] < alphas[b]; });
  return *half;
}

// Eight sums side by side, which the compiler turns into vectors.
double dot_by_pairs(const double* a, const double* b, Index n) {
  double sum[8] = {};
  Index k = 0;
  for (; k + 8 <= n; k += 8) {
    for (int i = 0; i < 8; ++i) sum[i] += a[k + i] * b[k + i];
  }
  for (; k < n; ++k) sum[0] += a[k] * b[k];
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

// Moves to the best fit of every target whose reference was much worse. False if none was.
bool better_references(const std::vector<double>& errors, const std::vector<double>& reference,
                       std::vector<Index>& at) {
  const std::size_t count = at.size();
  bool moved = false;
  for (std::size_t t = 0; t < count; ++t) {
    std::size_t best = t;
    for (std::size_t f = t; f < errors.size(); f += count) {
      if (errors[f] < errors[best]) best = f;
    }
    const auto i = static_cast<Index>(best / count);
    if (!(worse * errors[best] < reference[t]) || at[t] == i) continue;
    at[t] = i;
    moved = true;
  }
  return moved;
}

}  // namespace

/// One fit of each target: its solution in the basis, squared errors and Z^T W r.
template <Real T>
struct TestForms<T>::Reference {
  Buffer<double> z;
  std::vector<double> sse;
  Buffer<double> gradient;  // directions or columns x targets
};

template <Real T>
TestForms<T>::TestForms(const PrimalPath<T>& path, const TestSet& test,
                        std::span<const double> alphas)
    : path_(path), test_(test), alphas_(alphas) {
  const Index m = path.design().size();
  const Index fits = n_alphas() * path.problem().n_targets();
  rotated_ = fits > 2 * m;
  take_gram();
}

template <Real T>
bool TestForms<T>::worthwhile(const PrimalPath<T>& path, Index n_rows, Index n_fits) {
  const auto m = static_cast<double>(path.design().size());
  const auto n = static_cast<double>(n_rows), fits = static_cast<double>(n_fits);
  const double by_rows = 2.0 * n * m * fits + std::min(2.0 * n * m * m, 2.0 * m * m * fits);
  const double by_forms =
      (1.25 * m * m + sweeps * m) * fits + std::min(4.0 * m * m * m, 3.0 * m * m * fits);
  return by_forms < by_rows;
}

template <Real T>
void TestForms<T>::take_gram() {
  const Index m = path_.design().size();
  h_ = Buffer<double>(std::max<Index>(1, m * m));
  path_.design().gram_of(test_.moments, h_.data());
  if (!rotated_ || m == 0) return;
  const double* q = path_.spectrum().basis.data();
  Buffer<double> half(m * m);
  blas::gemm(Op::none, Op::none, m, m, m, 1.0, h_.data(), m, q, m, 0.0, half.data(), m);
  blas::gemm(Op::transpose, Op::none, m, m, m, 1.0, q, m, half.data(), m, 0.0, h_.data(), m);
}

// Residuals of the fits `at` of each target, from the rows.
template <Real T>
bool TestForms<T>::measure(Index first, Index count, const std::vector<Index>& at, Monitor& monitor,
                           Reference& out) const {
  const auto& problem = path_.problem();
  const auto& design = path_.design();
  const Index m = design.size(), p = problem.n_features(), cols = p + 1;
  const auto n = static_cast<Index>(test_.rows.size());
  Buffer<double> design_coef(std::max<Index>(1, m * count));
  out.z = Buffer<double>(design_coef.size());
  for (Index t = 0; t < count; ++t) {
    const Index i = at[t];
    path_.spectrum().solution(alphas_[i], first + t, 1, out.z.data() + t * m);
  }
  if (m > 0) {
    blas::gemm(Op::none, Op::none, m, count, m, 1.0, path_.spectrum().basis.data(), m, out.z.data(),
               m, 0.0, design_coef.data(), m);
  }
  auto coef = Buffer<double>::zeros(count * cols);
  for (Index t = 0; t < count; ++t) {
    design.coefficients(first + t, design_coef.data() + t * m, coef.data() + t * cols);
    coef[t * cols + p] = design.ones_coefficient(design_coef.data() + t * m);
  }
  auto x = problem.data().x;
  x.rows = n;
  const Source<T> source{
      .x = x, .row_index = test_.rows.data(), .col_shift = design.x_shift(), .ones = true};
  Buffer<double> squares(count * n);
  const auto to_residual = [&](Index k0, Index kc, double* f, Index ld) {
    for (Index t = 0; t < count; ++t) {
      const double shift = design.y_shift(first + t);
      for (Index k = 0; k < kc; ++k) {
        const Index row = k0 + k;
        const double r = problem.data().y(test_.rows[row], first + t) - shift - f[t * ld + k];
        f[t * ld + k] = test_.weight[row] * r;
        squares[t * n + k0 + k] = test_.weight[row] * r * r;
      }
    }
  };
  Buffer<double> adjoint;
  const auto pass = [&] {
    adjoint = stream_pass(source, count, coef.data(), to_residual, 1, monitor);
  };
  if (!completed(pass)) return false;
  out.gradient = Buffer<double>(std::max<Index>(1, m * count));
  out.sse.clear();
  for (Index t = 0; t < count; ++t) {
    out.sse.push_back(std::accumulate(squares.data() + t * n, squares.data() + (t + 1) * n, 0.0));
    design.from_features(adjoint.data() + t * cols, adjoint[t * cols + p],
                         out.gradient.data() + t * m);
  }
  if (rotated_ && m > 0) {
    auto columns = std::move(out.gradient);
    out.gradient = Buffer<double>(m * count);
    blas::gemm(Op::transpose, Op::none, m, count, m, 1.0, path_.spectrum().basis.data(), m,
               columns.data(), m, 0.0, out.gradient.data(), m);
  }
  return true;
}

// out_f += d_f^T H d_f over rows and columns [begin, end) of H, from one triangle: halves of the range
// meet in twice one product, and go on alone.
template <Real T>
void TestForms<T>::add_forms(Index begin, Index end, Index n_fits, const double* d, double* product,
                             double* out) const {
  const Index m = path_.design().size();
  const bool leaf = end - begin <= smallest_block;
  const Index middle = leaf ? begin : begin + (end - begin) / 2;
  const Index last = leaf ? end : middle, rows = end - middle;
  blas::gemm(Op::transpose, Op::none, rows, n_fits, last - begin, leaf ? 1.0 : 2.0,
             h_.data() + middle * m + begin, m, d + begin, m, 0.0, product, rows);
  for (Index f = 0; f < n_fits; ++f)
    out[f] += dot_by_pairs(product + f * rows, d + f * m + middle, rows);
  if (leaf) return;
  add_forms(begin, middle, n_fits, d, product, out);
  add_forms(middle, end, n_fits, d, product, out);
}

// Errors (alphas x count) of targets [first, first + count), which follow `skip` others in `reference`.
template <Real T>
void TestForms<T>::about(const Reference& reference, Index skip, Index first, Index count,
                         FormsSpace& space, double* sse) const {
  const Index m = path_.design().size(), fits = count * n_alphas();
  double* d = FormsSpace::room(space.step, m * fits);
  for (Index i = 0; i < n_alphas(); ++i) {
    path_.spectrum().solution(alphas_[i], first + skip, count, d + i * count * m);
  }
  for (Index f = 0; f < fits; ++f) {
    const double* start = reference.z.data() + (skip + f % count) * m;
    for (Index k = 0; k < m; ++k) d[f * m + k] -= start[k];
  }
  if (!rotated_ && m > 0) {
    double* columns = FormsSpace::room(space.turned, m * fits);
    blas::gemm(Op::none, Op::none, m, fits, m, 1.0, path_.spectrum().basis.data(), m, d, m, 0.0,
               columns, m);
    d = columns;
  }
  std::fill_n(sse, fits, 0.0);
  if (m > 0) {
    double* product = FormsSpace::room(space.product, std::max(smallest_block, m / 2 + 1) * fits);
    add_forms(0, m, fits, d, product, sse);
  }
  for (Index f = 0; f < fits; ++f) {
    const Index t = skip + f % count;
    const double change = dot_by_pairs(reference.gradient.data() + t * m, d + f * m, m);
    const double sum = reference.sse[t] - 2.0 * change + sse[f];
    sse[f] = std::max(sum, 0.0);
  }
}

template <Real T>
bool TestForms<T>::errors(Index first, Index count, Monitor& monitor, FormsSpace& space,
                          double* sse) const {
  const Index n_targets = path_.problem().n_targets();
  const Index numbers = std::max<Index>(1, path_.design().size() * n_alphas());
  const Index at_once = std::clamp<Index>(most_fit_numbers / numbers, 1, count);
  std::vector<Index> at(count, middle(alphas_));
  std::vector<double> errors(n_alphas() * count);
  std::vector<double> some(n_alphas() * at_once);
  for (int round = 0; round < most_references; ++round) {
    Reference reference;
    if (!measure(first, count, at, monitor, reference)) return false;
    for (Index skip = 0; skip < count; skip += at_once) {
      const Index now = std::min(at_once, count - skip);
      about(reference, skip, first, now, space, some.data());
      for (Index f = 0; f < now * n_alphas(); ++f) {
        errors[f / now * count + skip + f % now] = some[f];
      }
      if (monitor.should_stop()) return false;
    }
    if (!better_references(errors, reference.sse, at)) break;
  }
  for (Index f = 0; f < n_alphas() * count; ++f) {
    sse[f / count * n_targets + first + f % count] = errors[f];
  }
  return true;
}

template class TestForms<double>;
template class TestForms<float>;

}  // namespace elltwo
