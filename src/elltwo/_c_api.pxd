"""The core's table of C functions, for `cython_api.pyx`; its header describes them."""

cdef extern from "elltwo/c_api.h" nogil:
    enum: ELLTWO_ABI_VERSION

    ctypedef struct elltwo_moments:
        pass

    ctypedef struct elltwo_api:
        int abi_version
        size_t size
        const char* (*message)() noexcept nogil
        int (*ridge)(
            Py_ssize_t, Py_ssize_t, const double*, Py_ssize_t, Py_ssize_t,
            const double*, Py_ssize_t, double, int, double*, double*,
        ) noexcept nogil
        int (*ridge_targets)(
            Py_ssize_t, Py_ssize_t, Py_ssize_t, const double*, Py_ssize_t, Py_ssize_t,
            const double*, Py_ssize_t, Py_ssize_t, const double*, Py_ssize_t,
            const double*, const double*, const double*, int, int,
            double*, double*, double*, double*,
        ) noexcept nogil
        int (*ridge_batch)(
            Py_ssize_t, Py_ssize_t, Py_ssize_t, Py_ssize_t,
            const double*, Py_ssize_t, Py_ssize_t, Py_ssize_t,
            const double*, Py_ssize_t, Py_ssize_t, Py_ssize_t,
            const Py_ssize_t*, const double*, Py_ssize_t,
            const double*, const double*, const double*, int, int,
            double*, double*, double*, double*,
        ) noexcept nogil
        int (*cholesky_factor)(
            Py_ssize_t, const double*, Py_ssize_t, double*, Py_ssize_t, double*
        ) noexcept nogil
        int (*cholesky_solve)(
            Py_ssize_t, Py_ssize_t, const double*, Py_ssize_t, double*, Py_ssize_t, Py_ssize_t
        ) noexcept nogil
        int (*posdef_solve)(
            Py_ssize_t, Py_ssize_t, const double*, Py_ssize_t,
            double*, Py_ssize_t, Py_ssize_t, double*,
        ) noexcept nogil
        int (*moments_create)(Py_ssize_t, Py_ssize_t, elltwo_moments**) noexcept nogil
        int (*moments_free)(elltwo_moments*) noexcept nogil
        int (*moments_add_row)(
            elltwo_moments*, const double*, Py_ssize_t, const double*, Py_ssize_t, double,
        ) noexcept nogil
        int (*moments_add)(
            elltwo_moments*, Py_ssize_t, const double*, Py_ssize_t, Py_ssize_t,
            const double*, Py_ssize_t, Py_ssize_t, const double*, int,
        ) noexcept nogil
        int (*moments_merge)(elltwo_moments*, elltwo_moments*) noexcept nogil
        int (*moments_ridge)(
            elltwo_moments*, const double*, Py_ssize_t, const double*, const double*, int,
            double*, double*, double*, double*,
        ) noexcept nogil
        int (*moments_to_bytes)(elltwo_moments*, unsigned char*, Py_ssize_t, Py_ssize_t*) noexcept nogil
        int (*moments_from_bytes)(const unsigned char*, Py_ssize_t, elltwo_moments**) noexcept nogil
