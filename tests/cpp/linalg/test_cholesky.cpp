#include <algorithm>
#include <limits>

#include "check.hpp"
#include "linalg/cholesky.hpp"
#include "linalg/lapack.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

/// Symmetric, column-major with leading dimension ld; diagonally dominant, so positive definite.
std::vector<double> positive_definite(Index n, Index ld) {
  auto a = random_values(ld * n, 501);
  for (Index j = 0; j < n; ++j) {
    for (Index i = 0; i < j; ++i) a[j * ld + i] = a[i * ld + j];
    a[j * ld + j] = static_cast<double>(n);
  }
  return a;
}

bool factor(Index n, std::vector<double>& a, Index ld, int n_threads) {
  Monitor monitor;
  return cholesky(n, a.data(), ld, n_threads, monitor);
}

/// Largest difference in the lower triangle; infinite if anything else has changed.
double error(Index n, Index ld, const std::vector<double>& got, const std::vector<double>& wanted,
             const std::vector<double>& before) {
  double worst = 0.0;
  for (Index j = 0; j < n; ++j) {
    for (Index i = 0; i < (j + 1 < n ? ld : n); ++i) {
      const auto at = (j * ld + i);
      if (i < j || i >= n) {
        if (got[at] != before[at]) return inf;
      } else if (!(std::abs(got[at] - wanted[at]) <= worst)) {
        worst = std::abs(got[at] - wanted[at]);
      }
    }
  }
  return worst;
}

}  // namespace

TEST(cholesky, of_floats_multiplies_to_the_matrix) {
  for (const Index n : {1, 128, 257, 300}) {
    const auto a = positive_definite(n, n);
    std::vector<float> lower(a.begin(), a.end());
    Monitor monitor;
    CHECK(cholesky(n, lower.data(), n, 2, monitor));
    double worst = 0.0;
    for (Index j = 0; j < n; ++j) {
      for (Index i = j; i < n; ++i) {
        double sum = 0.0;
        for (Index k = 0; k <= j; ++k) {
          sum += static_cast<double>(lower[k * n + i]) * static_cast<double>(lower[k * n + j]);
        }
        worst = std::max(worst, std::abs(sum - a[j * n + i]));
      }
    }
    CHECK_CLOSE(worst, 0.0, 1e-6 * static_cast<double>(n));
    lower[0] = -1.0F;
    CHECK(!cholesky(n, lower.data(), n, 2, monitor));
  }
}

TEST(cholesky, agrees_with_potrf_around_tile_sizes) {
  for (const Index n : {1, 2, 3, 127, 128, 129, 255, 256, 257, 300, 383, 384, 385, 511, 513, 650}) {
    for (const Index gap : {0, 3}) {
      const Case shape(n, "+", gap);
      const Index ld = n + gap;
      const auto a = positive_definite(n, ld);
      auto wanted = a;
      CHECK(lapack::potrf(blas::Uplo::lower, n, wanted.data(), ld));
      auto got = a;
      CHECK(factor(n, got, ld, 2));
      CHECK_CLOSE(error(n, ld, got, wanted, a), 0.0,
                  20.0 * eps * std::sqrt(static_cast<double>(n)));
    }
  }
}

TEST(cholesky, product_of_the_factor_is_the_matrix) {
  const Index n = 300;
  const auto a = positive_definite(n, n);
  auto l = a;
  CHECK(factor(n, l, n, 2));
  double worst = 0.0;
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) {
      Wide sum = -static_cast<Wide>(a[j * n + i]);
      for (Index k = 0; k <= j; ++k) {
        sum += static_cast<Wide>(l[k * n + i]) * l[k * n + j];
      }
      worst = std::max(worst, std::abs(static_cast<double>(sum)));
    }
  }
  CHECK_CLOSE(worst, 0.0, 20.0 * eps * static_cast<double>(n));
}

TEST(cholesky, bits_do_not_depend_on_threads) {
  for (const Index n : {420, 640, 769}) {
    const Case shape(n);
    auto alone = positive_definite(n, n);
    factor(n, alone, n, 1);
    for (const int n_threads : {2, 3, 5}) {
      auto got = positive_definite(n, n);
      CHECK(factor(n, got, n, n_threads));
      CHECK(same_bits(got, alone));
    }
  }
}

TEST(cholesky, says_so_where_a_matrix_is_not_positive_definite) {
  for (const Index n : {1, 5, 200, 257, 400, 513}) {
    for (const Index at : {Index{0}, n / 2, n - 1}) {
      for (const int n_threads : {1, 3}) {
        const Case shape(n, "pivot", at, n_threads, "threads");
        auto a = positive_definite(n, n);
        a[at * n + at] = -1.0;
        CHECK(!factor(n, a, n, n_threads));
      }
    }
  }
}

TEST(cholesky, says_so_where_a_matrix_is_indefinite_with_a_positive_diagonal) {
  for (const Index n : {2, 300}) {
    auto a = positive_definite(n, n);
    a[1] = a[n] = 2.0 * static_cast<double>(n);
    CHECK(!factor(n, a, n, 2));
  }
}

}  // namespace elltwo::test
