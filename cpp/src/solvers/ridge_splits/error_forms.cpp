#include "solvers/ridge_splits/error_forms.hpp"

#include <algorithm>
#include <numeric>

#include "gram/stream.hpp"
#include "linalg/blas.hpp"
#include "parallel/interruption.hpp"

namespace elltwo {
namespace {

using blas::Op;

// Order of the blocks of H that are multiplied as a whole.
constexpr Index smallest_block = 96;
// Numbers in the coefficients of the fits that are evaluated together.
constexpr Index most_fit_numbers = Index{1} << 20;
// Ratio of squared errors, of the reference to the best fit, above which the reference is replaced.
constexpr double worse = 100.0;
// References that are tried for a target.
constexpr int most_references = 4;
// Operations of a matrix product that take as long as the vector operations of one fit and column.
constexpr double sweeps = 120.0;

// The position of the median of the grid, which may come in any order.
Index middle(std::span<const double> alphas) {
  std::vector<Index> order(alphas.size());
  std::iota(order.begin(), order.end(), Index{0});
  const auto half = order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2);
  std::nth_element(order.begin(), half, order.end(),
                   [&](Index a, Index b) { return alphas[a] < alphas[b]; });
  return *half;
}

// a.b by eight independent sums, which the compiler turns into vectors.
double dot_by_pairs(const double* a, const double* b, Index n) {
  double sum[8] = {};
  Index k = 0;
  for (; k + 8 <= n; k += 8) {
    for (int i = 0; i < 8; ++i) sum[i] += a[k + i] * b[k + i];
  }
  for (; k < n; ++k) sum[0] += a[k] * b[k];
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

// at[t] becomes the best fit of every target t whose reference was much worse than it. Whether any
// was.
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

/// One fit for each of some targets.
template <Real T>
struct ErrorForms<T>::Reference {
  Buffer<double> z;         ///< solutions in the path's basis (directions x targets)
  std::vector<double> sse;  ///< squared errors r^T W r
  Buffer<double> gradient;  ///< Z^T W r (directions, or columns of the design, x targets)
};

template <Real T>
ErrorForms<T>::ErrorForms(const PrimalPath<T>& path, const HeldOutRows& held_out,
                          std::span<const double> alphas)
    : path_(path), held_out_(held_out), alphas_(alphas) {
  const Index m = path.design().size();
  const Index fits = n_alphas() * path.problem().n_targets();
  rotated_ = fits > 2 * m;
  form_gram();
}

template <Real T>
bool ErrorForms<T>::worthwhile(const PrimalPath<T>& path, Index n_rows, Index n_fits) {
  const auto m = static_cast<double>(path.design().size());
  const auto n = static_cast<double>(n_rows), fits = static_cast<double>(n_fits);
  const double by_rows = 2.0 * n * m * fits + std::min(2.0 * n * m * m, 2.0 * m * m * fits);
  const double by_forms =
      (1.25 * m * m + sweeps * m) * fits + std::min(4.0 * m * m * m, 3.0 * m * m * fits);
  return by_forms < by_rows;
}

template <Real T>
void ErrorForms<T>::form_gram() {
  const Index m = path_.design().size();
  h_ = Buffer<double>(std::max<Index>(1, m * m));
  path_.design().gram_of(held_out_.moments, h_.data());
  if (!rotated_ || m == 0) return;
  const double* q = path_.spectrum().basis.data();
  Buffer<double> half(m * m);
  blas::gemm(Op::none, Op::none, m, m, m, 1.0, h_.data(), m, q, m, 0.0, half.data(), m);
  blas::gemm(Op::transpose, Op::none, m, m, m, 1.0, q, m, half.data(), m, 0.0, h_.data(), m);
}

// The fits at alphas_[at[t]] of targets first + t: their residuals come from one pass over the
// rows.
template <Real T>
auto ErrorForms<T>::measure(Index first, const std::vector<Index>& at, Monitor& monitor) const
    -> Reference {
  const auto count = static_cast<Index>(at.size());
  const auto& problem = path_.problem();
  const auto& design = path_.design();
  const Index m = design.size(), p = problem.n_features(), cols = p + 1;
  const auto n = static_cast<Index>(held_out_.rows.size());
  Buffer<double> design_coef(std::max<Index>(1, m * count));
  Reference out;
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
      .x = x, .row_index = held_out_.rows.data(), .col_shift = design.x_shift(), .ones = true};
  Buffer<double> squares(count * n);
  const auto to_residual = [&](Index k0, Index kc, double* f, Index ld) {
    for (Index t = 0; t < count; ++t) {
      const double shift = design.y_shift(first + t);
      for (Index k = 0; k < kc; ++k) {
        const Index row = k0 + k;
        const double r = problem.data().y(held_out_.rows[row], first + t) - shift - f[t * ld + k];
        f[t * ld + k] = held_out_.weight[row] * r;
        squares[t * n + k0 + k] = held_out_.weight[row] * r * r;
      }
    }
  };
  const auto adjoint = stream_pass(source, count, coef.data(), to_residual, 1, monitor);
  out.gradient = Buffer<double>(std::max<Index>(1, m * count));
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
  return out;
}

// out_f += d_f^T H d_f over rows and columns [begin, end) of H. The range is halved: the
// off-diagonal block counts twice and is multiplied once, the diagonal blocks are halved further.
template <Real T>
void ErrorForms<T>::add_forms(Index begin, Index end, Index n_fits, const double* d,
                              double* product, double* out) const {
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

// Writes the squared errors (alphas x count) of targets first + skip, ..., first + skip + count -
// 1, which are number skip, ... in `reference`.
template <Real T>
void ErrorForms<T>::errors_about(const Reference& reference, Index skip, Index first, Index count,
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
    double* columns = FormsSpace::room(space.rotated, m * fits);
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
void ErrorForms<T>::errors(Index first, Index count, Monitor& monitor, FormsSpace& space,
                           double* sse) const {
  const Index n_targets = path_.problem().n_targets();
  const Index numbers = std::max<Index>(1, path_.design().size() * n_alphas());
  const Index at_once = std::clamp<Index>(most_fit_numbers / numbers, 1, count);
  std::vector<Index> at(count, middle(alphas_));
  std::vector<double> errors(n_alphas() * count);
  std::vector<double> some(n_alphas() * at_once);
  for (int round = 0; round < most_references; ++round) {
    const auto reference = measure(first, at, monitor);
    for (Index skip = 0; skip < count; skip += at_once) {
      const Index now = std::min(at_once, count - skip);
      errors_about(reference, skip, first, now, space, some.data());
      for (Index f = 0; f < now * n_alphas(); ++f) {
        errors[f / now * count + skip + f % now] = some[f];
      }
      check(monitor);
    }
    if (!better_references(errors, reference.sse, at)) break;
  }
  for (Index f = 0; f < n_alphas() * count; ++f) {
    sse[f / count * n_targets + first + f % count] = errors[f];
  }
}

template class ErrorForms<double>;
template class ErrorForms<float>;

}  // namespace elltwo
