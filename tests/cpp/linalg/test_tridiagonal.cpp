#include <algorithm>
#include <cmath>

#include "check.hpp"
#include "linalg/buffer.hpp"
#include "linalg/tridiagonal.hpp"
#include "support/data.hpp"
#include "support/levels.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

Tridiagonal random_tridiagonal(Index m, std::uint64_t seed) {
  Random random(seed);
  Tridiagonal t;
  for (Index k = 0; k < m; ++k) t.diagonal.push_back(2.5 + random.uniform() * 0.1);
  for (Index k = 0; k + 1 < m; ++k) t.beside.push_back(random.uniform() * 0.3);
  return t;
}

std::vector<double> column(const Buffer<double>& a, Index n, Index j) {
  return {a.data() + j * n, a.data() + (j + 1) * n};
}

}  // namespace

TEST(tridiagonal, solutions_multiply_back) {
  for (const Index m : {1, 2, 3, 40}) {
    const auto t = random_tridiagonal(m, 1600);
    for (const Index n : {1, 8, 11}) {
      const Case which(m, "rows,", n, "vectors");
      const auto c = random_values(m * n, 1601);
      for (const double shift : {0.0, 0.75, 1e6}) {
        std::vector<double> x(c.size()), back(static_cast<std::size_t>(m));
        t.solve(shift, n, c.data(), m, x.data(), m);
        for (Index v = 0; v < n; ++v) {
          t.multiply(x.data() + v * m, back.data());
          for (Index k = 0; k < m; ++k) {
            CHECK_CLOSE(back[k] + shift * x[v * m + k], c[v * m + k], 1e-13);
          }
        }
      }
    }
  }
}

TEST(tridiagonal, an_infinite_shift_leaves_nothing) {
  const auto t = random_tridiagonal(5, 1602);
  const auto c = random_values(5, 1603);
  std::vector<double> x(5, nan);
  t.solve(inf, 1, c.data(), 5, x.data(), 5);
  for (const double v : x) CHECK_EQUAL(v, 0.0);
}

TEST(tridiagonal, form_of_a_matrix) {
  constexpr Index n = 12;
  const auto r = random_matrix(n, n, 1604);
  Buffer<double> a(n * n);
  for (Index j = 0; j < n; ++j) {
    for (Index i = 0; i < n; ++i) a[j * n + i] = i >= j ? r(i, j) : nan;
  }
  const auto entry = [&](Index i, Index j) { return r(std::max(i, j), std::min(i, j)); };
  Monitor nobody;
  const auto [t, values] = tridiagonalise(n, a.data(), n, 1, nobody);
  for (Index j = 0; j < n; ++j) {
    std::vector<double> e(n, 0.0), image(n);
    e[j] = 1.0;
    t.multiply(e.data(), image.data());
    const auto q = column(a, n, j);
    for (Index i = 0; i < n; ++i) {
      Wide left = 0.0L, right = 0.0L;  // (a Q)_ij and (Q T)_ij
      for (Index k = 0; k < n; ++k) {
        left += Wide(entry(i, k)) * q[k];
        right += Wide(a[k * n + i]) * image[k];
      }
      CHECK_CLOSE(static_cast<double>(left), static_cast<double>(right), 1e-13);
    }
  }
  double trace = 0.0, sum = 0.0;
  for (Index i = 0; i < n; ++i) trace += r(i, i);
  for (const double v : values) sum += v;
  CHECK(std::is_sorted(values.begin(), values.end()));
  CHECK_CLOSE(sum, trace, 1e-12);
}

TEST(tridiagonal, form_does_not_depend_on_threads) {
  constexpr Index n = 200;  // enough for a second thread
  const auto r = random_matrix(n, n, 1607);
  auto first = r.values, second = first;
  Monitor nobody;
  const auto alone = tridiagonalise(n, first.data(), n, 1, nobody);
  const auto together = tridiagonalise(n, second.data(), n, 2, nobody);
  CHECK(first == second);
  CHECK(alone.t.diagonal == together.t.diagonal);
  CHECK(alone.t.beside == together.t.beside);
  CHECK(alone.eigenvalues == together.eigenvalues);
}

TEST(tridiagonal, inverse_forms_of_every_instruction_set) {
  for_each_level([](const Kernels& kernels) {
    const Index m = 19, ld = 4 * kernels.width_f64, n_rows = 7;
    const auto t = random_tridiagonal(m, 1605);
    std::vector<double> lower(m * ld), inverse(m * ld), out(n_rows * ld, nan);
    for (Index s = 0; s < ld; ++s) {
      t.factor(0.5 * static_cast<double>(s), ld, lower.data() + s, inverse.data() + s);
    }
    const auto z = random_values(n_rows * (m + 2), 1606);
    kernels.inverse_forms(m, lower.data(), inverse.data(), ld, n_rows, z.data(), m + 2, out.data(),
                          ld);
    std::vector<double> x(m);
    for (Index r = 0; r < n_rows; ++r) {
      for (Index s = 0; s < ld; ++s) {
        t.solve(0.5 * static_cast<double>(s), 1, z.data() + r * (m + 2), m, x.data(), m);
        double wanted = 0.0;
        for (Index k = 0; k < m; ++k) wanted += z[r * (m + 2) + k] * x[k];
        CHECK_CLOSE(out[r * ld + s], wanted, 1e-13 * wanted);
      }
    }
  });
}

}  // namespace elltwo::test
