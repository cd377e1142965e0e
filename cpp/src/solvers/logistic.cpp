#include "elltwo/logistic.hpp"

#include <algorithm>
#include <memory>

#include "parallel/n_threads.hpp"
#include "solvers/logistic_classwise.hpp"
#include "solvers/logistic_descent.hpp"
#include "solvers/logistic_hessian.hpp"
#include "solvers/logistic_validate.hpp"

namespace elltwo {
namespace {

constexpr Index sample_rows_a_column = 20;
constexpr Index sample_growth = 8;
constexpr Index least_share = 4;      // a sample must be no more than this part of the rows
constexpr double sample_slack = 0.1;  // of a sample's own error that its fit may leave
constexpr int sample_steps = 12;

template <Real T>
std::unique_ptr<LogisticMetric> metric_for(const LogisticProblem<T>& problem) {
  if (problem.n_classes() == 2) return std::make_unique<BinomialHessian<T>>(problem);
  return std::make_unique<ClasswiseHessian<T>>(problem);
}

/// Fits samples of growing size first, each from the smaller one's answer: their cost is a
/// fraction of a pass, and they end about as near to the minimum as their size allows.
/// False if the monitor asked to stop. theta is moved; metric is left as of the last sample.
template <Real T>
bool fit_samples(const LogisticProblem<T>& problem, LogisticMetric& metric, LogisticInfo& info,
                 std::vector<double>& theta, bool& fitted) {
  const Index n = problem.rows().n;
  const Index smallest =
      sample_rows_a_column * problem.cols() * std::max<Index>(1, problem.n_outputs() / 2);
  for (Index m = smallest; m * least_share <= n; m *= sample_growth) {
    const auto rows = problem.sample(m);
    const LogisticObjective<T> objective(problem, rows);
    auto at = objective.room();
    std::copy(theta.begin(), theta.end(), at.theta.begin());
    if (!objective.evaluate(at)) return false;
    const double own_error = static_cast<double>(problem.size()) * static_cast<double>(n / m);
    LogisticDescent<T> descent(objective, metric);
    const DescentGoal goal{.decrement = sample_slack * own_error, .max_iter = sample_steps};
    if (!descent.run(goal, fitted, at, info)) return false;
    theta.assign(at.theta.begin(), at.theta.end());
    fitted = true;
  }
  return true;
}

template <Real T>
void finish(const LogisticProblem<T>& problem, const LogisticMetric& metric,
            const LogisticPoint& at, LogisticInfo& info) {
  info.objective = at.objective() / problem.weight_scale();
  info.loss = at.loss / problem.weight_scale();
  info.rcond = metric.rcond();
  info.rank = metric.rank();
  info.solver = problem.n_classes() == 2 ? Solver::newton_cholesky : Solver::quasi_newton;
  info.reason = "dense features, fewer than samples";
  info.n_threads = threads_for(problem.options().n_threads,
                               4.0 * static_cast<double>(problem.rows().n) * problem.size());
}

}  // namespace

template <Real T>
std::vector<LogisticInfo> logistic_path(const LogisticData<T>& data, std::span<const double> alphas,
                                        const LogisticOptions& options, Monitor& monitor,
                                        std::span<const double> start, std::span<double> coef,
                                        std::span<double> intercept) {
  validate(data, alphas, options, start);
  std::vector<LogisticInfo> infos(alphas.size());
  const auto interrupted = [&] {
    for (auto& info : infos) info.status = Status::interrupted;
    return infos;
  };
  LogisticProblem<T> problem(data, options, monitor);
  if (!problem.prepare()) return interrupted();
  if (alphas.empty()) return infos;
  problem.set_alpha(alphas.front());
  const auto metric = metric_for(problem);
  bool near = false;
  auto theta = start.empty() ? problem.origin() : problem.scaled(start);
  if (start.empty() && !fit_samples(problem, *metric, infos.front(), theta, near)) {
    return interrupted();
  }
  infos.front().n_iter = 0;
  const LogisticObjective<T> objective(problem, problem.rows());
  auto at = objective.room();
  std::copy(theta.begin(), theta.end(), at.theta.begin());
  if (!objective.evaluate(at)) return interrupted();
  infos.front().n_passes += 1;
  LogisticDescent<T> descent(objective, *metric);
  const DescentGoal goal{.tol = options.tol, .max_iter = options.max_iter};
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    problem.set_alpha(alphas[a]);
    if (a > 0) {
      objective.penalise(at);
      near = metric->follows_penalty();
      if (near && !metric->change_penalty()) return interrupted();
    }
    if (!descent.run(goal, near, at, infos[a])) return interrupted();
    finish(problem, *metric, at, infos[a]);
    problem.write(at.theta.data(),
                  coef.data() + a * static_cast<std::size_t>(data.n_outputs() * data.x.cols),
                  intercept.data() + a * static_cast<std::size_t>(data.n_outputs()));
  }
  return infos;
}

template std::vector<LogisticInfo> logistic_path<double>(const LogisticData<double>&,
                                                         std::span<const double>,
                                                         const LogisticOptions&, Monitor&,
                                                         std::span<const double>, std::span<double>,
                                                         std::span<double>);
template std::vector<LogisticInfo> logistic_path<float>(const LogisticData<float>&,
                                                        std::span<const double>,
                                                        const LogisticOptions&, Monitor&,
                                                        std::span<const double>, std::span<double>,
                                                        std::span<double>);

}  // namespace elltwo
