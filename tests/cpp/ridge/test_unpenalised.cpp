#include <algorithm>
#include <cmath>

#include "check.hpp"
#include "solvers/ridge/unpenalised.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

Wide dot(const double* a, const double* b, Index n) {
  Wide sum = 0.0L;
  for (Index i = 0; i < n; ++i) sum += static_cast<Wide>(a[i]) * b[i];
  return sum;
}

/// Free features, n x q column-major, and the ones that they have been made orthogonal to.
struct Free {
  Index n, q;
  std::vector<double> ones;
  std::vector<double> columns;

  Free(Index n_rows, Index n_free, bool intercept)
      : n(n_rows), q(n_free), columns(random_values(n * q, 902)) {
    if (!intercept) return;
    ones = random_weights(n, 901);
    const Wide square = dot(ones.data(), ones.data(), n);
    for (Index c = 0; c < q; ++c) {
      const auto share = static_cast<double>(dot(ones.data(), column(c), n) / square);
      for (Index i = 0; i < n; ++i) columns[c * n + i] -= share * ones[i];
    }
  }

  const double* column(Index c) const { return columns.data() + c * n; }

  Unpenalised build() const {
    Buffer<double> copy(n * q);
    std::copy(columns.begin(), columns.end(), copy.begin());
    Monitor nobody;
    return Unpenalised(n, ones, std::move(copy), q, nobody);
  }

  /// Largest inner product of v with anything unpenalised.
  double overlap(const double* v) const {
    Wide worst = ones.empty() ? 0.0L : std::abs(dot(ones.data(), v, n));
    for (Index c = 0; c < q; ++c) worst = std::max(worst, std::abs(dot(column(c), v, n)));
    return static_cast<double>(worst);
  }
};

constexpr double tolerance = 2e-13;

/// The matrix with entries f(i, j), column-major, lower triangle; NaN above.
template <class F>
std::vector<double> lower_triangle(Index n, F f) {
  std::vector<double> k((n * n), nan);
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) k[j * n + i] = f(i, j);
  }
  return k;
}

Matrix<double> projection_matrix(const Unpenalised& basis, Index n) {
  Matrix<double> p(n, n);
  for (Index j = 0; j < n; ++j) {
    p(j, j) = 1.0;
    basis.project(p.row(j));
  }
  return p;
}

}  // namespace

TEST(unpenalised, projection_is_orthogonal_and_idempotent) {
  for (const Index q : {0, 1, 5}) {
    for (const bool intercept : {false, true}) {
      const Free free(40, q, intercept);
      const auto basis = free.build();
      CHECK_EQUAL(basis.rank_of_features(), q);
      const auto before = random_values(40, 903);
      auto v = before;
      basis.project(v.data());
      CHECK_CLOSE(free.overlap(v.data()), 0.0, tolerance);
      // v differs from before by what is unpenalised only.
      const Wide kept = dot(v.data(), v.data(), 40);
      CHECK_CLOSE(kept, dot(v.data(), before.data(), 40), tolerance);
      auto again = v;
      basis.project(again.data());
      for (std::size_t i = 0; i < v.size(); ++i) CHECK_CLOSE(again[i], v[i], tolerance);
      if (q == 0 && !intercept) CHECK(v == before);
    }
  }
}

TEST(unpenalised, features_are_fitted_by_least_squares) {
  const Free free(40, 4, true);
  const auto basis = free.build();
  const auto before = random_values(40, 904);
  auto v = before;
  std::vector<double> beta(4, nan);
  basis.fit_features(v.data(), beta.data());
  for (Index c = 0; c < 4; ++c) CHECK_CLOSE(dot(free.column(c), v.data(), 40), 0.0, tolerance);
  for (Index i = 0; i < 40; ++i) {
    Wide fit = before[i];
    for (Index c = 0; c < 4; ++c) fit -= static_cast<Wide>(beta[c]) * free.column(c)[i];
    CHECK_CLOSE(v[i], fit, tolerance);
  }
  // The intercept is removed elsewhere.
  CHECK_CLOSE(dot(free.ones.data(), v.data(), 40), dot(free.ones.data(), before.data(), 40),
              tolerance);
}

TEST(unpenalised, dependent_features_share_their_fit) {
  Free free(30, 3, false);
  for (Index i = 0; i < 30; ++i) free.columns[60 + i] = 2.0 * free.columns[i];
  const auto basis = free.build();
  CHECK_EQUAL(basis.rank_of_features(), 2);
  auto v = random_values(30, 905);
  std::vector<double> beta(3);
  basis.fit_features(v.data(), beta.data());
  CHECK_CLOSE(free.overlap(v.data()), 0.0, tolerance);
  CHECK_CLOSE(beta[2], 2.0 * beta[0], tolerance);
}

TEST(unpenalised, no_more_directions_than_rows) {
  const Free free(5, 9, false);
  const auto basis = free.build();
  CHECK_EQUAL(basis.rank_of_features(), 5);
  auto v = random_values(5, 906);
  basis.project(v.data());
  for (const double left : v) CHECK_CLOSE(left, 0.0, tolerance);
}

TEST(unpenalised, deflated_matrix_is_projected_and_filled_up) {
  const Index n = 25;
  const auto basis = Free(n, 3, true).build();
  const auto root = random_matrix(n, n, 907);
  const auto product = [&](Index i, Index j) {
    return static_cast<double>(dot(root.row(i), root.row(j), n));
  };
  auto k = lower_triangle(n, product);
  Monitor nobody;
  basis.deflate(k.data(), n, nobody);
  const double tau = basis.fill(k.data(), n, true);
  const auto projection = projection_matrix(basis, n);
  Matrix<double> wanted(n, n);  // P K P, then its mean diagonal times I - P
  double trace = 0.0;
  for (Index j = 0; j < n; ++j) {
    for (Index i = 0; i < n; ++i) {
      for (Index c = 0; c < n; ++c) wanted(j, i) += product(i, c) * projection(j, c);
    }
    basis.project(wanted.row(j));
    trace += wanted(j, j);
  }
  CHECK_CLOSE(tau, trace / 25.0, 1e-12);
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) {
      const double rest = (i == j ? 1.0 : 0.0) - projection(j, i);
      CHECK_CLOSE(k[j * n + i], wanted(j, i) + trace / 25.0 * rest, 1e-12);
    }
  }
}

TEST(unpenalised, nothing_to_deflate) {
  const auto basis = Free(6, 0, false).build();
  auto k = lower_triangle(6, [](Index i, Index j) { return static_cast<double>(i + j); });
  const auto before = k;
  Monitor nobody;
  basis.deflate(k.data(), 6, nobody);
  CHECK_EQUAL(basis.fill(k.data(), 6, true), 0.0);
  CHECK(std::memcmp(k.data(), before.data(), 36 * sizeof(double)) == 0);
}

}  // namespace elltwo::test
