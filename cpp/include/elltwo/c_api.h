#pragma once

/* The C interface: a table of functions for clients that are compiled apart from elltwo.
   Matrices are of double, with element (i, j) at data[i * row_stride + j * col_stride] and
   strides in elements. Every function may be called from any thread at any time; none keeps a
   pointer, calls back, throws, or uses Python. Results are written where the status is at least
   0; elsewhere they are unspecified. */

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Increased when the meaning of a function or its place in the table changes. New functions are
   added at the end of the table. */
enum { ELLTWO_ABI_VERSION = 1 };

typedef enum elltwo_status {
  ELLTWO_OK = 0,
  ELLTWO_NOT_CONVERGED = 1,          /* results are written, but miss the tolerance of 1e-10 */
  ELLTWO_INVALID_ARGUMENT = -1,      /* a shape or a value; NaN or infinity in the data */
  ELLTWO_NOT_POSITIVE_DEFINITE = -2, /* to working precision */
  ELLTWO_OUT_OF_MEMORY = -3,
  ELLTWO_FAILED = -4 /* anything else: a defect of elltwo */
} elltwo_status;

/* The moments of rows, see elltwo/moments.hpp. One thread at a time may use such an object. */
typedef struct elltwo_moments elltwo_moments;

typedef struct elltwo_api {
  int abi_version;
  size_t size; /* of this table in bytes, which says which functions it has */

  /* The message of this thread's last call with a negative status, "" before any. The text stays
     until the next such call. */
  const char* (*message)(void);

  /* Minimises sum_i (y_i - b0 - x_i.b)^2 + alpha |b|^2 on the calling thread, with alpha in [0,
     inf]. coef has n_features values. Without fit_intercept the intercept is set to 0. */
  int (*ridge)(ptrdiff_t n_samples, ptrdiff_t n_features, const double* x, ptrdiff_t x_row_stride,
               ptrdiff_t x_col_stride, const double* y, ptrdiff_t y_stride, double alpha,
               int fit_intercept, double* coef, double* intercept);

  /* Minimises sum_i w_i (y_it - b0_t - x_i.b_t)^2 + alpha_t sum_j f_j (b_tj - m_tj)^2 for every
     target t, with alpha_t at alpha[t * alpha_stride]; a stride of 0 gives one alpha for all.
     NULL for penalty_factors (n_features), prior_mean (n_targets x n_features, contiguous) and
     sample_weight (n_samples) stands for 1, 0 and 1. coef: n_targets x n_features, contiguous.
     intercept: n_targets. optimality (the relative gradient reached) and rcond: one number each,
     the worst of all targets, or NULL. n_threads: 0 for num_threads() of elltwo/threads.hpp. */
  int (*ridge_targets)(ptrdiff_t n_samples, ptrdiff_t n_features, ptrdiff_t n_targets,
                       const double* x, ptrdiff_t x_row_stride, ptrdiff_t x_col_stride,
                       const double* y, ptrdiff_t y_row_stride, ptrdiff_t y_col_stride,
                       const double* alpha, ptrdiff_t alpha_stride, const double* penalty_factors,
                       const double* prior_mean, const double* sample_weight, int fit_intercept,
                       int n_threads, double* coef, double* intercept, double* optimality,
                       double* rcond);

  /* ridge_targets for n_problems problems, several at a time on threads, each with rows of its
     own: those of problem k begin at x + k * x_stride and y + k * y_stride. With starts
     (n_problems + 1, ascending from 0) they are instead rows starts[k] to starts[k + 1] - 1 of
     the n_samples rows of x and y. One alpha for each problem, at alpha[k * alpha_stride].
     prior_mean has n_features values, sample_weight n_problems x n_samples, or n_samples with
     starts. coef: n_problems x n_targets x n_features; intercept: n_problems x n_targets;
     optimality and rcond: n_problems each, or NULL. */
  int (*ridge_batch)(ptrdiff_t n_problems, ptrdiff_t n_samples, ptrdiff_t n_features,
                     ptrdiff_t n_targets, const double* x, ptrdiff_t x_stride,
                     ptrdiff_t x_row_stride, ptrdiff_t x_col_stride, const double* y,
                     ptrdiff_t y_stride, ptrdiff_t y_row_stride, ptrdiff_t y_col_stride,
                     const ptrdiff_t* starts, const double* alpha, ptrdiff_t alpha_stride,
                     const double* penalty_factors, const double* prior_mean,
                     const double* sample_weight, int fit_intercept, int n_threads, double* coef,
                     double* intercept, double* optimality, double* rcond);

  /* Writes L with L L^T = A for an n x n positive definite matrix A with contiguous rows, of
     which only the lower triangle is read. lower may be a. rcond, unless it is NULL, becomes the
     reciprocal condition number in the 1-norm of A scaled to a unit diagonal, estimated from
     above within about a factor of 3. */
  int (*cholesky_factor)(ptrdiff_t n, const double* a, ptrdiff_t a_row_stride, double* lower,
                         ptrdiff_t lower_row_stride, double* rcond);

  /* Solves L L^T x = b in place for the n_rhs columns of b. */
  int (*cholesky_solve)(ptrdiff_t n, ptrdiff_t n_rhs, const double* lower,
                        ptrdiff_t lower_row_stride, double* b, ptrdiff_t b_row_stride,
                        ptrdiff_t b_col_stride);

  /* Solves A x = b in place for the n_rhs columns of b by both functions above; A is not
     changed. */
  int (*posdef_solve)(ptrdiff_t n, ptrdiff_t n_rhs, const double* a, ptrdiff_t a_row_stride,
                      double* b, ptrdiff_t b_row_stride, ptrdiff_t b_col_stride, double* rcond);

  /* Creates the moments of no rows, to be freed by moments_free, which accepts NULL. */
  int (*moments_create)(ptrdiff_t n_features, ptrdiff_t n_targets, elltwo_moments** moments);
  int (*moments_free)(elltwo_moments* moments);

  /* Adds one row. Rows are copied and added together once there are many of them, so that most
     calls take no longer than the copy. */
  int (*moments_add_row)(elltwo_moments* moments, const double* x, ptrdiff_t x_stride,
                         const double* y, ptrdiff_t y_stride, double weight);

  /* Adds rows; sample_weight may be NULL. Where the status is negative, none has been added. */
  int (*moments_add)(elltwo_moments* moments, ptrdiff_t n_samples, const double* x,
                     ptrdiff_t x_row_stride, ptrdiff_t x_col_stride, const double* y,
                     ptrdiff_t y_row_stride, ptrdiff_t y_col_stride, const double* sample_weight,
                     int n_threads);

  /* Adds the rows of others, which stay as they are. */
  int (*moments_merge)(elltwo_moments* moments, elltwo_moments* others);

  /* ridge_targets for all rows that were added, on the calling thread. */
  int (*moments_ridge)(elltwo_moments* moments, const double* alpha, ptrdiff_t alpha_stride,
                       const double* penalty_factors, const double* prior_mean, int fit_intercept,
                       double* coef, double* intercept, double* optimality, double* rcond);

  /* Stores moments in the format of elltwo.Moments.to_bytes in Python: writes the number of
     bytes to size and, unless bytes is NULL, the bytes themselves, of which capacity must be
     large enough. */
  int (*moments_to_bytes)(elltwo_moments* moments, unsigned char* bytes, ptrdiff_t capacity,
                          ptrdiff_t* size);

  /* Creates moments from such bytes. */
  int (*moments_from_bytes)(const unsigned char* bytes, ptrdiff_t size, elltwo_moments** moments);
} elltwo_api;

/* The table, for programs that are linked with elltwo. Python extensions find it in the capsule
   "elltwo.cython_api.c_api" (PyCapsule_Import). */
const elltwo_api* elltwo_get_api(void);

#ifdef __cplusplus
}
#endif
