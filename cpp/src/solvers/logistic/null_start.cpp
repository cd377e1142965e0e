#include "solvers/logistic/null_start.hpp"

#include <algorithm>
#include <utility>

namespace elltwo {

template <Real T>
bool NullStart<T>::take_if_lower(std::span<const double> theta, LogisticPoint& at,
                                 LogisticInfo& info) {
  if (std::equal(theta.begin(), theta.end(), point_.theta.begin(), point_.theta.end())) {
    objective_.penalise(point_);
  } else {
    point_ = objective_.new_point();
    std::copy(theta.begin(), theta.end(), point_.theta.begin());
    objective_.evaluate(point_);
    ++info.n_passes;
  }
  if (!(point_.objective() < at.objective())) return false;
  at = std::exchange(point_, {});
  return true;
}

template class NullStart<double>;
template class NullStart<float>;

}  // namespace elltwo
