#pragma once

#include "elltwo/views.hpp"

namespace elltwo {

/// One value of each class, `stride` apart.
struct OfClasses {
  double* data;
  Index n;
  Index stride;

  double& operator[](Index k) const { return data[k * stride]; }
};

/// v_k -= mean over the classes of (v_k - reference_k); null stands for references of zero.
inline void subtract_mean(OfClasses v, const double* reference = nullptr,
                          Index reference_stride = 1) {
  double sum = 0.0;
  for (Index k = 0; k < v.n; ++k) {
    sum += v[k] - (reference != nullptr ? reference[k * reference_stride] : 0.0);
  }
  for (Index k = 0; k < v.n; ++k) v[k] -= sum / static_cast<double>(v.n);
}

}  // namespace elltwo
