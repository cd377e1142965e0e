#include "solvers/logistic/rounded_rows.hpp"

#include <algorithm>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

/// Rows and columns of a block: where columns of X are adjacent in memory, each line that is read
/// then serves several rows.
constexpr Index block = 64;

}  // namespace

template <Real T>
RoundedRows::RoundedRows(const LogisticProblem<T>& problem)
    : n_(problem.rows().n),
      p_(problem.n_features()),
      ones_(problem.options().fit_intercept),
      values_(n_ * p_) {
  const Source<T> from = problem.source(problem.rows());
  TaskCounter blocks((n_ + block - 1) / block);
  Relay relay(problem.monitor());
  const double work = static_cast<double>(n_) * static_cast<double>(p_);
  run_team(threads_for(problem.options().n_threads, work), [&](TeamMember&) {
    for (Index b = 0; blocks.next(b);) {
      relay.check();
      for (Index j0 = 0; j0 < p_; j0 += block) {
        const Index j1 = std::min(j0 + block, p_);
        for (Index k = b * block; k < std::min((b + 1) * block, n_); ++k) {
          const T* x = from.x.data + from.source_row(k) * from.x.row_stride;
          float* out = values_.data() + k * p_;
          for (Index j = j0; j < j1; ++j) {
            const auto value = static_cast<double>(x[j * from.x.col_stride]);
            out[j] = static_cast<float>((value - from.col_shift[j]) * from.col_scale[j]);
          }
        }
      }
    }
  });
}

Source<float> RoundedRows::source() const {
  return {.x = row_major(values_.data(), n_, p_), .ones = ones_};
}

Source<float> RoundedRows::features(const double* row_scale) const {
  return {.x = row_major(values_.data(), n_, p_).transposed(), .row_scale = row_scale};
}

template RoundedRows::RoundedRows(const LogisticProblem<double>&);
template RoundedRows::RoundedRows(const LogisticProblem<float>&);

}  // namespace elltwo
