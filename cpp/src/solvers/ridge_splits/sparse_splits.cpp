#include <algorithm>
#include <optional>

#include "elltwo/sparse_path.hpp"
#include "parallel/interruption.hpp"
#include "parallel/row_blocks.hpp"
#include "solvers/ridge/validate.hpp"
#include "solvers/ridge_path/dual.hpp"
#include "solvers/ridge_path/primal.hpp"
#include "solvers/ridge_path/refit.hpp"
#include "solvers/ridge_path/units.hpp"
#include "solvers/ridge_sparse/cg_path.hpp"
#include "solvers/ridge_splits/fold_moments.hpp"
#include "solvers/ridge_splits/sets.hpp"
#include "sparse/pass.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

/// AlphaFits at some alphas.
struct AlphaFits {
  std::vector<double> coef;       ///< alphas x targets x features
  std::vector<double> intercept;  ///< alphas x targets
};

/// The fits of splits at every alpha, one split after the other, and their squared errors on its
/// test rows (`sse`, alphas x targets). Scoring throws Interrupted.
class SparseScores {
 public:
  SparseScores(const SparseRows<double>& x, const RidgeData<double>& data,
               std::span<const double> alphas, const Splits& splits, const RidgeOptions& options,
               Monitor& monitor)
      : x_(x),
        data_(data),
        options_(options),
        monitor_(monitor),
        splits_(splits),
        order_(descending(alphas)) {
    for (const auto a : order_) alphas_.push_back(alphas[a]);
  }

  /// Selects split s.
  void choose(Index s) { sets_.emplace(splits_, s, data_.sample_weight); }
  /// The largest relative KKT residual of conjugate gradients so far.
  double optimality() const { return optimality_; }

  /// AlphaFits the training rows at every alpha; `moments` are theirs, if known.
  void score(std::optional<ScaledMoments> moments, double* sse) {
    const double alpha = 1.0;
    auto data = training_data(&alpha);
    const bool decomposed = has_decomposition(x_.rows, x_.cols);
    if (!decomposed) data.alpha = alphas_;  // the largest decides on scales
    Problem<double> problem(data, options_, monitor_, &x_);
    if (!decomposed) return by_gradients(problem, sse);
    if (!moments.has_value() && x_.rows < x_.cols) {
      DualPath<double> path(problem);
      path.decompose(alphas_.back());
      return by_decomposition(path, sse);
    }
    auto path = moments.has_value() ? PrimalPath<double>(problem, std::move(*moments))
                                    : PrimalPath<double>(problem);
    path.decompose(alphas_.back());
    by_decomposition(path, sse);
  }

  /// The same by sparse_ridge() for each alpha, which brings data of any scale into range.
  void score_by_refit(double* sse) {
    in_portions(sse, [&](std::span<const double> alphas, AlphaFits& fits) { refit(alphas, fits); });
  }

 private:
  RidgeData<double> training_data(const double* alpha) const {
    auto data = data_;
    data.sample_weight = sets_->train_weight;
    data.alpha = {alpha, 1};
    return data;
  }

  void by_decomposition(PathMethod<double>& path, double* sse) {
    in_portions(sse, [&](std::span<const double> alphas, AlphaFits& fits) {
      path.coefficients(alphas, fits.coef, fits.intercept);
    });
  }

  // AlphaFits at some alphas by sparse_ridge().
  void refit(std::span<const double> alphas, AlphaFits& fits) {
    const double unit = 1.0;
    const auto data = training_data(&unit);
    const Index p = x_.cols, n_targets = data.y.cols;
    std::vector<double> coef(alphas.size() * p), intercept(alphas.size());
    for (Index t = 0; t < n_targets; ++t) {
      refit_target<double>({data, &x_, options_, monitor_}, t, alphas, coef, intercept);
      for (std::size_t a = 0; a < alphas.size(); ++a) {
        const std::size_t row = a * n_targets + t;
        std::copy_n(coef.data() + a * p, p, fits.coef.data() + row * p);
        fits.intercept[row] = intercept[a];
      }
    }
  }

  void by_gradients(Problem<double>& problem, double* sse) {
    CgPath<double> path(problem, borrowed(x_));
    in_portions(sse, [&](std::span<const double> alphas, AlphaFits& fits) {
      std::vector<double> reached(alphas.size());
      path.coefficients(alphas, fits.coef, fits.intercept, reached);
      for (const double one : reached) optimality_ = std::max(optimality_, one);
    });
  }

  // AlphaFits and scores some alphas at a time, from the largest down.
  template <class Fit>
  void in_portions(double* sse, Fit fit) {
    const Index n_targets = data_.y.cols;
    const auto at_once = static_cast<std::size_t>(
        std::max<Index>(1, most_coefficients_at_once / (x_.cols * n_targets)));
    for (std::size_t first = 0; first < alphas_.size(); first += at_once) {
      const std::size_t count = std::min(at_once, alphas_.size() - first);
      const std::size_t fits_at_once = count * n_targets;
      AlphaFits fits{std::vector<double>(fits_at_once * x_.cols),
                     std::vector<double>(fits_at_once)};
      fit(std::span<const double>(alphas_).subspan(first, count), fits);
      std::vector<double> sums(fits_at_once, 0.0);
      add_errors(fits, sums);
      for (std::size_t a = 0; a < count; ++a) {
        std::copy_n(sums.data() + a * n_targets, n_targets,
                    sse + static_cast<Index>(order_[first + a]) * n_targets);
      }
    }
  }

  // sums += sum of w (y - b0 - x.b)^2 over the test rows, for every fit.
  void add_errors(const AlphaFits& fits, std::vector<double>& sums) {
    const auto k = static_cast<Index>(fits.intercept.size());
    const Index p = x_.cols, n_targets = data_.y.cols;
    Buffer<double> v(p * k);
    for (Index f = 0; f < k; ++f) {
      for (Index j = 0; j < p; ++j) v[j * k + f] = fits.coef[f * p + j];
    }
    const auto n = static_cast<Index>(sets_->test_rows.size());
    std::vector<std::vector<double>> partial(row_block_chunks);
    const double per_row = static_cast<double>(x_.nonzeros()) / static_cast<double>(x_.rows) + 3.0;
    const auto visit = [&](Index chunk, Index k0, Index n_rows) {
      auto& sum = partial[chunk];
      sum.resize(k);
      std::vector<double> fitted(k);
      for (Index r = k0; r < k0 + n_rows; ++r) {
        const Index i = sets_->test_rows[r];
        multiply_rows(x_, i, i + 1, k, v.data(), fitted.data());
        for (Index f = 0; f < k; ++f) {
          const double e = data_.y(i, f % n_targets) - fits.intercept[f] - fitted[f];
          sum[f] += sets_->test_weight[r] * e * e;
        }
      }
    };
    const double work = static_cast<double>(n) * per_row * static_cast<double>(k);
    over_row_blocks(n, work, options_.n_threads, monitor_, visit);
    for (const auto& part : partial) {
      for (std::size_t f = 0; f < part.size(); ++f) sums[f] += part[f];
    }
  }

  const SparseRows<double>& x_;
  const RidgeData<double>& data_;
  const RidgeOptions& options_;
  Monitor& monitor_;
  const Splits& splits_;
  std::optional<SplitSets> sets_;
  std::vector<std::size_t> order_;  // positions of the caller's alphas, from the largest down
  std::vector<double> alphas_;      // the alphas in that order
  double optimality_ = 0.0;
};

}  // namespace

template <Real T>
Status sparse_splits(const SparseView<T>& x, const RidgeData<double>& given,
                     std::span<const double> alphas, const Splits& splits,
                     const RidgeOptions& options, Monitor& monitor, std::span<double> sse,
                     std::span<double> weight, double& optimality) {
  auto data = given;
  data.x = {nullptr, x.rows, x.cols, 0, 0};
  validate_grid(data, alphas, options);
  validate_splits(splits, x.rows);
  throw_if_not_finite(data, monitor);
  auto rows = widened(checked_rows(x, options.n_threads));
  if (options.fit_intercept && !options.penalize_intercept) shift_full_columns(rows);
  for (Index s = 0; s < splits.size(); ++s) {
    weight[s] = SplitSets(splits, s, data.sample_weight).test_total;
  }
  const double columns = static_cast<double>(x.cols + data.y.cols + 1);
  const bool shared =
      has_decomposition(x.rows, x.cols) && x.rows >= x.cols &&
      8.0 * columns * columns * static_cast<double>(splits.n_groups) <= most_fold_gram_bytes;
  std::optional<DataInUnits<double>> scaled;
  const auto score_all = [&](const SparseRows<double>& x_rows, const RidgeData<double>& rows_beside,
                             std::span<const double> grid) {
    SparseScores scores(x_rows, rows_beside, grid, splits, options, monitor);
    std::optional<FoldMoments<double>> folds;
    if (shared) {
      folds.emplace(rows_beside, splits.group, splits.n_groups, options, &x_rows);
      folds->compute(monitor);
      const Problem<double> problem(rows_beside, options, monitor);
      if (!folds->in_range() || problem.weight_scale() != 1.0) throw OutOfRange();
    }
    monitor.plan(splits.size());
    for (Index s = 0; s < splits.size(); ++s) {
      scores.choose(s);
      double* row = sse.data() + s * static_cast<Index>(alphas.size()) * data.y.cols;
      std::optional<ScaledMoments> moments;
      if (shared) {
        auto train = folds->sum(splits.train.subspan(s * splits.n_groups, splits.n_groups));
        if (!(options.fit_intercept && far_from_mean(train))) {
          moments = folds->finish(std::move(train));
        }
      }
      try {
        scores.score(std::move(moments), row);
      } catch (const OutOfRange&) {
        if (!scaled) throw;  // and try again in other units, which need not suit every split
        scores.score_by_refit(row);
      }
      monitor.finish();
    }
    optimality = scores.optimality();
  };
  const auto in_some_units = [&] {
    try {
      score_all(rows, data, alphas);
    } catch (const OutOfRange&) {
      scaled.emplace(data, &rows, options, monitor);
      score_all(*scaled->sparse(), scaled->data(), scaled->alphas(alphas));
      scaled->units().restore_squared_errors(sse);
    }
  };
  return completed(in_some_units) ? Status::converged : Status::interrupted;
}

template Status sparse_splits<double>(const SparseView<double>&, const RidgeData<double>&,
                                      std::span<const double>, const Splits&, const RidgeOptions&,
                                      Monitor&, std::span<double>, std::span<double>, double&);
template Status sparse_splits<float>(const SparseView<float>&, const RidgeData<double>&,
                                     std::span<const double>, const Splits&, const RidgeOptions&,
                                     Monitor&, std::span<double>, std::span<double>, double&);

}  // namespace elltwo
