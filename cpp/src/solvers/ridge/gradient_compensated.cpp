#include <vector>

#include "linalg/compensated.hpp"
#include "solvers/ridge/gradient.hpp"

namespace elltwo {

// Residuals and their products with X to twice the working precision. Any shifts serve: the
// residuals' mean goes into the intercept.
template <Real T>
void Gradient<T>::from_small_data(const double* b, double* g, std::vector<double>& centre) const {
  const Index n = problem_.n_samples();
  const Index p = problem_.n_features();
  const auto& x = problem_.data().x;
  const auto centred_x = [&](Index i, Index j) {
    const double value = static_cast<double>(x(i, j)) * problem_.x_scale(j);
    return difference(value, means_.x[j]);
  };
  std::vector<DoubleDouble> r(n);
  for (Index u = 0; u < targets(); ++u) {
    const Index t = group_.targets[u];
    const double* b_target = b + u * p;
    const double y_mean = means_.y[t];
    DoubleDouble sum, weight;
    for (Index i = 0; i < n; ++i) {
      auto& ri = r[i];
      ri = difference(problem_.data().y(i, t) * problem_.y_scale(t), y_mean);
      for (Index j = 0; j < p; ++j) ri.add_product(centred_x(i, j), -b_target[j]);
      const double w = problem_.weight(i);
      sum.add_product(ri, w);
      weight.add(w);
    }
    DoubleDouble rho, push;
    if (problem_.centred()) {
      rho = quotient(sum, weight.value());
      const double k = kappa();
      if (k != 0.0) push.add_product(k, rho.value() + mean_residual(t, b_target));
      for (auto& ri : r) {
        ri.add(-rho.hi);
        ri.lo -= rho.lo;
      }
    }
    for (Index j = 0; j < p; ++j) {
      DoubleDouble gj;
      for (Index i = 0; i < n; ++i) {
        const auto& ri = r[i];
        gj.add_product(centred_x(i, j).times(problem_.weight(i)), ri);
      }
      gj.add_product(push, means_.x[j]);
      const double a = problem_.penalty(j, group_.alpha);
      if (a > 0.0 && std::isfinite(a))
        gj.add_product(difference(b_target[j], problem_.prior(t, j)), -a);
      g[u * p + j] = gj.value();
    }
    DoubleDouble level = rho;
    level.add(y_mean);
    for (Index j = 0; j < p; ++j) level.add_product(means_.x[j], -b_target[j]);
    centre.push_back(level.value());
  }
}

template void Gradient<double>::from_small_data(const double*, double*, std::vector<double>&) const;
template void Gradient<float>::from_small_data(const double*, double*, std::vector<double>&) const;

}  // namespace elltwo
