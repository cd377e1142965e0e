#include "elltwo/cholesky.hpp"

#include <algorithm>
#include <vector>

#include "c_api/functions.hpp"
#include "c_api/guard.hpp"

namespace elltwo::c_api {
namespace {

void require_matrix(Index n, const double* a, Index row_stride) {
  require(n > 0, "n must be at least 1");
  require(a != nullptr, "the matrix must not be NULL");
  require(row_stride >= n, "row strides must be at least n");
}

void require_rhs(Index n_rhs, const double* b) {
  require(n_rhs >= 0, "n_rhs must not be negative");
  require(b != nullptr || n_rhs == 0, "b must not be NULL");
}

int factor(Index n, const double* a, Index a_stride, double* lower, Index lower_stride,
           double* rcond) {
  if (!elltwo::cholesky_factor(n, a, a_stride, lower, lower_stride)) {
    return fail(ELLTWO_NOT_POSITIVE_DEFINITE,
                "the matrix is not finite and positive definite to working precision");
  }
  if (rcond != nullptr) *rcond = cholesky_rcond(n, lower, lower_stride);
  return ELLTWO_OK;
}

int solve(Index n, Index n_rhs, const double* lower, Index lower_stride, double* b,
          Index b_row_stride, Index b_col_stride) {
  require(elltwo::cholesky_solve(n, n_rhs, lower, lower_stride, b, b_row_stride, b_col_stride),
          "b contains NaN or infinity, or its solution is beyond the range of double");
  return ELLTWO_OK;
}

}  // namespace

int cholesky_factor(Index n, const double* a, Index a_row_stride, double* lower,
                    Index lower_row_stride, double* rcond) {
  return guarded([&] {
    require_matrix(n, a, a_row_stride);
    require_matrix(n, lower, lower_row_stride);
    require(a != lower || a_row_stride == lower_row_stride,
            "a matrix factored in its own place must keep its row stride");
    return factor(n, a, a_row_stride, lower, lower_row_stride, rcond);
  });
}

int cholesky_solve(Index n, Index n_rhs, const double* lower, Index lower_row_stride, double* b,
                   Index b_row_stride, Index b_col_stride) {
  return guarded([&] {
    require_matrix(n, lower, lower_row_stride);
    require_rhs(n_rhs, b);
    return solve(n, n_rhs, lower, lower_row_stride, b, b_row_stride, b_col_stride);
  });
}

int posdef_solve(Index n, Index n_rhs, const double* a, Index a_row_stride, double* b,
                 Index b_row_stride, Index b_col_stride, double* rcond) {
  return guarded([&] {
    require_matrix(n, a, a_row_stride);
    require_rhs(n_rhs, b);
    double small[small_posdef * small_posdef];
    std::vector<double> large(n > small_posdef ? n * n : 0);
    double* lower = large.empty() ? small : large.data();
    const int status = factor(n, a, a_row_stride, lower, n, rcond);
    return status != ELLTWO_OK ? status : solve(n, n_rhs, lower, n, b, b_row_stride, b_col_stride);
  });
}

}  // namespace elltwo::c_api
