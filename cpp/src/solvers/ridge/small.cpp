#include <algorithm>

#include "elltwo/ridge.hpp"
#include "kernels/table.hpp"
#include "solvers/ridge/outcome.hpp"
#include "solvers/ridge/small_lanes.hpp"
#include "solvers/shared/results.hpp"

namespace elltwo {
namespace {

static_assert(ridge_small_max_features == small_max_features);

// Above this a correction would not change the digits of even the smallest coefficients.
constexpr double rcond_comfortable = 0.05;

/// Everything a small fit needs, on the stack.
struct Workspace {
  static constexpr SmallLayout largest{small_max_features, 1, 8};
  alignas(64) double sums[largest.size()];
  double factor[padded_row(small_max_features, 4)];
  double shift[small_max_features + 1];
  double diagonal[small_max_features];
  double scale[small_max_features];
};

}  // namespace

bool ridge_small(MatrixView<double> x, MatrixView<double> y, double alpha, bool fit_intercept,
                 double* coef, double* intercept, SolveInfo& info) {
  const Index p = x.cols;
  if (p > small_max_features || p > x.rows || !(alpha >= 0.0)) return false;
  const auto& kernels_here = kernels().small;
  Workspace ws;
  std::fill_n(ws.diagonal, p, alpha);
  const SmallSystems systems{.layout = kernels_here.layout(p, 1),
                             .centred = fit_intercept,
                             .diagonal = ws.diagonal,
                             .right = nullptr,
                             .pull = nullptr,
                             .sums = ws.sums,
                             .shift = ws.shift,
                             .factor = ws.factor,
                             .scale = ws.scale,
                             .coef = coef,
                             .intercept = intercept,
                             .rcond = &info.rcond,
                             .optimality = &info.optimality};
  const SmallRows<double> rows{
      .x = x, .y = y, .weight = nullptr, .centred = fit_intercept, .next_x = {}, .next_y = {}};
  kernels_here.sums_f64(rows, systems.layout, ws.shift, ws.sums);
  kernels_here.solve(systems);
  if (!(info.rcond >= rcond_exact)) return false;
  if (info.rcond < rcond_comfortable) {
    SmallLane{systems, 1, 0}.correct(rows);
    info.n_iter = 1;
  }
  if (!are_finite({{coef, static_cast<std::size_t>(p)}, p, {intercept, 1}})) return false;
  info.solver = Solver::cholesky;
  info.reason = small_reason;
  info.rank = p;
  return true;
}

}  // namespace elltwo
