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
void ELLTWO_FORTRAN(dsyrk)(const char* uplo, const char* trans, const Int* n, const Int* k,
                           const double* alpha, const double* a, const Int* lda, const double* beta,
                           double* c, const Int* ldc);
void ELLTWO_FORTRAN(dsymm)(const char* side, const char* uplo, const Int* m, const Int* n,
                           const double* alpha, const double* a, const Int* lda, const double* b,
                           const Int* ldb, const double* beta, double* c, const Int* ldc);
void ELLTWO_FORTRAN(dtrsm)(const char* side, const char* uplo, const char* transa, const char* diag,
                           const Int* m, const Int* n, const double* alpha, const double* a,
                           const Int* lda, double* b, const Int* ldb);
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
inline constexpr auto* dsyrk = &ELLTWO_FORTRAN(dsyrk);
inline constexpr auto* dsymm = &ELLTWO_FORTRAN(dsymm);
inline constexpr auto* dtrsm = &ELLTWO_FORTRAN(dtrsm);
inline constexpr auto* dpotrf = &ELLTWO_FORTRAN(dpotrf);
inline constexpr auto* dpocon = &ELLTWO_FORTRAN(dpocon);
inline constexpr auto* dtrcon = &ELLTWO_FORTRAN(dtrcon);
inline constexpr auto* dgeqrf = &ELLTWO_FORTRAN(dgeqrf);
inline constexpr auto* dormqr = &ELLTWO_FORTRAN(dormqr);
inline constexpr auto* dgesdd = &ELLTWO_FORTRAN(dgesdd);
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
