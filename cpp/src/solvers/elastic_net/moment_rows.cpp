#include "solvers/elastic_net/moment_rows.hpp"

#include <algorithm>

#include "linalg/blas.hpp"
#include "parallel/interruption.hpp"
#include "solvers/elastic_net/gram_slots.hpp"

namespace elltwo {

void MomentRows::residuals(Index target, Index n, const double* b, Monitor& monitor, double* q,
                           double* rss) const {
  check(monitor);
  const auto linear = linear_term(moments_, target, {});
  const Index p = moments_.n_features;
  for (Index u = 0; u < n; ++u) std::copy_n(linear.c.data(), p, q + u * p);
  // The row-major upper triangle is the column-major lower one.
  blas::symm(blas::Uplo::lower, p, n, -1.0, moments_.gram.data(), moments_.gram.ld(), b, p, 1.0, q,
             p);
  for (Index u = 0; u < n; ++u) rss[u] = residual_square(linear, b + u * p, q + u * p);
}

}  // namespace elltwo
