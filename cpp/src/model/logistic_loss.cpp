#include "model/logistic_loss.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {

double binomial_terms(Index n, double* z, const std::int32_t* label, const double* weight,
                      double* curvature) {
  double loss = 0.0;
  for (Index i = 0; i < n; ++i) {
    const double w = weight != nullptr ? weight[i] : 1.0;
    const double s = label[i] == 1 ? 1.0 : -1.0;
    const double margin = s * z[i];
    const double small = std::exp(-std::abs(margin));
    const double other = (margin > 0.0 ? small : 1.0) / (1.0 + small);  // of the other class
    loss += w * (std::log1p(small) + std::max(-margin, 0.0));
    z[i] = w * s * other;
    if (curvature != nullptr) curvature[i] = w * small / ((1.0 + small) * (1.0 + small));
  }
  return loss;
}

double multinomial_terms(Index n_classes, Index n, double* z, Index ld, const std::int32_t* label,
                         const double* weight, double* probability, Index ld_probability) {
  double loss = 0.0;
  for (Index i = 0; i < n; ++i) {
    const double w = weight != nullptr ? weight[i] : 1.0;
    double top = z[i];
    for (Index k = 1; k < n_classes; ++k) top = std::max(top, z[k * ld + i]);
    const double own = z[label[i] * ld + i];
    double sum = 0.0;
    for (Index k = 0; k < n_classes; ++k) sum += z[k * ld + i] = std::exp(z[k * ld + i] - top);
    loss += w * (std::log(sum) + (top - own));
    double others = 0.0;
    for (Index k = 0; k < n_classes; ++k) {
      const double p = z[k * ld + i] / sum;
      if (probability != nullptr) probability[k * ld_probability + i] = p;
      if (k != label[i]) others += p;
      z[k * ld + i] = -w * p;
    }
    z[label[i] * ld + i] = w * others;  // 1 - p without cancellation
  }
  return loss;
}

}  // namespace elltwo
