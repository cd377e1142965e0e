#include "solvers/ridge_splits/scores.hpp"

#include <algorithm>

#include "solvers/ridge_path/dual.hpp"
#include "solvers/ridge_path/refit.hpp"

namespace elltwo {

template <Real T>
SplitScores<T>::SplitScores(const RidgeData<T>& data, std::span<const double> alphas,
                            SplitSets sets, const RidgeOptions& options, Monitor monitor)
    : sets_(std::move(sets)),
      data_(data),
      options_(options),
      monitor_(monitor),
      alphas_(alphas),
      smallest_(*std::min_element(alphas.begin(), alphas.end())) {
  data_.sample_weight = sets_.train_weight;
  data_.alpha = {&unit_, 1};
  problem_.emplace(data_, options_, monitor_);
}

template <Real T>
void SplitScores<T>::score(ScaledMoments train, std::optional<ScaledMoments> test, double* sse) {
  path_.emplace(*problem_, std::move(train));
  path_->decompose(smallest_);
  path_->free_gram();
  const auto fits = static_cast<Index>(alphas_.size()) * data_.y.cols;
  if (!test || path_->solver() != Solver::eigen ||
      !ErrorForms<T>::worthwhile(*path_, static_cast<Index>(sets_.test_rows.size()), fits)) {
    return by_rows(*path_, sse);
  }
  test_moments_ = std::move(test);
  held_out_.emplace(HeldOutRows{sets_.test_rows, sets_.test_weight, *test_moments_});
  forms_.emplace(*path_, *held_out_, alphas_);
}

template <Real T>
void SplitScores<T>::score_rows(double* sse) {
  const auto by = [&](auto path) {
    path.decompose(smallest_);
    by_rows(path, sse);
  };
  if (data_.x.rows < data_.x.cols) return by(DualPath<T>(*problem_));
  return by(PrimalPath<T>(*problem_));
}

template <Real T>
void SplitScores<T>::by_rows(PathMethod<T>& path, double* sse) {
  path.squared_errors(sets_.test_rows, sets_.test_weight, alphas_, sse);
}

template <Real T>
void SplitScores<T>::refit(std::span<const double> alphas, double* sse) {
  const Index p = data_.x.cols, n_targets = data_.y.cols;
  std::vector<double> coef(alphas.size() * p);
  std::vector<double> intercept(alphas.size());
  for (Index t = 0; t < n_targets; ++t) {
    refit_target<T>({data_, nullptr, options_, monitor_}, t, alphas, coef, intercept);
    for (std::size_t a = 0; a < alphas.size(); ++a) {
      const double* b = coef.data() + a * p;
      double sum = 0.0;
      for (std::size_t k = 0; k < sets_.test_rows.size(); ++k) {
        const Index row = sets_.test_rows[k];
        double r = data_.y(row, t) - intercept[a];
        for (Index j = 0; j < p; ++j) r -= static_cast<double>(data_.x(row, j)) * b[j];
        sum += sets_.test_weight[k] * r * r;
      }
      sse[static_cast<Index>(a) * n_targets + t] = sum;
    }
  }
}

template class SplitScores<double>;
template class SplitScores<float>;

}  // namespace elltwo
