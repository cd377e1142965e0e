#include <cmath>
#include <vector>

#include "check.hpp"
#include "linalg/lapack.hpp"
#include "linalg/leading_cholesky.hpp"
#include "linalg/matrix_vector.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

/// A A' of a random n x n matrix A, whose row `dependent` is a sum of the rows before.
std::vector<double> gram_of_rows(Index n, Index dependent) {
  Matrix<double> a = random_matrix(n, n, 71);
  for (Index i = 0; i < n; ++i) a(i, i) += 4.0;
  if (dependent < n) {
    for (Index k = 0; k < n; ++k) {
      a(dependent, k) = 0.0;
      for (Index i = 0; i < dependent; ++i) a(dependent, k) += a(i, k) / static_cast<double>(n);
    }
  }
  std::vector<double> result(n * n, 0.0);
  for (Index j = 0; j < n; ++j) {
    for (Index i = 0; i < n; ++i) {
      for (Index k = 0; k < n; ++k) result[j * n + i] += a(i, k) * a(j, k);
    }
  }
  return result;
}

}  // namespace

TEST(leading_cholesky, factors_up_to_the_first_dependent_column) {
  Monitor monitor;
  for (const Index n : {1, 2, 31, 32, 33, 64, 100}) {
    for (const Index dependent : {Index{0}, n / 2, n - 1, n}) {
      const Case which(n, "dependent", dependent);
      const std::vector<double> a = gram_of_rows(n, dependent);
      std::vector<double> least(n);
      for (Index i = 0; i < n; ++i) least[i] = 1e-10 * a[i * n + i];
      auto got = a;
      const Index factored = leading_cholesky(n, got.data(), n, least.data(), monitor);
      CHECK_EQUAL(factored, std::min(dependent, n));
      auto wanted = a;
      if (factored > 0) CHECK(lapack::potrf(blas::Uplo::lower, factored, wanted.data(), n));
      double worst = 0.0;
      for (Index j = 0; j < factored; ++j) {
        for (Index i = j; i < factored; ++i) {
          worst = std::max(worst, std::abs(got[j * n + i] - wanted[j * n + i]));
        }
      }
      CHECK_CLOSE(worst, 0.0, 1e-11);
    }
  }
}

TEST(leading_cholesky, trsv_solves_with_the_factor_and_its_transpose) {
  const Index n = 37;
  Monitor monitor;
  const std::vector<double> a = gram_of_rows(n, n);
  auto l = a;
  const std::vector<double> least(n, 0.0);
  CHECK_EQUAL(leading_cholesky(n, l.data(), n, least.data(), monitor), n);
  const auto x = random_values(n, 72);
  std::vector<double> b(n, 0.0);
  for (Index j = 0; j < n; ++j) {
    for (Index i = 0; i < n; ++i) b[i] += a[j * n + i] * x[j];
  }
  lapack::trsv('N', n, l.data(), n, b.data());
  lapack::trsv('T', n, l.data(), n, b.data());
  CHECK_CLOSE(relative_error(b, x), 0.0, 1e-9);
}

}  // namespace elltwo::test
