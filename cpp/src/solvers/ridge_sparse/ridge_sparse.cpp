#include "solvers/ridge_sparse/ridge_sparse.hpp"

#include <algorithm>

#include "elltwo/sparse_ridge.hpp"
#include "solvers/ridge/validate.hpp"
#include "solvers/ridge_sparse/solver.hpp"
#include "solvers/shared/results.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

template <Real T>
class SparseRidge {
 public:
  SparseRidge(Problem<T>& problem, SparseRows<T> rows)
      : problem_(problem), solver_(problem, std::move(rows)) {}

  int n_threads() const { return solver_.n_threads(); }

  SolveInfo fit(std::span<double> coef, std::span<double> intercept) {
    SolveInfo info;
    bool first = true;
    for (auto& targets : blocks()) {
      const auto block = solver_.block(std::move(targets));
      auto b = block.prior();
      const SolveInfo fitted = solver_.fit(block, b.data());
      info = first ? fitted : worse_of(info, fitted);
      first = false;
      write(block, b.data(), coef, intercept);
    }
    return info;
  }

 private:
  std::vector<std::vector<PenalisedTarget>> blocks() const {
    std::vector<std::vector<PenalisedTarget>> result;
    for (const auto& group : problem_.groups()) {
      for (std::size_t u = 0; u < group.targets.size(); ++u) {
        const bool full =
            result.empty() || static_cast<Index>(result.back().size()) == most_targets_at_once;
        if (full || (solver_.is_direct() && u == 0)) result.emplace_back();
        result.back().push_back({group.targets[u], group.alpha});
      }
    }
    return result;
  }

  void write(const SparseBlock<T>& block, const double* b, std::span<double> coef,
             std::span<double> intercept) const {
    const auto& design = solver_.design();
    const Index k = block.k();
    for (Index t = 0; t < k; ++t) {
      const auto& target = block.targets()[t];
      GroupFit fit{.coef = Buffer<double>(design.x.cols), .centre = {}, .info = {}};
      for (Index j = 0; j < design.x.cols; ++j) fit.coef[j] = b[j * k + t];
      problem_.write_result({target.alpha, {target.target}}, fit, design.means, coef, intercept);
    }
  }

  Problem<T>& problem_;
  SparseSolver<T> solver_;
};

}  // namespace

template <Real T>
SolveInfo sparse_ridge(const SparseView<T>& x, const RidgeData<T>& data,
                       const RidgeOptions& options, Monitor& monitor, std::span<double> coef,
                       std::span<double> intercept) {
  RidgeData<T> shaped = data;
  shaped.x = {nullptr, x.rows, x.cols, 0, 0};
  validate(shaped, options);
  return fit_of({coef, x.cols, intercept}, [&] {
    return fit_rows(checked_rows(x, options.n_threads), shaped, options, monitor, coef, intercept);
  });
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
