#include "solvers/coordinate/face.hpp"

#include <algorithm>

namespace elltwo {

template <Real T>
FaceData<T>::FaceData(const RidgeData<T>& given)
    : given_(given), factors_(given.x.cols), prior_(given.x.cols * given.y.cols), data_(given) {
  data_.penalty_factors = factors_;
  data_.prior_mean = prior_;
  for (Index t = 0; t < given.y.cols; ++t) restore(t);
}

template <Real T>
void FaceData<T>::restore(Index target) {
  const Index p = given_.x.cols;
  const Index first = target * p;
  for (Index j = 0; j < p; ++j) {
    factors_[j] = given_.penalty_factors.empty() ? 1.0 : given_.penalty_factors[j];
    prior_[first + j] = given_.prior_mean.empty() ? 0.0 : given_.prior_mean[first + j];
  }
}

// Without a penalty a prior mean chooses among equals only: those nearest to b are wanted.
template <Real T>
void FaceData<T>::pin(const Problem<T>& problem, const TargetGroup& group,
                      const std::vector<Index>& free, const std::vector<double>& b) {
  const Index t = group.targets[0], p = given_.x.cols;
  for (Index j = 0; j < p; ++j) {
    const bool is_free = std::binary_search(free.begin(), free.end(), j);
    if (is_free && problem.penalty(j, group.alpha) > 0.0) continue;
    prior_[t * p + j] = b[j] * problem.x_scale(j) / problem.y_scale(t);
    if (!is_free) factors_[j] = infinity;
  }
}

template class FaceData<double>;
template class FaceData<float>;

}  // namespace elltwo
