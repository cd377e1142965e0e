#include "solvers/multi_task/row_descent.hpp"

#include <algorithm>

#include "model/row_gap.hpp"
#include "parallel/interruption.hpp"

namespace elltwo {

std::vector<double> RowDescent::sweep(std::span<const Index> rows, int times, double* b,
                                      const double* q) const {
  const Index n = slots.n_outputs(), k = static_cast<Index>(rows.size());
  std::vector<double> local(static_cast<std::size_t>(k * n)), delta(local.size(), 0.0);
  std::vector<double> z(static_cast<std::size_t>(n));
  for (Index i = 0; i < k; ++i) std::copy_n(q + rows[i] * n, n, local.data() + i * n);
  for (int time = 0; time < times; ++time) {
    for (Index i = 0; i < k; ++i) {
      check(monitor);
      const Index s = rows[i];
      const double g = slots.g(s), a1 = alpha * slots.l1(s);
      double* row = b + s * n;
      for (Index t = 0; t < n; ++t) z[t] = local[i * n + t] + g * row[t];
      const double norm = row_norm(z.data(), n);
      const double threshold = is_zero_row(row, n) ? a1 * (1.0 + entry_margin) : a1;
      const double shrink = norm > threshold ? (1.0 - a1 / norm) / (g + alpha * slots.l2(s)) : 0.0;
      bool moved = false;
      for (Index t = 0; t < n; ++t) {
        const double value = shrink * z[t];
        z[t] = value - row[t];
        row[t] = value;
        delta[i * n + t] += z[t];
        moved = moved || z[t] != 0.0;
      }
      if (!moved) continue;
      const double* column = slots.gram().gram(s);
      for (Index h = 0; h < k; ++h) {
        const double factor = column[rows[h]];
        for (Index t = 0; t < n; ++t) local[h * n + t] -= factor * z[t];
      }
    }
  }
  return delta;
}

}  // namespace elltwo
