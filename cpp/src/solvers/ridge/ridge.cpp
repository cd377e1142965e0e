#include "elltwo/ridge.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "parallel/n_threads.hpp"
#include "solvers/ridge/dual.hpp"
#include "solvers/ridge/known_products.hpp"
#include "solvers/ridge/primal.hpp"
#include "solvers/ridge/validate.hpp"

namespace elltwo {
namespace {

template <Real T>
Index solvable_features(const Problem<T>& problem) {
  Index count = 0;
  for (Index j = 0; j < problem.n_features(); ++j) {
    if (problem.raw_penalty(j, 1.0) < infinity) ++count;
  }
  return count;
}

/// Gives moments back as they were: means gain digits in a fit.
template <Real T>
class Loan {
 public:
  Loan(ScaledMoments* owner, PrimalRidge<T>& borrower) : owner_(owner), borrower_(borrower) {
    if (owner_ == nullptr) return;
    weight_ = owner_->weight;
    x_mean_ = owner_->x_mean;
    y_mean_ = owner_->y_mean;
  }
  ~Loan() {
    if (owner_ == nullptr) return;
    *owner_ = std::move(borrower_.moments());
    owner_->weight = weight_;
    owner_->x_mean = std::move(x_mean_);
    owner_->y_mean = std::move(y_mean_);
  }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;

 private:
  ScaledMoments* owner_;
  PrimalRidge<T>& borrower_;
  double weight_ = 0.0;
  std::vector<double> x_mean_;
  std::vector<double> y_mean_;
};

template <Real T>
SolveInfo fit_groups(Problem<T>& problem, KnownProducts<T> known, std::span<double> coef,
                     std::span<double> intercept) {
  SolveInfo info;
  bool first = true;
  const auto take = [&](const TargetGroup& group, const GroupFit& fit, double weight,
                        const double* x_mean, const double* y_mean) {
    info = first ? fit.info : worse_of(info, fit.info);
    first = false;
    if (fit.info.status == Status::interrupted) return false;
    problem.write_result(group, fit, weight, x_mean, y_mean, coef, intercept);
    return true;
  };
  if (problem.has_rows() && solvable_features(problem) > problem.n_samples()) {
    std::optional<DualRidge<T>> own;
    DualRidge<T>& dual = known.dual != nullptr ? *known.dual : own.emplace(problem);
    for (const auto& group : problem.groups()) {
      const auto fit = dual.fit(group);
      if (!take(group, fit, dual.weight(), dual.x_mean(), dual.y_mean())) break;
    }
    return info;
  }
  PrimalRidge<T> primal(problem);
  const Loan loan(known.moments, primal);
  if (known.moments != nullptr) {
    primal.adopt(std::move(*known.moments));
  } else if (!primal.prepare()) {
    info.status = Status::interrupted;
    return info;
  }
  for (const auto& group : problem.groups()) {
    const auto fit = primal.fit(group);
    const auto& m = primal.moments();
    if (!take(group, fit, m.weight, m.x_mean.data(), m.y_mean.data())) break;
  }
  return info;
}

}  // namespace

template <Real T>
SolveInfo ridge_from_products(const RidgeData<T>& data, KnownProducts<T> known,
                              const RidgeOptions& options, Monitor& monitor, std::span<double> coef,
                              std::span<double> intercept) {
  if (options.solver == SolverChoice::cg) {
    throw std::invalid_argument(
        "solver must be 'auto', 'cholesky' or 'svd' where X is dense, got 'cg'");
  }
  validate(data, options);
  Problem<T> problem = known.units != nullptr ? Problem<T>(data, options, monitor, *known.units)
                                              : Problem<T>(data, options, monitor);
  SolveInfo info = fit_groups(problem, known, coef, intercept);
  const Index rows = problem.has_rows() ? data.x.rows : data.x.cols;
  const double work = static_cast<double>(rows) * data.x.cols * std::min(rows, data.x.cols);
  info.n_threads = threads_for(options.n_threads, work);
  return info;
}

template <Real T>
SolveInfo ridge(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor,
                std::span<double> coef, std::span<double> intercept) {
  return ridge_from_products<T>(data, {}, options, monitor, coef, intercept);
}

template SolveInfo ridge_from_products<double>(const RidgeData<double>&, KnownProducts<double>,
                                               const RidgeOptions&, Monitor&, std::span<double>,
                                               std::span<double>);
template SolveInfo ridge_from_products<float>(const RidgeData<float>&, KnownProducts<float>,
                                              const RidgeOptions&, Monitor&, std::span<double>,
                                              std::span<double>);
template SolveInfo ridge<double>(const RidgeData<double>&, const RidgeOptions&, Monitor&,
                                 std::span<double>, std::span<double>);
template SolveInfo ridge<float>(const RidgeData<float>&, const RidgeOptions&, Monitor&,
                                std::span<double>, std::span<double>);

}  // namespace elltwo
