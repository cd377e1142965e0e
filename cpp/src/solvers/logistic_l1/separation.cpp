#include "solvers/logistic_l1/separation.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

// Only whether a side is bounded matters.
double side_of(double bound) { return std::isinf(bound) ? bound : std::copysign(1.0, bound); }

}  // namespace

std::optional<LogisticL1Point> separating_point(const LogisticL1Design& design,
                                                const LogisticL1Penalty& penalty,
                                                const std::vector<double>& free,
                                                const LogisticOptions& options, Monitor& monitor) {
  if (free.empty()) return {};
  std::vector<Index> columns;
  std::vector<double> lower, upper;
  for (Index j = 0; j < design.p; ++j) {
    if (!penalty.free[j]) continue;
    columns.push_back(j);
    lower.push_back(std::min(side_of(penalty.lower_of(j)), 0.0));
    upper.push_back(std::max(side_of(penalty.upper_of(j)), 0.0));
  }
  const auto u = static_cast<Index>(columns.size());
  const Index width = static_cast<Index>(free.size()) / design.n;
  const LogisticData<double> data{.x = {free.data(), design.n, u, width, 1},
                                  .label = design.label,
                                  .n_classes = std::max<Index>(2, design.outputs),
                                  .output_for_each = design.outputs == 2,
                                  .sample_weight = design.weight};
  const double none[] = {0.0};
  std::vector<double> coef(design.outputs * u), intercept(design.outputs);
  LogisticOptions asked = options;
  asked.solver = LogisticSolver::automatic;
  const auto info = bounded_logistic_path<double>(data, {lower, upper}, none, asked, monitor, {},
                                                  coef, intercept)[0];
  if (info.status == Status::interrupted) throw Interrupted{};
  if (info.status != Status::separable) return {};
  LogisticL1Point point;
  point.gap = infinity;
  point.separable = true;
  for (Index k = 0; k < design.outputs; ++k) {
    for (Index a = 0; a < u; ++a) {
      point.entries.push_back(k * design.p + columns[a]);
      point.values.push_back(coef[k * u + a]);
    }
    point.intercept.push_back(intercept[k] - design.null_intercept[k]);
  }
  point.loss = point.objective = info.loss;
  point.violation = info.optimality;
  point.steps = info.n_iter;
  return point;
}

}  // namespace elltwo
