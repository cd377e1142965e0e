"""C functions of elltwo for code that is compiled elsewhere: Cython, Numba, ctypes and C.

Cython code writes ``from elltwo cimport cython_api``; the declarations are in ``cython_api.pxd``.
What runs at import finds the table of the compiled core; every function below passes its arguments
on to an entry of it.
"""

import ctypes
from pathlib import Path

from cpython.pycapsule cimport PyCapsule_GetName, PyCapsule_GetPointer

from elltwo import _core

from elltwo._c_api cimport ELLTWO_ABI_VERSION, elltwo_api, elltwo_moments

c_api = _core.c_api  # where PyCapsule_Import finds it
cdef const elltwo_api* table = <const elltwo_api*> PyCapsule_GetPointer(
    c_api, b"elltwo.cython_api.c_api"
)
if table.abi_version != ELLTWO_ABI_VERSION or table.size < sizeof(elltwo_api):
    raise ImportError("elltwo.cython_api and elltwo._core are of different versions; reinstall elltwo")


cdef const char* message() noexcept nogil:
    return table.message()


cdef int ridge(
    Py_ssize_t n_samples, Py_ssize_t n_features,
    const double* x, Py_ssize_t x_row_stride, Py_ssize_t x_col_stride,
    const double* y, Py_ssize_t y_stride,
    double alpha, int fit_intercept,
    double* coef, double* intercept,
) noexcept nogil:
    return table.ridge(
        n_samples, n_features, x, x_row_stride, x_col_stride, y, y_stride,
        alpha, fit_intercept, coef, intercept,
    )


cdef int ridge_targets(
    Py_ssize_t n_samples, Py_ssize_t n_features, Py_ssize_t n_targets,
    const double* x, Py_ssize_t x_row_stride, Py_ssize_t x_col_stride,
    const double* y, Py_ssize_t y_row_stride, Py_ssize_t y_col_stride,
    const double* alpha, Py_ssize_t alpha_stride,
    const double* penalty_factors, const double* prior_mean, const double* sample_weight,
    int fit_intercept, int n_threads,
    double* coef, double* intercept, double* optimality, double* rcond,
) noexcept nogil:
    return table.ridge_targets(
        n_samples, n_features, n_targets, x, x_row_stride, x_col_stride,
        y, y_row_stride, y_col_stride, alpha, alpha_stride,
        penalty_factors, prior_mean, sample_weight, fit_intercept, n_threads,
        coef, intercept, optimality, rcond,
    )


cdef int ridge_batch(
    Py_ssize_t n_problems, Py_ssize_t n_samples, Py_ssize_t n_features, Py_ssize_t n_targets,
    const double* x, Py_ssize_t x_stride, Py_ssize_t x_row_stride, Py_ssize_t x_col_stride,
    const double* y, Py_ssize_t y_stride, Py_ssize_t y_row_stride, Py_ssize_t y_col_stride,
    const Py_ssize_t* starts, const double* alpha, Py_ssize_t alpha_stride,
    const double* penalty_factors, const double* prior_mean, const double* sample_weight,
    int fit_intercept, int n_threads,
    double* coef, double* intercept, double* optimality, double* rcond,
) noexcept nogil:
    return table.ridge_batch(
        n_problems, n_samples, n_features, n_targets, x, x_stride, x_row_stride, x_col_stride,
        y, y_stride, y_row_stride, y_col_stride, starts, alpha, alpha_stride,
        penalty_factors, prior_mean, sample_weight, fit_intercept, n_threads,
        coef, intercept, optimality, rcond,
    )


cdef int cholesky_factor(
    Py_ssize_t n, const double* a, Py_ssize_t a_row_stride,
    double* lower, Py_ssize_t lower_row_stride, double* rcond,
) noexcept nogil:
    return table.cholesky_factor(n, a, a_row_stride, lower, lower_row_stride, rcond)


cdef int cholesky_solve(
    Py_ssize_t n, Py_ssize_t n_rhs,
    const double* lower, Py_ssize_t lower_row_stride,
    double* b, Py_ssize_t b_row_stride, Py_ssize_t b_col_stride,
) noexcept nogil:
    return table.cholesky_solve(
        n, n_rhs, lower, lower_row_stride, b, b_row_stride, b_col_stride
    )


cdef int posdef_solve(
    Py_ssize_t n, Py_ssize_t n_rhs,
    const double* a, Py_ssize_t a_row_stride,
    double* b, Py_ssize_t b_row_stride, Py_ssize_t b_col_stride, double* rcond,
) noexcept nogil:
    return table.posdef_solve(
        n, n_rhs, a, a_row_stride, b, b_row_stride, b_col_stride, rcond
    )


cdef int moments_create(
    Py_ssize_t n_features, Py_ssize_t n_targets, void** moments,
) noexcept nogil:
    return table.moments_create(n_features, n_targets, <elltwo_moments**> moments)


cdef int moments_free(void* moments) noexcept nogil:
    return table.moments_free(<elltwo_moments*> moments)


cdef int moments_add_row(
    void* moments, const double* x, Py_ssize_t x_stride,
    const double* y, Py_ssize_t y_stride, double weight,
) noexcept nogil:
    return table.moments_add_row(<elltwo_moments*> moments, x, x_stride, y, y_stride, weight)


cdef int moments_add(
    void* moments, Py_ssize_t n_samples,
    const double* x, Py_ssize_t x_row_stride, Py_ssize_t x_col_stride,
    const double* y, Py_ssize_t y_row_stride, Py_ssize_t y_col_stride,
    const double* sample_weight, int n_threads,
) noexcept nogil:
    return table.moments_add(
        <elltwo_moments*> moments, n_samples, x, x_row_stride, x_col_stride, y, y_row_stride,
        y_col_stride, sample_weight, n_threads,
    )


cdef int moments_merge(void* moments, void* others) noexcept nogil:
    return table.moments_merge(<elltwo_moments*> moments, <elltwo_moments*> others)


cdef int moments_ridge(
    void* moments, const double* alpha, Py_ssize_t alpha_stride,
    const double* penalty_factors, const double* prior_mean, int fit_intercept,
    double* coef, double* intercept, double* optimality, double* rcond,
) noexcept nogil:
    return table.moments_ridge(
        <elltwo_moments*> moments, alpha, alpha_stride, penalty_factors, prior_mean,
        fit_intercept, coef, intercept, optimality, rcond,
    )


cdef int moments_to_bytes(
    void* moments, unsigned char* bytes, Py_ssize_t capacity, Py_ssize_t* size,
) noexcept nogil:
    return table.moments_to_bytes(<elltwo_moments*> moments, bytes, capacity, size)


cdef int moments_from_bytes(
    const unsigned char* bytes, Py_ssize_t size, void** moments,
) noexcept nogil:
    return table.moments_from_bytes(bytes, size, <elltwo_moments**> moments)


cdef int raise_error(int status) except -1:
    text = message().decode()
    if status == Status.INVALID_ARGUMENT:
        raise ValueError(text)
    if status == Status.NOT_POSITIVE_DEFINITE:
        from numpy.linalg import LinAlgError

        raise LinAlgError(text)
    if status == Status.OUT_OF_MEMORY:
        raise MemoryError(text)
    raise RuntimeError(text)


cpdef int check(int status) except -1 nogil:
    """Return a status that came with results; raise the error that another stands for.

    Parameters
    ----------
    status : int
        What a C function returned in this thread: the text is that of the thread's last failure.

    Returns
    -------
    int
        The status, ``OK`` or ``NOT_CONVERGED``.

    Raises
    ------
    ValueError
        For ``INVALID_ARGUMENT``.
    numpy.linalg.LinAlgError
        For ``NOT_POSITIVE_DEFINITE``.
    MemoryError
        For ``OUT_OF_MEMORY``.
    RuntimeError
        For anything else.
    """
    if status < 0:
        with gil:
            raise_error(status)
    return status


# What ctypes and Numba are told of the arguments. A pointer that may be 0 has no type: Numba takes
# an array's `ctypes`, its address or 0 there, and holds all others to the type of their elements.
_TYPES = {
    "n": ctypes.c_ssize_t,
    "i": ctypes.c_int,
    "d": ctypes.c_double,
    "D": ctypes.POINTER(ctypes.c_double),
    "o": ctypes.c_void_p,
}
_SIGNATURES = {
    "ridge": "nnDnnDndiDD",
    "ridge_targets": "nnnDnnDnnDnoooiiDDoo",
    "ridge_batch": "nnnnDnnnDnnnoDnoooiiDDoo",
    "cholesky_factor": "nDnDno",
    "cholesky_solve": "nnDnDnn",
    "posdef_solve": "nnDnDnno",
    "moments_create": "nno",
    "moments_free": "o",
    "moments_add_row": "oDnDnd",
    "moments_add": "onDnnDnnoi",
    "moments_merge": "oo",
    "moments_ridge": "oDnooiDDoo",
    "moments_to_bytes": "oono",
    "moments_from_bytes": "ono",
}

names = tuple(_SIGNATURES)


def address(name):
    """Return the address of a C function.

    Parameters
    ----------
    name : str
        One of ``names``; ``elltwo/c_api.h`` describes the functions.

    Returns
    -------
    int
        Valid for as long as the process lives.

    Raises
    ------
    ValueError
        If there is no such function.
    """
    capsule = globals()["__pyx_capi__"][name] if name in _SIGNATURES else None
    if capsule is None:
        raise ValueError(f"name must be one of {', '.join(names)}, got {name!r}")
    return <size_t> PyCapsule_GetPointer(capsule, PyCapsule_GetName(capsule))


def function(name):
    """Return a C function as ctypes calls it and Numba compiles calls of it.

    Parameters
    ----------
    name : str
        One of ``names``; ``elltwo/c_api.h`` describes the functions.

    Returns
    -------
    ctypes function
        Takes sizes, strides (in elements) and numbers as they are, arrays of double as pointers to
        double (in Numba: as ``array.ctypes``), and arguments that may be NULL as addresses or 0.
        Returns a :class:`Status`. Calls from Python release the GIL.

    Raises
    ------
    ValueError
        If there is no such function.
    """
    place = address(name)
    arguments = [_TYPES[letter] for letter in _SIGNATURES[name]]
    return ctypes.CFUNCTYPE(ctypes.c_int, *arguments)(place)


def get_include():
    """Return the folder of ``elltwo/c_api.h``, for clients in C."""
    return str(Path(__file__).parent / "include")
