#pragma once

#include <string>

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

/// Column-major BLAS under the routines' own names. Sizes have 64 bits and throw std::length_error
/// where they exceed BLAS's 32.
namespace elltwo::blas {

enum class Side : char { left = 'L', right = 'R' };
enum class Uplo : char { lower = 'L', upper = 'U' };
enum class Op : char { none = 'N', transpose = 'T' };

/// c = alpha op(a) op(b) + beta c, with c m x n and the inner size k.
void gemm(Op op_a, Op op_b, Index m, Index n, Index k, double alpha, const double* a, Index lda,
          const double* b, Index ldb, double beta, double* c, Index ldc);

/// The same in single precision.
void gemm(Op op_a, Op op_b, Index m, Index n, Index k, float alpha, const float* a, Index lda,
          const float* b, Index ldb, float beta, float* c, Index ldc);

/// The same in blocks of columns, where it takes long. Throws Interrupted.
void gemm(Op op_a, Op op_b, Index m, Index n, Index k, double alpha, const double* a, Index lda,
          const double* b, Index ldb, double beta, double* c, Index ldc, Monitor& monitor);

/// c = alpha a a^T + beta c in the given triangle of c, with a n x k.
void syrk(Uplo uplo, Index n, Index k, double alpha, const double* a, Index lda, double beta,
          double* c, Index ldc);

/// The same in single precision.
void syrk(Uplo uplo, Index n, Index k, float alpha, const float* a, Index lda, float beta, float* c,
          Index ldc);

/// c = alpha a b + beta c with a symmetric m x m matrix a, given by a triangle, and b m x n.
void symm(Uplo uplo, Index m, Index n, double alpha, const double* a, Index lda, const double* b,
          Index ldb, double beta, double* c, Index ldc);

/// b = op(a)^-1 b (left) or b op(a)^-1 (right) with a triangular and b m x n.
void trsm(Side side, Uplo uplo, Op op, Index m, Index n, const double* a, Index lda, double* b,
          Index ldb);

/// The same in single precision.
void trsm(Side side, Uplo uplo, Op op, Index m, Index n, const float* a, Index lda, float* b,
          Index ldb);

/// x = op(a)^-1 x with a n x n and lower triangular, in single precision.
void trsv(Op op, Index n, const float* a, Index lda, float* x);

/// Sets the library's own thread pool to one thread: elltwo calls it from threads of its own.
void use_one_thread();

/// The library's description of itself.
std::string description();

}  // namespace elltwo::blas
