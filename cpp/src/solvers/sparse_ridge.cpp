#include "elltwo/sparse_ridge.hpp"

#include <algorithm>

#include "elltwo/sparse_path.hpp"
#include "solvers/sparse_cg.hpp"
#include "solvers/sparse_direct.hpp"
#include "solvers/sparse_fit.hpp"
#include "solvers/validate.hpp"
#include "sparse/gram.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

// Seconds on one core. They do not depend on the threads, so that neither does the solver.
constexpr double seconds_per_gram_product = 1.5e-9;
constexpr double seconds_per_flop = 2.5e-11;  // of a factorisation
constexpr double seconds_per_value = 1.2e-9;  // of a pass
constexpr double hopeful_iterations = 5.0;    // a fair chance for conjugate gradients
constexpr double worth_a_trial = 0.02;        // seconds of a direct fit

template <Real T>
class SparseRidge {
 public:
  SparseRidge(Problem<T>& problem, SparseRows<T> rows)
      : problem_(problem),
        design_(problem, std::move(rows)),
        pass_(design_.x, std::min(problem.n_targets(), most_targets_at_once),
              problem.options().n_threads),
        direct_(problem, design_) {}

  int n_threads() const { return pass_.n_threads(); }

  SolveInfo fit(std::span<double> coef, std::span<double> intercept) {
    SolveInfo info;
    bool first = true;
    const bool direct = is_direct();
    trial_ = direct ? trial_iterations() : 0;
    for (auto& targets : blocks(direct)) {
      const SparseBlock<T> block(problem_, design_, pass_, std::move(targets));
      auto b = block.prior();
      const SolveInfo fitted = fit_block(block, direct, b.data());
      info = first ? fitted : worse_of(info, fitted);
      first = false;
      if (fitted.status == Status::interrupted) break;
      write(block, b.data(), coef, intercept);
    }
    return info;
  }

 private:
  bool is_direct() const {
    if (problem_.options().solver == SolverChoice::automatic)
      return design_.x.cols <= sparse_decomposition_limit;
    return problem_.options().solver != SolverChoice::cg;
  }

  // As many iterations as cost what a direct fit does; 0 if they are not worth trying.
  int trial_iterations() const {
    if (problem_.options().solver != SolverChoice::automatic) return 0;
    const auto p = static_cast<double>(design_.x.cols);
    const auto groups = static_cast<double>(problem_.groups().size());
    const double direct = seconds_per_gram_product * gram_products(design_.x) +
                          seconds_per_flop * groups * p * p * p / 3.0;
    const double pass = seconds_per_value * static_cast<double>(problem_.n_targets()) *
                        (static_cast<double>(design_.x.nonzeros()) + p);
    if (direct < worth_a_trial || direct < hopeful_iterations * pass) return 0;
    return static_cast<int>(std::min(direct / pass, 0.5 * most_iterations()));
  }

  int most_iterations() const { return most_cg_iterations(problem_.options()); }

  // Direct fits need one alpha for all targets of a block.
  std::vector<std::vector<PenalisedTarget>> blocks(bool direct) const {
    std::vector<std::vector<PenalisedTarget>> result;
    for (const auto& group : problem_.groups()) {
      for (std::size_t u = 0; u < group.targets.size(); ++u) {
        const bool full =
            result.empty() || static_cast<Index>(result.back().size()) == most_targets_at_once;
        if (full || (direct && u == 0)) result.emplace_back();
        result.back().push_back({group.targets[u], group.alpha});
      }
    }
    return result;
  }

  SolveInfo fit_block(const SparseBlock<T>& block, bool direct, double* b) {
    SolveInfo info{.tolerance = problem_.options().tol};
    const bool asked = problem_.options().solver != SolverChoice::automatic;
    if (std::ranges::all_of(block.inverse_size(), [](double s) { return s == 0.0; })) {
      info.reason =
          "every coefficient is pinned to its prior mean or multiplies a constant feature";
      return info;
    }
    info.reason = asked ? "asked for" : "passes over the sparse data alone";
    if (direct) fit_directly(block, b, info);
    else SparseCg<T>(problem_, block).solve(most_iterations(), false, b, info);
    if (info.status != Status::interrupted && !(info.optimality <= info.tolerance))
      info.status = Status::max_iter_reached;
    return info;
  }

  void fit_directly(const SparseBlock<T>& block, double* b, SolveInfo& info) {
    if (problem_.options().solver == SolverChoice::svd)
      return direct_.by_orthogonal(block, b, info);
    const char* why = "";
    if (trial_ > 0) {
      SparseCg<T>(problem_, block).solve(trial_, true, b, info);
      if (info.status == Status::interrupted || info.optimality <= info.tolerance) return;
      trial_ = 0;
      why = "conjugate gradients did not converge within the cost of a direct fit";
      const auto start = block.prior();
      std::copy(start.begin(), start.end(), b);
    } else if (problem_.options().solver == SolverChoice::automatic) {
      info.reason = "few features: sparse p x p normal equations";
    }
    info.fallback = why;
    if (direct_.by_cholesky(block, b, info)) return;
    if (direct_.orthogonal_affordable()) direct_.by_orthogonal(block, b, info);
    else SparseCg<T>(problem_, block).solve(most_iterations(), false, b, info);
  }

  void write(const SparseBlock<T>& block, const double* b, std::span<double> coef,
             std::span<double> intercept) const {
    const Index k = block.k();
    for (Index t = 0; t < k; ++t) {
      const auto& target = block.targets()[static_cast<std::size_t>(t)];
      GroupFit fit{.coef = Buffer<double>(design_.x.cols), .centre = {}, .info = {}};
      for (Index j = 0; j < design_.x.cols; ++j) fit.coef[j] = b[j * k + t];
      problem_.write_result({target.alpha, {target.target}}, fit, design_.total,
                            design_.x_mean.data(), design_.y_mean.data(), coef, intercept);
    }
  }

  Problem<T>& problem_;
  SparseDesign<T> design_;
  SparsePass<T> pass_;
  SparseDirect<T> direct_;
  int trial_ = 0;  // iterations to try before a direct fit
};

}  // namespace

template <Real T>
SolveInfo sparse_ridge(const SparseView<T>& x, const RidgeData<T>& data,
                       const RidgeOptions& options, Monitor& monitor, std::span<double> coef,
                       std::span<double> intercept) {
  RidgeData<T> shaped = data;
  shaped.x = {nullptr, x.rows, x.cols, 0, 0};
  validate(shaped, options);
  return fit_rows(checked_rows(x, options.n_threads), shaped, options, monitor, coef, intercept);
}

template <Real T>
SolveInfo fit_rows(SparseRows<T> x, const RidgeData<T>& data, const RidgeOptions& options,
                   Monitor& monitor, std::span<double> coef, std::span<double> intercept) {
  Problem<T> problem(data, options, monitor);
  std::vector<double> shift;
  if (options.fit_intercept && !options.penalize_intercept) shift = shift_full_columns(x);
  SparseRidge<T> ridge(problem, std::move(x));
  SolveInfo info = ridge.fit(coef, intercept);
  unshift_intercepts(shift, coef, intercept);
  info.n_threads = ridge.n_threads();
  return info;
}

template SolveInfo sparse_ridge<double>(const SparseView<double>&, const RidgeData<double>&,
                                        const RidgeOptions&, Monitor&, std::span<double>,
                                        std::span<double>);
template SolveInfo sparse_ridge<float>(const SparseView<float>&, const RidgeData<float>&,
                                       const RidgeOptions&, Monitor&, std::span<double>,
                                       std::span<double>);
template SolveInfo fit_rows<double>(SparseRows<double>, const RidgeData<double>&,
                                    const RidgeOptions&, Monitor&, std::span<double>,
                                    std::span<double>);
template SolveInfo fit_rows<float>(SparseRows<float>, const RidgeData<float>&, const RidgeOptions&,
                                   Monitor&, std::span<double>, std::span<double>);

}  // namespace elltwo
