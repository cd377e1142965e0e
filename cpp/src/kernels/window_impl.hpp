#pragma once

#include <type_traits>

#include "kernels/window_fit_impl.hpp"

// Loops over features unroll where their number is part of the type.
#define ELLTWO_UNROLL _Pragma("GCC unroll 16")

namespace elltwo::window {
namespace {

/// Transposes n vectors into one record of consecutive numbers for each lane.
template <int Width, class Pointer>
inline void write_lanes(Pointer vectors, Index n, double* records, Index step) {
  for (Index k = 0; k < n; k += Width) {
    V<Width> square[Width];
    ELLTWO_UNROLL for (int i = 0; i < Width; ++i) square[i] =
        k + i < n ? vectors[k + i] : all<Width>(0.0);
    transpose<double, Width>(square);
    ELLTWO_UNROLL for (int i = 0; i < Width; ++i) {
      store<double, Width>(records + i * step + k, square[i]);
    }
  }
}

template <int Width>
void pack(const Pack& job) {
  const Index whole = job.features / Width * Width;
  double* out = job.packed;
  for (Index k = 0; k < job.n_rows; ++k, out += job.row * Width) {
    const Index from = k * job.row_stride;
    for (Index j = 0; j < whole; j += Width) {
      V<Width> square[Width];
      ELLTWO_UNROLL for (int i = 0; i < Width; ++i) {
        square[i] = load<double, Width>(job.lanes[i] + from + j);
      }
      transpose<double, Width>(square);
      ELLTWO_UNROLL for (int i = 0; i < Width; ++i) {
        store<double, Width>(out + (j + i) * Width, square[i]);
      }
    }
    for (Index j = whole; j < job.features; ++j) {
      ELLTWO_UNROLL for (int i = 0; i < Width; ++i) out[j * Width + i] = job.lanes[i][from + j];
    }
  }
}

template <int Width, int P, bool Both, bool Decay>
void fit_steps(const Fits& job) {
  const Sizes<P> shape(job.shape);
  Work<Width, P> work(job.shape, job.work);
  const auto running = reinterpret_cast<Row<Width>>(job.running);
  auto row = reinterpret_cast<ConstRow<Width>>(job.rows);
  double* records = job.fits;
  for (Index k = 0; k < job.n_rows; ++k, row += shape.row(), records += Width * job.fits_step) {
    add_row<Width, P, Decay>(shape, row, job.decay, running, running, work);
    const double* others = Both ? job.others + k * job.others_step : nullptr;
    fit_step<Width, P, Both>(shape, job, others, row + shape.row(), work);
    write_lanes<Width>(&work.fit[0], shape.t() * (shape.p() + 3) + 2, records, job.fits_step);
  }
}

template <int Width, int P, bool Decay>
void sum_rows(const Sums& job) {
  const Sizes<P> shape(job.shape);
  Work<Width, P> work(job.shape, job.work);
  const double* last = job.start;
  double* next = job.moments;
  for (Index k = 0; k < job.n_rows; ++k, next += job.moments_step) {
    add_row<Width, P, Decay>(shape, reinterpret_cast<ConstRow<Width>>(job.rows + k * job.row_step),
                             job.decay, reinterpret_cast<ConstRow<Width>>(last),
                             reinterpret_cast<Row<Width>>(next), work);
    last = next;
  }
}

/// Calls f with the number of features as a constant if it is at most Most, else with 0.
template <int Most, class F>
void with_features(const Shape& shape, F f) {
  if constexpr (Most == 0) {
    f(std::integral_constant<int, 0>{});
  } else {
    if (shape.features == Most && shape.targets == 1) f(std::integral_constant<int, Most>{});
    else with_features<Most - 1>(shape, f);
  }
}

constexpr int most_unrolled = 12;

template <int Width>
void sums(const Sums& job) {
  with_features<most_unrolled>(job.shape, [&](auto p) {
    if (job.decay != 1.0) sum_rows<Width, p(), true>(job);
    else sum_rows<Width, p(), false>(job);
  });
}

template <int Width>
void fits(const Fits& job) {
  with_features<most_unrolled>(job.shape, [&](auto p) {
    if (job.others != nullptr) fit_steps<Width, p(), true, false>(job);
    else if (job.decay != 1.0) fit_steps<Width, p(), false, true>(job);
    else fit_steps<Width, p(), false, false>(job);
  });
}

}  // namespace
}  // namespace elltwo::window

#undef ELLTWO_UNROLL
