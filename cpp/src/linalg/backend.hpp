#pragma once

// The only file with the names of BLAS and LAPACK symbols.

#if defined(ELLTWO_BLAS_SYSTEM)
#define ELLTWO_FORTRAN(name) name##_
#else
#define ELLTWO_FORTRAN(name) scipy_##name##_
#endif

namespace elltwo::fortran {

using Int = int;  // 32-bit BLAS integers

extern "C" {
void ELLTWO_FORTRAN(dgemm)(const char* transa, const char* transb, const Int* m, const Int* n,
                           const Int* k, const double* alpha, const double* a, const Int* lda,
                           const double* b, const Int* ldb, const double* beta, double* c,
                           const Int* ldc);
void ELLTWO_FORTRAN(sgemm)(const char* transa, const char* transb, const Int* m, const Int* n,
                           const Int* k, const float* alpha, const float* a, const Int* lda,
                           const float* b, const Int* ldb, const float* beta, float* c,
                           const Int* ldc);
void ELLTWO_FORTRAN(dsyrk)(const char* uplo, const char* trans, const Int* n, const Int* k,
                           const double* alpha, const double* a, const Int* lda, const double* beta,
                           double* c, const Int* ldc);
void ELLTWO_FORTRAN(dsymm)(const char* side, const char* uplo, const Int* m, const Int* n,
                           const double* alpha, const double* a, const Int* lda, const double* b,
                           const Int* ldb, const double* beta, double* c, const Int* ldc);
void ELLTWO_FORTRAN(dtrsm)(const char* side, const char* uplo, const char* transa, const char* diag,
                           const Int* m, const Int* n, const double* alpha, const double* a,
                           const Int* lda, double* b, const Int* ldb);
void ELLTWO_FORTRAN(ssyrk)(const char* uplo, const char* trans, const Int* n, const Int* k,
                           const float* alpha, const float* a, const Int* lda, const float* beta,
                           float* c, const Int* ldc);
void ELLTWO_FORTRAN(strsm)(const char* side, const char* uplo, const char* transa, const char* diag,
                           const Int* m, const Int* n, const float* alpha, const float* a,
                           const Int* lda, float* b, const Int* ldb);
void ELLTWO_FORTRAN(strsv)(const char* uplo, const char* trans, const char* diag, const Int* n,
                           const float* a, const Int* lda, float* x, const Int* incx);
void ELLTWO_FORTRAN(spotrf)(const char* uplo, const Int* n, float* a, const Int* lda, Int* info);
void ELLTWO_FORTRAN(dpotrf)(const char* uplo, const Int* n, double* a, const Int* lda, Int* info);
void ELLTWO_FORTRAN(dpocon)(const char* uplo, const Int* n, const double* a, const Int* lda,
                            const double* anorm, double* rcond, double* work, Int* iwork,
                            Int* info);
void ELLTWO_FORTRAN(dtrcon)(const char* norm, const char* uplo, const char* diag, const Int* n,
                            const double* a, const Int* lda, double* rcond, double* work,
                            Int* iwork, Int* info);
void ELLTWO_FORTRAN(dgeqrf)(const Int* m, const Int* n, double* a, const Int* lda, double* tau,
                            double* work, const Int* lwork, Int* info);
void ELLTWO_FORTRAN(dormqr)(const char* side, const char* trans, const Int* m, const Int* n,
                            const Int* k, const double* a, const Int* lda, const double* tau,
                            double* c, const Int* ldc, double* work, const Int* lwork, Int* info);
void ELLTWO_FORTRAN(dgesdd)(const char* jobz, const Int* m, const Int* n, double* a, const Int* lda,
                            double* s, double* u, const Int* ldu, double* vt, const Int* ldvt,
                            double* work, const Int* lwork, Int* iwork, Int* info);
double ELLTWO_FORTRAN(ddot)(const Int* n, const double* x, const Int* incx, const double* y,
                            const Int* incy);
double ELLTWO_FORTRAN(dnrm2)(const Int* n, const double* x, const Int* incx);
void ELLTWO_FORTRAN(daxpy)(const Int* n, const double* alpha, const double* x, const Int* incx,
                           double* y, const Int* incy);
void ELLTWO_FORTRAN(dgemv)(const char* trans, const Int* m, const Int* n, const double* alpha,
                           const double* a, const Int* lda, const double* x, const Int* incx,
                           const double* beta, double* y, const Int* incy);
void ELLTWO_FORTRAN(dsymv)(const char* uplo, const Int* n, const double* alpha, const double* a,
                           const Int* lda, const double* x, const Int* incx, const double* beta,
                           double* y, const Int* incy);
void ELLTWO_FORTRAN(dtrsv)(const char* uplo, const char* trans, const char* diag, const Int* n,
                           const double* a, const Int* lda, double* x, const Int* incx);
void ELLTWO_FORTRAN(dsyr2k)(const char* uplo, const char* trans, const Int* n, const Int* k,
                            const double* alpha, const double* a, const Int* lda, const double* b,
                            const Int* ldb, const double* beta, double* c, const Int* ldc);
void ELLTWO_FORTRAN(dlarfg)(const Int* n, double* alpha, double* x, const Int* incx, double* tau);
void ELLTWO_FORTRAN(dlarft)(const char* direct, const char* storev, const Int* n, const Int* k,
                            const double* v, const Int* ldv, const double* tau, double* t,
                            const Int* ldt);
void ELLTWO_FORTRAN(dlarfb)(const char* side, const char* trans, const char* direct,
                            const char* storev, const Int* m, const Int* n, const Int* k,
                            const double* v, const Int* ldv, const double* t, const Int* ldt,
                            double* c, const Int* ldc, double* work, const Int* ldwork);
void ELLTWO_FORTRAN(dgeqr2)(const Int* m, const Int* n, double* a, const Int* lda, double* tau,
                            double* work, Int* info);
void ELLTWO_FORTRAN(dorg2r)(const Int* m, const Int* n, const Int* k, double* a, const Int* lda,
                            const double* tau, double* work, Int* info);
void ELLTWO_FORTRAN(dsytd2)(const char* uplo, const Int* n, double* a, const Int* lda, double* d,
                            double* e, double* tau, Int* info);
void ELLTWO_FORTRAN(dsteqr)(const char* compz, const Int* n, double* d, double* e, double* z,
                            const Int* ldz, double* work, Int* info);
void ELLTWO_FORTRAN(dlaed1)(const Int* n, double* d, double* q, const Int* ldq, Int* indxq,
                            const double* rho, const Int* cutpnt, double* work, Int* iwork,
                            Int* info);
void ELLTWO_FORTRAN(dlaed2)(Int* k, const Int* n, const Int* n1, double* d, double* q,
                            const Int* ldq, Int* indxq, double* rho, const double* z,
                            double* dlambda, double* w, double* q2, Int* index, Int* indxc,
                            Int* indxp, Int* coltyp, Int* info);
void ELLTWO_FORTRAN(dlaed4)(const Int* n, const Int* i, const double* d, const double* z,
                            double* delta, const double* rho, double* dlam, Int* info);
void ELLTWO_FORTRAN(dlamrg)(const Int* n1, const Int* n2, const double* a, const Int* dtrd1,
                            const Int* dtrd2, Int* index);
void ELLTWO_FORTRAN(dgebd2)(const Int* m, const Int* n, double* a, const Int* lda, double* d,
                            double* e, double* tauq, double* taup, double* work, Int* info);
void ELLTWO_FORTRAN(dlasdq)(const char* uplo, const Int* sqre, const Int* n, const Int* ncvt,
                            const Int* nru, const Int* ncc, double* d, double* e, double* vt,
                            const Int* ldvt, double* u, const Int* ldu, double* c, const Int* ldc,
                            double* work, Int* info);
void ELLTWO_FORTRAN(dlasd2)(const Int* nl, const Int* nr, const Int* sqre, Int* k, double* d,
                            double* z, const double* alpha, const double* beta, double* u,
                            const Int* ldu, double* vt, const Int* ldvt, double* dsigma, double* u2,
                            const Int* ldu2, double* vt2, const Int* ldvt2, Int* idxp, Int* idx,
                            Int* idxc, Int* idxq, Int* coltyp, Int* info);
void ELLTWO_FORTRAN(dlasd4)(const Int* n, const Int* i, const double* d, const double* z,
                            double* delta, const double* rho, double* sigma, double* work,
                            Int* info);
void ELLTWO_FORTRAN(dlacn2)(const Int* n, double* v, double* x, Int* isgn, double* est, Int* kase,
                            Int* isave);
void ELLTWO_FORTRAN(dlatrs)(const char* uplo, const char* trans, const char* diag,
                            const char* normin, const Int* n, const double* a, const Int* lda,
                            double* x, double* scale, double* cnorm, Int* info);
void ELLTWO_FORTRAN(dsytrd)(const char* uplo, const Int* n, double* a, const Int* lda, double* d,
                            double* e, double* tau, double* work, const Int* lwork, Int* info);
void ELLTWO_FORTRAN(dorgtr)(const char* uplo, const Int* n, double* a, const Int* lda,
                            const double* tau, double* work, const Int* lwork, Int* info);
void ELLTWO_FORTRAN(dsterf)(const Int* n, double* d, double* e, Int* info);
void ELLTWO_FORTRAN(dsyevd)(const char* jobz, const char* uplo, const Int* n, double* a,
                            const Int* lda, double* w, double* work, const Int* lwork, Int* iwork,
                            const Int* liwork, Int* info);
}

inline constexpr auto* dgemm = &ELLTWO_FORTRAN(dgemm);
inline constexpr auto* sgemm = &ELLTWO_FORTRAN(sgemm);
inline constexpr auto* dsyrk = &ELLTWO_FORTRAN(dsyrk);
inline constexpr auto* dsymm = &ELLTWO_FORTRAN(dsymm);
inline constexpr auto* dtrsm = &ELLTWO_FORTRAN(dtrsm);
inline constexpr auto* ssyrk = &ELLTWO_FORTRAN(ssyrk);
inline constexpr auto* strsm = &ELLTWO_FORTRAN(strsm);
inline constexpr auto* strsv = &ELLTWO_FORTRAN(strsv);
inline constexpr auto* spotrf = &ELLTWO_FORTRAN(spotrf);
inline constexpr auto* dpotrf = &ELLTWO_FORTRAN(dpotrf);
inline constexpr auto* dpocon = &ELLTWO_FORTRAN(dpocon);
inline constexpr auto* dtrcon = &ELLTWO_FORTRAN(dtrcon);
inline constexpr auto* dgeqrf = &ELLTWO_FORTRAN(dgeqrf);
inline constexpr auto* dormqr = &ELLTWO_FORTRAN(dormqr);
inline constexpr auto* dgesdd = &ELLTWO_FORTRAN(dgesdd);
inline constexpr auto* ddot = &ELLTWO_FORTRAN(ddot);
inline constexpr auto* dnrm2 = &ELLTWO_FORTRAN(dnrm2);
inline constexpr auto* daxpy = &ELLTWO_FORTRAN(daxpy);
inline constexpr auto* dgemv = &ELLTWO_FORTRAN(dgemv);
inline constexpr auto* dsymv = &ELLTWO_FORTRAN(dsymv);
inline constexpr auto* dtrsv = &ELLTWO_FORTRAN(dtrsv);
inline constexpr auto* dsyr2k = &ELLTWO_FORTRAN(dsyr2k);
inline constexpr auto* dlarfg = &ELLTWO_FORTRAN(dlarfg);
inline constexpr auto* dlarft = &ELLTWO_FORTRAN(dlarft);
inline constexpr auto* dlarfb = &ELLTWO_FORTRAN(dlarfb);
inline constexpr auto* dgeqr2 = &ELLTWO_FORTRAN(dgeqr2);
inline constexpr auto* dorg2r = &ELLTWO_FORTRAN(dorg2r);
inline constexpr auto* dsytd2 = &ELLTWO_FORTRAN(dsytd2);
inline constexpr auto* dsteqr = &ELLTWO_FORTRAN(dsteqr);
inline constexpr auto* dlaed1 = &ELLTWO_FORTRAN(dlaed1);
inline constexpr auto* dlaed2 = &ELLTWO_FORTRAN(dlaed2);
inline constexpr auto* dlaed4 = &ELLTWO_FORTRAN(dlaed4);
inline constexpr auto* dlamrg = &ELLTWO_FORTRAN(dlamrg);
inline constexpr auto* dgebd2 = &ELLTWO_FORTRAN(dgebd2);
inline constexpr auto* dlasdq = &ELLTWO_FORTRAN(dlasdq);
inline constexpr auto* dlasd2 = &ELLTWO_FORTRAN(dlasd2);
inline constexpr auto* dlasd4 = &ELLTWO_FORTRAN(dlasd4);
inline constexpr auto* dlacn2 = &ELLTWO_FORTRAN(dlacn2);
inline constexpr auto* dlatrs = &ELLTWO_FORTRAN(dlatrs);
inline constexpr auto* dsytrd = &ELLTWO_FORTRAN(dsytrd);
inline constexpr auto* dorgtr = &ELLTWO_FORTRAN(dorgtr);
inline constexpr auto* dsterf = &ELLTWO_FORTRAN(dsterf);
inline constexpr auto* dsyevd = &ELLTWO_FORTRAN(dsyevd);

#if !defined(ELLTWO_BLAS_SYSTEM)
extern "C" {
void scipy_openblas_set_num_threads(int n_threads);
int scipy_openblas_get_num_threads(void);
char* scipy_openblas_get_config(void);
}
#endif

}  // namespace elltwo::fortran
