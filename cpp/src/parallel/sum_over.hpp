#pragma once

#include <algorithm>
#include <vector>

#include "elltwo/views.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {

/// f(0) + ... + f(n - 1) by four independent sums. f is called once for each i.
template <class F>
double sum_over(Index n, F f) {
  double sums[4] = {};
  Index i = 0;
  for (; i + 4 <= n; i += 4) {
    for (Index l = 0; l < 4; ++l) sums[l] += f(i + l);
  }
  for (; i < n; ++i) sums[0] += f(i);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/// sum of a[i] * b[i], in the order of sum_over.
inline double dot(Index n, const double* a, const double* b) {
  return sum_over(n, [&](Index i) { return a[i] * b[i]; });
}

/// The same of two vectors of one size.
template <class Vector>
double dot(const Vector& a, const Vector& b) {
  return dot(static_cast<Index>(a.size()), a.data(), b.data());
}

/// The sum of f by several threads. Bits do not depend on n_threads, but may differ from those of
/// the sum without it.
template <class F>
double sum_over(Index n, int n_threads, F f) {
  constexpr Index piece = 1 << 15;
  constexpr double operations = 8.0;  // of f, about
  const Index n_pieces = (n + piece - 1) / piece;
  std::vector<double> sums(n_pieces);
  TaskCounter pieces(n_pieces);
  run_team(threads_for(n_threads, operations * static_cast<double>(n)), [&](TeamMember&) {
    for (Index c = 0; pieces.next(c);) {
      const Index begin = c * piece;
      sums[c] = sum_over(std::min(piece, n - begin), [&](Index i) { return f(begin + i); });
    }
  });
  return sum_over(n_pieces, [&](Index c) { return sums[c]; });
}

}  // namespace elltwo
