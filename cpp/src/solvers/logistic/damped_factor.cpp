#include "solvers/logistic/damped_factor.hpp"

#include <algorithm>

#include "parallel/interruption.hpp"

namespace elltwo {

bool factor_damped(const std::vector<double>& size, const std::function<void(double*)>& fill,
                   int n_threads, Monitor& monitor, std::optional<PosDefSystem>& system) {
  const auto m = static_cast<Index>(size.size());
  system.reset();
  if (m == 0) return true;
  for (double damping = 0.0;; damping = std::max(1e-15, 100.0 * damping)) {
    Buffer<double> lower(m * m);
    fill(lower.data());
    for (Index j = 0; j < m; ++j) {
      const double s = size[j];
      double& diagonal = lower[j * m + j];
      diagonal = std::max({diagonal * (1.0 + damping), damping * s * s, 1e-290});
    }
    system.emplace(m, std::move(lower));
    bool definite = false;
    if (!completed([&] { definite = system->factor(n_threads, monitor); })) return false;
    if (definite || damping > 1.0) return true;
  }
}

}  // namespace elltwo
