#include <algorithm>
#include <atomic>
#include <vector>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/logistic_pass/passes.hpp"
#include "sparse/pass.hpp"

namespace elltwo {
namespace {

constexpr Index sparse_block_rows = 64;
constexpr Index sparse_block_ld = sparse_block_rows + 8;  // no power of two
constexpr Index values_per_sparse_sum = 8;  // of a chunk, for each of its features' sums, at least
constexpr Index most_sparse_chunks = 16;

/// The coefficients of features as the products with rows want them, and the rest of the
/// predictors, which all rows share.
struct SparseCoefficients {
  std::vector<double> b;     ///< features x targets, in the user's units
  std::vector<double> base;  ///< targets

  explicit SparseCoefficients(const PassPoints& points) {
    const Index p = points.n_features(), k = points.n_targets();
    b.resize(p * k);
    base.resize(k);
    for (Index t = 0; t < k; ++t) {
      const double* theta = points.theta.data() + t * points.cols();
      DoubleDouble sum{theta[p], 0.0};
      for (Index j = 0; j < p; ++j) {
        b[j * k + t] = theta[j] * points.scale[j];
        sum.add_product(-points.shift[j], b[j * k + t]);
      }
      base[t] = sum.value();
    }
  }
};

template <Real S>
class SparsePassOver {
 public:
  SparsePassOver(const PassPoints& points, const SparseRows<S>& x, const LogisticPassRows& rows,
                 const CurvatureRoots& roots)
      : points_(points), x_(x), rows_(rows), roots_(roots), coef_(points) {}

  // False where predictors are not finite.
  bool run(int n_threads, Monitor& monitor, PassSums& out) {
    const Index k = points_.n_targets();
    const Index worth = x_.nonzeros() / (values_per_sparse_sum * x_.cols);
    const auto bounds = equal_pieces(x_, std::clamp<Index>(worth, 1, most_sparse_chunks));
    const auto n_chunks = static_cast<Index>(bounds.size()) - 1;
    std::vector<Buffer<double>> products(n_chunks);
    std::vector<PointTerms> terms(n_chunks, PointTerms(points_, rows_, roots_));
    TaskCounter chunks(n_chunks);
    Relay relay(monitor);
    const double work = 4.0 * static_cast<double>(x_.nonzeros()) * static_cast<double>(k);
    const int team = threads_for(n_threads, work + 100.0 * static_cast<double>(x_.rows * k));
    run_team(static_cast<int>(std::min<Index>(team, n_chunks)), [&](TeamMember&) {
      Buffer<double> f(sparse_block_rows * k);
      Buffer<double> z(k * sparse_block_ld);
      for (Index c = 0; chunks.next(c);) {
        products[c] = Buffer<double>::zeros((x_.cols + 1) * k);
        for (Index i = bounds[c]; i < bounds[c + 1]; i += sparse_block_rows) {
          const Index end = std::min(i + sparse_block_rows, bounds[c + 1]);
          block(i, end, terms[c], f.data(), z.data(), products[c].data());
          relay.check();
        }
      }
    });
    for (const auto& part : terms) {
      if (part.not_finite()) return false;
      part.finish(out);
    }
    for (const auto& part : products) add_gradient(part, out);
    return true;
  }

 private:
  void block(Index begin, Index end, PointTerms& terms, double* f, double* z, double* out) const {
    const Index k = points_.n_targets(), n = end - begin;
    multiply_rows(x_, begin, end, k, coef_.b.data(), f);
    for (Index t = 0; t < k; ++t) {
      for (Index i = 0; i < n; ++i) z[t * sparse_block_ld + i] = f[i * k + t] + coef_.base[t];
    }
    terms.replace(begin, n, z, sparse_block_ld);
    for (Index t = 0; t < k; ++t) {
      for (Index i = 0; i < n; ++i) {
        f[i * k + t] = z[t * sparse_block_ld + i];
        out[x_.cols * k + t] += f[i * k + t];
      }
    }
    add_transposed_rows(x_, begin, end, k, f, out);
  }

  // The gradient in scaled coordinates, from X^T r (features x targets) and then sums of r.
  void add_gradient(const Buffer<double>& products, PassSums& out) const {
    const Index p = points_.n_features(), k = points_.n_targets(), outputs = points_.n_outputs();
    for (Index t = 0; t < k; ++t) {
      DoubleDouble* to =
          out.linear.data() + out.gradient_at(t / outputs) + (t % outputs) * points_.cols();
      const double sum = products[p * k + t];
      for (Index j = 0; j < p; ++j) {
        to[j].add(-points_.scale[j] * products[j * k + t]);
        if (points_.shift[j] != 0.0) to[j].add_product(points_.scale[j] * points_.shift[j], sum);
      }
      to[p].add(-sum);
    }
  }

  const PassPoints& points_;
  const SparseRows<S>& x_;
  const LogisticPassRows& rows_;
  const CurvatureRoots& roots_;
  SparseCoefficients coef_;
};

}  // namespace

template <Real S>
PassOutcome pass_over_sparse(const PassPoints& points, const SparseRows<S>& x,
                             const LogisticPassRows& rows, const CurvatureRoots& roots,
                             int n_threads, Monitor& monitor, PassSums& out) {
  const bool finite = SparsePassOver<S>(points, x, rows, roots).run(n_threads, monitor, out);
  return finite ? PassOutcome::finite : PassOutcome::not_finite;
}

template PassOutcome pass_over_sparse<double>(const PassPoints&, const SparseRows<double>&,
                                              const LogisticPassRows&, const CurvatureRoots&, int,
                                              Monitor&, PassSums&);
template PassOutcome pass_over_sparse<float>(const PassPoints&, const SparseRows<float>&,
                                             const LogisticPassRows&, const CurvatureRoots&, int,
                                             Monitor&, PassSums&);

}  // namespace elltwo
