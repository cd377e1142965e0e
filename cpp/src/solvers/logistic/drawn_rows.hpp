#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "solvers/logistic/problem.hpp"
#include "solvers/shared/ranges.hpp"
#include "solvers/shared/split_mix.hpp"

namespace elltwo {

/// tau such that sum_i min(1, h_i / tau) over i < n is near `target`.
template <class F>
double draw_threshold(Index n, double target, const F& h) {
  double tau = infinity;
  for (int round = 0; round < 4; ++round) {
    double below = 0.0;
    double above = 0.0;
    for (Index i = 0; i < n; ++i) {
      const double v = h(i);
      (v < tau) ? below += v : above += 1.0;
    }
    if (above >= target) break;
    tau = below / (target - above);
  }
  return tau;
}

/// Rows drawn with probabilities q_i. Sums weighted by h_i / q_i estimate those of all rows
/// weighted by h_i.
struct DrawnRows {
  LogisticRows rows;
  std::vector<double> root;  ///< sqrt(h_i / q_i)
};

/// Numbers in [0, 1), one for each of n rows, which follow from the seed.
inline std::vector<double> row_numbers(Index n, std::uint64_t seed) {
  std::vector<double> u(n);
  for (Index i = 0; i < n; ++i) u[i] = uniform_of(split_mix(seed + static_cast<std::uint64_t>(i)));
  return u;
}

/// Draws rows with probabilities min(1, h_i / tau), by uniform numbers u(i); with tau = 0 all rows
/// with h_i > 0.
template <class U, class F>
DrawnRows draw_rows(const LogisticRows& rows, double tau, const U& u, const F& h) {
  DrawnRows drawn;
  for (Index i = 0; i < rows.n; ++i) {
    const double v = h(i);
    if (v <= 0.0 || (v < tau && u(i) * tau >= v)) continue;
    drawn.rows.index.push_back(rows.row(i));
    drawn.root.push_back(std::sqrt(std::max(v, tau)));
  }
  drawn.rows.n = static_cast<Index>(drawn.root.size());
  return drawn;
}

/// Draws about `target` of the rows; of few rows, takes all with h_i > 0.
template <class F>
DrawnRows draw_about(const LogisticRows& rows, Index target, std::uint64_t seed, const F& h) {
  const bool few = rows.n <= 2 * target;
  const double tau = few ? 0.0 : draw_threshold(rows.n, static_cast<double>(target), h);
  const auto u = [seed](Index i) {
    return uniform_of(split_mix(seed + static_cast<std::uint64_t>(i)));
  };
  return draw_rows(rows, tau, u, h);
}

}  // namespace elltwo
