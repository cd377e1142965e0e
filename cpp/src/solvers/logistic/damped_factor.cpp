#include "solvers/logistic/damped_factor.hpp"

#include <algorithm>

namespace elltwo {

std::optional<PosDefSystem> factor_damped(const std::vector<double>& size,
                                          const std::function<void(double*)>& fill, int n_threads,
                                          Monitor& monitor) {
  const auto m = static_cast<Index>(size.size());
  if (m == 0) return std::nullopt;
  for (double damping = 0.0;; damping = std::max(1e-15, 100.0 * damping)) {
    Buffer<double> lower(m * m);
    fill(lower.data());
    for (Index j = 0; j < m; ++j) {
      const double s = size[j];
      double& diagonal = lower[j * m + j];
      diagonal = std::max({diagonal * (1.0 + damping), damping * s * s, 1e-290});
    }
    PosDefSystem system(m, std::move(lower));
    if (system.factor(n_threads, monitor) || damping > 1.0) return system;
  }
}

}  // namespace elltwo
