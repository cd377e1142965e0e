#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>

#include "linalg/backend.hpp"
#include "linalg/blas.hpp"
#include "linalg/buffer.hpp"
#include "linalg/in_blas.hpp"
#include "linalg/narrow.hpp"

/// What the files that call LAPACK share.
namespace elltwo::lapack {

inline void throw_if_bug(fortran::Int info, const char* routine) {
  if (info < 0) {
    throw std::logic_error(std::string(routine) + ": argument " + std::to_string(-info) +
                           " is invalid");
  }
}

/// Calls a LAPACK routine twice: first to query the size of its work array, then with this array.
template <class Routine>
void with_workspace(Routine routine) {
  double wanted = 0.0;
  routine(&wanted, -1);
  Buffer<double> work(std::max<Index>(1, static_cast<Index>(wanted)));
  routine(work.data(), linalg::narrow(work.size()));
}

/// Columns that LAPACK's blocked routines treat together.
constexpr Index panel = 32;

/// Operations up to which one call of LAPACK takes a small part of the time within which Ctrl-C is
/// to be answered: 0.1 s at 20 to 50 Gflop/s, of routines that are bound by memory 0.4 s.
constexpr double brief = 2e9;

/// (I - V T V^T) or its transpose applied to c (m x n) from the left, for k reflectors: the columns
/// of V below its unit diagonal.
void apply_block(blas::Op op, Index m, Index n, Index k, const double* v, Index ldv,
                 const double* tau, double* c, Index ldc);

}  // namespace elltwo::lapack
