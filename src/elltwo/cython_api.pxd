"""C functions of elltwo for other people's `nogil` code; docs/compiled_code.md describes them."""

cpdef enum Status:
    OK = 0
    NOT_CONVERGED = 1
    INVALID_ARGUMENT = -1
    NOT_POSITIVE_DEFINITE = -2
    OUT_OF_MEMORY = -3
    FAILED = -4

cdef const char* message() noexcept nogil

cpdef int check(int status) except -1 nogil

cdef int ridge(
    Py_ssize_t n_samples, Py_ssize_t n_features,
    const double* x, Py_ssize_t x_row_stride, Py_ssize_t x_col_stride,
    const double* y, Py_ssize_t y_stride,
    double alpha, int fit_intercept,
    double* coef, double* intercept,
) noexcept nogil

cdef int ridge_targets(
    Py_ssize_t n_samples, Py_ssize_t n_features, Py_ssize_t n_targets,
    const double* x, Py_ssize_t x_row_stride, Py_ssize_t x_col_stride,
    const double* y, Py_ssize_t y_row_stride, Py_ssize_t y_col_stride,
    const double* alpha, Py_ssize_t alpha_stride,
    const double* penalty_factors, const double* prior_mean, const double* sample_weight,
    int fit_intercept, int n_threads,
    double* coef, double* intercept, double* optimality, double* rcond,
) noexcept nogil

cdef int ridge_batch(
    Py_ssize_t n_problems, Py_ssize_t n_samples, Py_ssize_t n_features, Py_ssize_t n_targets,
    const double* x, Py_ssize_t x_stride, Py_ssize_t x_row_stride, Py_ssize_t x_col_stride,
    const double* y, Py_ssize_t y_stride, Py_ssize_t y_row_stride, Py_ssize_t y_col_stride,
    const Py_ssize_t* starts, const double* alpha, Py_ssize_t alpha_stride,
    const double* penalty_factors, const double* prior_mean, const double* sample_weight,
    int fit_intercept, int n_threads,
    double* coef, double* intercept, double* optimality, double* rcond,
) noexcept nogil

cdef int cholesky_factor(
    Py_ssize_t n, const double* a, Py_ssize_t a_row_stride,
    double* lower, Py_ssize_t lower_row_stride, double* rcond,
) noexcept nogil

cdef int cholesky_solve(
    Py_ssize_t n, Py_ssize_t n_rhs,
    const double* lower, Py_ssize_t lower_row_stride,
    double* b, Py_ssize_t b_row_stride, Py_ssize_t b_col_stride,
) noexcept nogil

cdef int posdef_solve(
    Py_ssize_t n, Py_ssize_t n_rhs,
    const double* a, Py_ssize_t a_row_stride,
    double* b, Py_ssize_t b_row_stride, Py_ssize_t b_col_stride, double* rcond,
) noexcept nogil

# Moments are passed on as void*.
cdef int moments_create(
    Py_ssize_t n_features, Py_ssize_t n_targets, void** moments,
) noexcept nogil

cdef int moments_free(void* moments) noexcept nogil

cdef int moments_add_row(
    void* moments, const double* x, Py_ssize_t x_stride,
    const double* y, Py_ssize_t y_stride, double weight,
) noexcept nogil

cdef int moments_add(
    void* moments, Py_ssize_t n_samples,
    const double* x, Py_ssize_t x_row_stride, Py_ssize_t x_col_stride,
    const double* y, Py_ssize_t y_row_stride, Py_ssize_t y_col_stride,
    const double* sample_weight, int n_threads,
) noexcept nogil

cdef int moments_merge(void* moments, void* others) noexcept nogil

cdef int moments_ridge(
    void* moments, const double* alpha, Py_ssize_t alpha_stride,
    const double* penalty_factors, const double* prior_mean, int fit_intercept,
    double* coef, double* intercept, double* optimality, double* rcond,
) noexcept nogil

cdef int moments_to_bytes(
    void* moments, unsigned char* bytes, Py_ssize_t capacity, Py_ssize_t* size,
) noexcept nogil

cdef int moments_from_bytes(
    const unsigned char* bytes, Py_ssize_t size, void** moments,
) noexcept nogil
