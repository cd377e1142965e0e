#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "check.hpp"
#include "linalg/lapack.hpp"
#include "parallel/interruption.hpp"
#include "support/data.hpp"

namespace elltwo::test {
namespace {

Monitor nobody;

std::vector<double> random_numbers(Index n, std::uint64_t seed) {
  const auto values = random_values(n, seed);
  return {values.begin(), values.end()};
}

/// The largest entry of a - b c, for a m x n and the inner size k, all column-major and packed.
double distance(Index m, Index n, Index k, std::vector<double> a, const std::vector<double>& b,
                const std::vector<double>& c) {
  blas::gemm(blas::Op::none, blas::Op::none, m, n, k, -1.0, b.data(), m, c.data(), k, 1.0, a.data(),
             m);
  double worst = 0.0;
  for (const double v : a) worst = std::max(worst, std::abs(v));
  return worst;
}

/// The largest entry of q^T q - I for q m x n.
double from_orthonormal(Index m, Index n, const std::vector<double>& q) {
  std::vector<double> g(n * n);
  blas::gemm(blas::Op::transpose, blas::Op::none, n, n, m, 1.0, q.data(), m, q.data(), m, 0.0,
             g.data(), n);
  double worst = 0.0;
  for (Index j = 0; j < n; ++j) {
    for (Index i = 0; i < n; ++i) worst = std::max(worst, std::abs(g[j * n + i] - (i == j)));
  }
  return worst;
}

bool at_once(void*) noexcept { return true; }

/// Whether a call that is asked to stop is interrupted.
template <class Call>
bool interrupted(Call call) {
  Monitor monitor(at_once, nullptr);
  return !completed([&] { call(monitor); });
}

}  // namespace

TEST(lapack, eigenvectors_in_steps) {
  for (const Index n : {1, 40, 129, 300, 700}) {
    for (const bool deficient : {false, true}) {
      const Case which(n, deficient ? "singular" : "regular");
      const Index rank = deficient ? n / 2 + 1 : n + 3;
      const auto x = random_numbers(n * rank, 77);
      std::vector<double> a(n * n), values(n);
      blas::gemm(blas::Op::none, blas::Op::transpose, n, n, rank, 1.0, x.data(), n, x.data(), n,
                 0.0, a.data(), n);
      auto v = a;
      CHECK(lapack::syevd(n, v.data(), n, values.data(), nobody));
      CHECK(std::is_sorted(values.begin(), values.end()));
      CHECK(from_orthonormal(n, n, v) < 1e-13);
      auto product = v, transposed = v;
      for (Index j = 0; j < n; ++j) {
        for (Index i = 0; i < n; ++i) {
          product[j * n + i] *= values[j];
          transposed[i * n + j] = v[j * n + i];
        }
      }
      CHECK(distance(n, n, n, a, product, transposed) <
            1e-14 * static_cast<double>(n) * std::max(1.0, values.back()));
    }
  }
}

TEST(lapack, eigenvalues_alone_are_those_with_vectors) {
  constexpr Index n = 400;
  const auto noise = random_numbers(2 * n, 5);
  std::vector<double> d(noise.begin(), noise.begin() + n), e(noise.begin() + n, noise.end());
  e[100] = 0.0;
  auto alone = d, with = d, e2 = e;
  std::vector<double> z(n * n);
  CHECK(lapack::sterf(n, alone.data(), e.data(), nobody));
  CHECK(lapack::stedc(n, with.data(), e2.data(), z.data(), n, nobody));
  for (Index i = 0; i < n; ++i) CHECK_CLOSE(alone[i], with[i], 1e-13);
  CHECK(from_orthonormal(n, n, z) < 1e-13);
}

TEST(lapack, singular_vectors_in_steps) {
  const std::pair<Index, Index> shapes[] = {{700, 700}, {800, 640}, {1300, 500}, {640, 800}};
  for (const auto& [m, n] : shapes) {
    const Case which(m, 'x', n);
    const Index k = std::min(m, n);
    auto a = random_numbers(m * n, 99);
    std::copy_n(a.data() + m, m, a.data());  // collinear columns
    auto kept = a;
    std::vector<double> s(k), u(m * k), vt(k * n);
    CHECK(lapack::gesdd(m, n, a.data(), m, s.data(), u.data(), m, vt.data(), k, nobody));
    CHECK(std::is_sorted(s.rbegin(), s.rend()));
    if (m >= n) CHECK(s[k - 1] < 1e-12);
    CHECK(from_orthonormal(m, k, u) < 1e-13);
    for (Index j = 0; j < k; ++j) {
      for (Index i = 0; i < m; ++i) u[j * m + i] *= s[j];
    }
    CHECK(distance(m, n, k, kept, u, vt) < 1e-11);
  }
}

TEST(lapack, long_calls_stop_when_asked_to) {
  constexpr Index n = 1600;  // longer than a monitor waits before it asks
  const auto a = random_numbers(n * n, 3);
  std::vector<double> b(n), c(n * n), q(n * n);
  auto copy = a;
  CHECK(interrupted([&](Monitor& m) { lapack::geqrf(n, n, copy.data(), n, b.data(), m); }));
  copy = a;
  CHECK(interrupted([&](Monitor& m) { lapack::syevd(n, copy.data(), n, b.data(), m); }));
  copy = a;
  CHECK(interrupted([&](Monitor& m) {
    lapack::gesdd(n, n, copy.data(), n, b.data(), q.data(), n, c.data(), n, m);
  }));
}

}  // namespace elltwo::test
