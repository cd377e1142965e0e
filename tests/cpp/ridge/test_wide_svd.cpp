#include <algorithm>

#include "check.hpp"
#include "linalg/lapack.hpp"
#include "solvers/ridge/wide_svd.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

/// n x k with orthonormal columns, column-major.
Buffer<double> orthonormal(Index n, Index k, std::uint64_t seed) {
  const auto values = random_values(n * k, seed);
  Buffer<double> u(n * k);
  std::copy(values.begin(), values.end(), u.begin());
  Buffer<double> s(k), left(n * k), vt(k * k);
  Monitor nobody;
  CHECK(lapack::gesdd(n, k, u.data(), n, s.data(), left.data(), n, vt.data(), k, nobody));
  return left;
}

/// Z^T (m x n, column-major) with the singular values given.
struct Spectrum {
  Index m, n;
  std::vector<double> s;
  Buffer<double> right, left;

  Spectrum(Index n_cols, Index n_rows, std::vector<double> values)
      : m(n_cols),
        n(n_rows),
        s(std::move(values)),
        right(orthonormal(m, size(), 801)),
        left(orthonormal(n, size(), 802)) {}

  Index size() const { return static_cast<Index>(s.size()); }

  Buffer<double> zt() const {
    auto z = Buffer<double>::zeros(m * n);
    for (Index c = 0; c < size(); ++c) {
      for (Index i = 0; i < n; ++i) {
        const double factor = s[c] * left[c * n + i];
        for (Index j = 0; j < m; ++j) z[i * m + j] += right[c * m + j] * factor;
      }
    }
    return z;
  }

  /// (Z Z^T + lambda)^-1 r, or the pseudo-inverse over the first `rank` values for lambda = 0.
  std::vector<double> solution(double lambda, Index rank, const double* r) const {
    const double outside = lambda > 0.0 && size() < n ? 1.0 / lambda : 0.0;
    std::vector<double> u(r, r + n);
    for (double& v : u) v *= outside;
    for (Index c = 0; c < rank; ++c) {
      Wide dot = 0.0L;
      for (Index i = 0; i < n; ++i) dot += static_cast<Wide>(left[c * n + i]) * r[i];
      const Wide value = s[c];
      const Wide factor = dot * (1.0L / (value * value + lambda) - outside);
      for (Index i = 0; i < n; ++i) {
        u[i] += static_cast<double>(factor * left[c * n + i]);
      }
    }
    return u;
  }
};

void check_solution(const Spectrum& z, double lambda, Index rank, double tolerance) {
  const Case shape(z.n, 'x', z.m, "lambda", lambda, "rank", rank);
  constexpr Index n_targets = 3;
  const auto r = random_matrix(n_targets, z.n, 803);
  Matrix<double> u(n_targets, z.n);
  Monitor nobody;
  const auto fit =
      wide_svd(z.m, z.n, z.zt(), 0.0, lambda, n_targets, r.values.data(), u.values.data(), nobody);
  CHECK_EQUAL(fit.rank, rank);
  CHECK_CLOSE(fit.largest, z.s[0], 1e-14 * z.s[0]);
  CHECK_CLOSE(fit.rcond, z.s[rank - 1] / z.s[0], 1e-13);
  for (Index t = 0; t < n_targets; ++t) {
    const auto wanted = z.solution(lambda, rank, r.row(t));
    CHECK_CLOSE(relative_error({u.row(t), wanted.size()}, wanted), 0.0, tolerance);
  }
}

}  // namespace

TEST(wide_svd, penalised_tall_wide_and_square) {
  const std::vector<double> s{3.0, 2.0, 1.0, 0.5, 0.1};
  for (const double lambda : {1e-2, 1.0, 1e6}) {
    check_solution({30, 5, s}, lambda, 5, 1e-12);
    check_solution({5, 5, s}, lambda, 5, 1e-12);
    check_solution({5, 12, s}, lambda, 5, 1e-12);  // u = r / lambda outside the features' span
    check_solution({30, 9, s}, lambda, 5, 1e-12);  // rank deficient
  }
}

TEST(wide_svd, a_small_penalty_amplifies_no_rounding) {
  for (const double lambda : {1e-6, 1e-9}) {
    check_solution({30, 5, {3.0, 2.0, 1.0, 0.5, 0.1}}, lambda, 5, 1e-11);
    check_solution({40, 12, std::vector<double>(12, 2.0)}, lambda, 12, 1e-12);
  }
}

TEST(wide_svd, unpenalised_is_the_pseudo_inverse) {
  const std::vector<double> s{2.0, 1.0, 0.25, 0.125};
  check_solution({40, 4, s}, 0.0, 4, 1e-12);
  check_solution({40, 11, s}, 0.0, 4, 1e-12);
  check_solution({4, 20, s}, 0.0, 4, 1e-12);
}

TEST(wide_svd, condition_number_is_not_squared) {
  // 1e-9^2 is below the rounding of a Gram matrix; the singular value itself is good to 7 digits.
  check_solution({60, 3, {1.0, 0.5, 1e-9}}, 0.0, 3, 1e-6);
}

TEST(wide_svd, values_below_rounding_count_as_zero) {
  check_solution({60, 6, {1.0, 0.5, 0.25, 1e-17}}, 0.0, 3, 1e-12);
}

TEST(wide_svd, nothing_but_zeros) {
  const auto r = random_values(4, 804);
  std::vector<double> u(4, nan);
  Monitor nobody;
  auto fit = wide_svd(7, 4, Buffer<double>::zeros(28), 0.0, 2.0, 1, r.data(), u.data(), nobody);
  CHECK_EQUAL(fit.rank, 0);
  for (std::size_t i = 0; i < 4; ++i) CHECK_CLOSE(u[i], r[i] / 2.0, 1e-15);
  fit = wide_svd(7, 4, Buffer<double>::zeros(28), 0.0, 0.0, 1, r.data(), u.data(), nobody);
  CHECK_EQUAL(fit.rank, 0);
  for (const double v : u) CHECK_EQUAL(v, 0.0);
}

}  // namespace elltwo::test
