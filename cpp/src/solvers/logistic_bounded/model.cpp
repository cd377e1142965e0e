#include "solvers/logistic_bounded/model.hpp"

#include <algorithm>

#include "solvers/shared/box.hpp"

namespace elltwo {

template <Real T>
void LogisticBoxModel<T>::centre_over_classes(const Box& box, Buffer<double>& z,
                                              Buffer<double>& slope) const {
  const Index c = n_columns();
  if (problem_.n_outputs() == 1) return;
  for (Index j = 0; j < c; ++j) {
    if (!(penalty(j) > 0.0)) continue;
    double sum = 0.0;
    for (Index v = j; v < size(); v += c) sum += slope[v];
    double by = sum / (penalty(j) * static_cast<double>(problem_.n_outputs()));
    for (Index v = j; v < size(); v += c) {
      by = by > 0.0 ? std::min(by, upper_of(box, v) - z[v]) : std::max(by, lower_of(box, v) - z[v]);
    }
    for (Index v = j; v < size(); v += c) {
      z[v] = clipped(box, v, z[v] + by);
      slope[v] -= by * penalty(j);
    }
  }
}

template class LogisticBoxModel<double>;
template class LogisticBoxModel<float>;

}  // namespace elltwo
