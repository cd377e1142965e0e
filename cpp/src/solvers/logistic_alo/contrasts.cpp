#include "solvers/logistic_alo/contrasts.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {

ClassContrasts::ClassContrasts(Index n_classes)
    : n_classes_(n_classes), values_(n_classes * (n_classes - 1), 0.0) {
  for (Index a = 0; a < size(); ++a) {
    const auto before = static_cast<double>(a + 1);  // classes that class a + 1 is set against
    const double unit = 1.0 / std::sqrt(before * (before + 1.0));
    for (Index k = 0; k <= a; ++k) values_[k * size() + a] = -unit;
    values_[(a + 1) * size() + a] = before * unit;
  }
}

double ClassContrasts::pair_weight(Index k, Index l, Index a, Index b) const {
  return ((*this)(k, a) - (*this)(l, a)) * ((*this)(k, b) - (*this)(l, b));
}

void ClassContrasts::expand(const double* of_contrasts, Index ld, double* work,
                            double* of_classes) const {
  const Index m = size();
  const auto pair_of = [](Index a, Index b, Index n) {
    const Index low = std::min(a, b), high = std::max(a, b);
    return low * n - low * (low - 1) / 2 + high - low;
  };
  const auto add = [&](double times, const double* from, double* to) {
    for (Index i = 0; times != 0.0 && i < ld; ++i) to[i] += times * from[i];
  };
  std::fill_n(work, n_classes_ * m * ld, 0.0);
  for (Index k = 0; k < n_classes_; ++k) {
    for (Index b = 0; b < m; ++b) {
      double* to = work + (k * m + b) * ld;
      for (Index a = 0; a < m; ++a) {
        add((*this)(k, a), of_contrasts + pair_of(a, b, m) * ld, to);
      }
    }
  }
  std::fill_n(of_classes, n_classes_ * (n_classes_ + 1) / 2 * ld, 0.0);
  for (Index k = 0; k < n_classes_; ++k) {
    for (Index l = k; l < n_classes_; ++l) {
      double* to = of_classes + pair_of(k, l, n_classes_) * ld;
      for (Index b = 0; b < m; ++b) add((*this)(l, b), work + (k * m + b) * ld, to);
    }
  }
}

}  // namespace elltwo
