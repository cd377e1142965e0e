#include <algorithm>

#include "check.hpp"
#include "linalg/orthogonal.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

Monitor nobody;

/// R and Q^T Y of [X | Y], rows folded in chunk by chunk.
struct Triangle {
  Index p, t, ld;
  Buffer<double> stack;

  Triangle(const Matrix<double>& x, const Matrix<double>& y, Index chunk)
      : p(x.cols), t(y.cols), ld(p + chunk + 2), stack(Buffer<double>::zeros(ld * (p + t))) {
    for (Index k = 0; k < x.rows; k += chunk) {
      const Index rows = std::min(chunk, x.rows - k);
      for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < p; ++j) stack[j * ld + p + i] = x(k + i, j);
        for (Index u = 0; u < t; ++u) stack[(p + u) * ld + p + i] = y(k + i, u);
      }
      fold_rows(p, rows, t, stack.data(), ld, nobody);
    }
  }

  double r(Index i, Index j) const { return stack[j * ld + i]; }
  double c(Index i, Index u) const { return stack[(p + u) * ld + i]; }

  /// Coefficients, p x t column-major.
  Buffer<double> solve(Index n_rows, bool force_svd, TriangularFit& fit) const {
    Buffer<double> z(p * t);
    for (Index u = 0; u < t; ++u) std::copy_n(&stack[(p + u) * ld], p, z.data() + u * p);
    const std::vector<double> ones(p, 1.0);
    const NearestNorm norm{.size = ones, .unit = ones, .row = {}, .level = {}};
    fit = solve_triangle(p, stack.data(), ld, n_rows, force_svd, norm, z.data(), t, p, nobody);
    return z;
  }
};

Wide inner(const Matrix<double>& a, Index i, const Matrix<double>& b, Index j) {
  Wide sum = 0.0L;
  for (Index k = 0; k < a.rows; ++k) sum += static_cast<Wide>(a(k, i)) * b(k, j);
  return sum;
}

/// R^T R = X^T X, R^T C = X^T Y, and zeros below the diagonal.
void check_triangle(const Triangle& triangle, const Matrix<double>& x, const Matrix<double>& y) {
  const auto product = [&](Index i, Index j, bool target) {
    Wide sum = 0.0L;
    for (Index k = 0; k <= i; ++k) {
      sum += static_cast<Wide>(triangle.r(k, i)) * (target ? triangle.c(k, j) : triangle.r(k, j));
    }
    return sum;
  };
  const Wide tolerance = 50.0L * eps * static_cast<Wide>(x.rows + x.cols);
  for (Index i = 0; i < x.cols; ++i) {
    for (Index j = i; j < x.cols; ++j)
      CHECK_CLOSE(product(i, j, false), inner(x, i, x, j), tolerance);
    for (Index u = 0; u < y.cols; ++u)
      CHECK_CLOSE(product(i, u, true), inner(x, i, y, u), tolerance);
    for (Index k = i + 1; k < triangle.ld - 2; ++k) CHECK_EQUAL(triangle.r(k, i), 0.0);
  }
}

/// X z against y: the gradient vanishes, and z has no part along `null` (a combination of columns
/// that is zero).
void check_shortest(const Matrix<double>& x, const Matrix<double>& y, const double* z,
                    const Matrix<double>& null, double tolerance) {
  for (Index j = 0; j < x.cols; ++j) {
    Wide gradient = 0.0L;
    Wide size = 0.0L;
    for (Index i = 0; i < x.rows; ++i) {
      Wide residual = y(i, 0);
      for (Index k = 0; k < x.cols; ++k) residual -= static_cast<Wide>(x(i, k)) * z[k];
      gradient += x(i, j) * residual;
      size += std::abs(x(i, j)) * (std::abs(residual) + 1.0L);
    }
    CHECK_CLOSE(gradient, 0.0L, tolerance * size);
  }
  for (Index v = 0; v < null.rows; ++v) {
    Wide along = 0.0L;
    Wide size = 0.0L;
    for (Index j = 0; j < x.cols; ++j) {
      along += static_cast<Wide>(null(v, j)) * z[j];
      size += std::abs(null(v, j) * z[j]);
    }
    CHECK_CLOSE(along, 0.0L, tolerance * size);
  }
}

}  // namespace

TEST(orthogonal, folded_rows_have_the_products_of_all_rows) {
  for (const Index p : {1, 2, 7, 40}) {
    for (const Index n_targets : {0, 1, 3}) {
      for (const Index chunk : {1, 13, 64}) {
        const Case shape(p, "columns,", n_targets, "targets, chunks of", chunk);
        const auto x = random_matrix(90, p, 701);
        const auto y = random_matrix(90, n_targets, 702);
        check_triangle(Triangle(x, y, chunk), x, y);
      }
    }
  }
}

TEST(orthogonal, full_rank_agrees_with_householder_in_long_double) {
  auto x = random_matrix(120, 25, 703);
  for (Index i = 0; i < 120; ++i) x(i, 3) = x(i, 4) + 1e-5 * x(i, 3);
  const auto y = random_matrix(120, 2, 704);
  const Triangle triangle(x, y, 32);
  for (const bool force_svd : {false, true}) {
    TriangularFit fit;
    const auto z = triangle.solve(120, force_svd, fit);
    CHECK_EQUAL(fit.rank, 25);
    CHECK_EQUAL(fit.used_svd, force_svd);
    CHECK(fit.rcond > 1e-8 && fit.rcond < 1e-3);
    for (Index u = 0; u < 2; ++u) {
      std::vector<Wide> b;
      for (Index i = 0; i < 120; ++i) b.push_back(y(i, u));
      const auto exact = least_squares(converted<Wide>(x), b);
      const std::vector<double> wanted(exact.begin(), exact.end());
      CHECK_CLOSE(relative_error({z.data() + u * 25, 25}, wanted), 0.0, 1e-9);
    }
  }
}

TEST(orthogonal, scales_of_columns_cost_no_rank) {
  auto x = random_matrix(60, 6, 705);
  const double scale[] = {1.0, 0x1p-300, 0x1p300, 0x1p-50, 0x1p40, 1.0};
  const auto y = random_matrix(60, 1, 706);
  TriangularFit fit;
  const auto wanted = Triangle(x, y, 60).solve(60, false, fit);
  for (Index i = 0; i < 60; ++i) {
    for (Index j = 0; j < 6; ++j) x(i, j) *= scale[j];
  }
  for (const bool force_svd : {false, true}) {
    auto z = Triangle(x, y, 60).solve(60, force_svd, fit);
    CHECK_EQUAL(fit.rank, 6);
    for (Index j = 0; j < 6; ++j) z[j] *= scale[j];
    CHECK_CLOSE(relative_error({z.data(), 6}, {wanted.data(), 6}), 0.0, 1e-13);
  }
}

TEST(orthogonal, rank_deficient_gives_the_shortest_solution) {
  auto x = random_matrix(50, 7, 707);
  for (Index i = 0; i < 50; ++i) {
    x(i, 2) = x(i, 0) - 2.0 * x(i, 1);
    x(i, 6) = 4.0 * x(i, 5);
  }
  Matrix<double> null(2, 7);
  null(0, 0) = 1.0, null(0, 1) = -2.0, null(0, 2) = -1.0;
  null(1, 5) = 4.0, null(1, 6) = -1.0;
  const auto y = random_matrix(50, 1, 708);
  TriangularFit fit;
  const auto z = Triangle(x, y, 20).solve(50, false, fit);
  CHECK(fit.used_svd);
  CHECK_EQUAL(fit.rank, 5);
  CHECK(fit.rcond > 0.01);
  check_shortest(x, y, z.data(), null, 1e-13);
}

TEST(orthogonal, shortest_in_the_metric_asked_for) {
  auto x = random_matrix(40, 3, 709);
  for (Index i = 0; i < 40; ++i) x(i, 1) = x(i, 0);
  const auto y = random_matrix(40, 1, 710);
  const Triangle triangle(x, y, 40);
  Buffer<double> z(3);
  std::copy_n(&triangle.stack[3 * triangle.ld], 3, z.data());
  const std::vector<double> size{1.0, 3.0, 1.0};  // least z_0^2 + 9 z_1^2 at fixed z_0 + z_1
  const NearestNorm norm{.size = size, .unit = size, .row = {}, .level = {}};
  const auto fit = solve_triangle(3, triangle.stack.data(), triangle.ld, 40, false, norm, z.data(),
                                  1, 3, nobody);
  CHECK_EQUAL(fit.rank, 2);
  CHECK_CLOSE(z[0], 9.0 * z[1], 1e-13 * std::abs(z[0]));
}

// z_0 + z_1 + 2 z_2 is all that is known of three copies of a column: of sizes 0 the first two take
// it, in parts by their units, and the third, which has a size, is zero.
TEST(orthogonal, sizes_of_zero_take_all_and_share_by_units) {
  auto x = random_matrix(40, 4, 714);
  for (Index i = 0; i < 40; ++i) x(i, 1) = x(i, 0), x(i, 2) = 2.0 * x(i, 0);
  const auto y = random_matrix(40, 1, 715);
  const Triangle triangle(x, y, 40);
  Buffer<double> z(4);
  std::copy_n(&triangle.stack[4 * triangle.ld], 4, z.data());
  const NearestNorm norm{
      .size = {0.0, 0.0, 1.0, 1.0}, .unit = {1.0, 3.0, 1.0, 1.0}, .row = {}, .level = {}};
  const auto fit = solve_triangle(4, triangle.stack.data(), triangle.ld, 40, false, norm, z.data(),
                                  1, 4, nobody);
  CHECK_EQUAL(fit.rank, 2);
  CHECK_CLOSE(z[0], 9.0 * z[1], 1e-13 * std::abs(z[0]));
  CHECK_CLOSE(z[2], 0.0, 1e-13 * std::abs(z[0]));
}

// Two copies of a column share z_0 + z_1 = s: the least z_0^2 + z_1^2 + (1 - 2 z_0)^2.
TEST(orthogonal, a_row_joins_the_norm) {
  auto x = random_matrix(40, 2, 716);
  for (Index i = 0; i < 40; ++i) x(i, 1) = x(i, 0);
  const auto y = random_matrix(40, 1, 717);
  const Triangle triangle(x, y, 40);
  Buffer<double> z(2);
  std::copy_n(&triangle.stack[2 * triangle.ld], 2, z.data());
  const NearestNorm norm{.size = {1.0, 1.0}, .unit = {1.0, 1.0}, .row = {2.0, 0.0}, .level = {1.0}};
  solve_triangle(2, triangle.stack.data(), triangle.ld, 40, false, norm, z.data(), 1, 2, nobody);
  CHECK_CLOSE(6.0 * z[0], z[0] + z[1] + 2.0, 1e-13);
}

TEST(orthogonal, nothing_but_zeros) {
  const Matrix<double> x(10, 4);
  TriangularFit fit;
  const auto z = Triangle(x, random_matrix(10, 2, 711), 5).solve(10, false, fit);
  CHECK_EQUAL(fit.rank, 0);
  CHECK(std::all_of(z.begin(), z.end(), [](double v) { return v == 0.0; }));
}

TEST(orthogonal, fewer_rows_than_columns) {
  const auto x = random_matrix(3, 5, 712);
  const auto y = random_matrix(3, 1, 713);
  TriangularFit fit;
  const auto z = Triangle(x, y, 2).solve(3, false, fit);
  CHECK_EQUAL(fit.rank, 3);
  check_shortest(x, y, z.data(), Matrix<double>(0, 5), 1e-13);
}

}  // namespace elltwo::test
