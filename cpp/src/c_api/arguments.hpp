#pragma once

#include <span>
#include <vector>

#include "c_api/guard.hpp"
#include "elltwo/views.hpp"

/// Conversion of the pointers and strides of C callers to the spans of the C++ interface.
namespace elltwo::c_api {

inline void require_data(Index n_samples, Index n_features, const double* x, const double* y) {
  require(n_samples > 0, "n_samples must be at least 1");
  require(n_features > 0, "n_features must be at least 1");
  require(x != nullptr, "x must not be NULL");
  require(y != nullptr, "y must not be NULL");
}

inline void require_outputs(const double* coef, const double* intercept) {
  require(coef != nullptr, "coef must not be NULL");
  require(intercept != nullptr, "intercept must not be NULL");
}

/// The span of `size` values; empty if the pointer is NULL.
template <class T>
std::span<T> optional(T* values, Index size) {
  return values == nullptr ? std::span<T>{} : std::span{values, static_cast<std::size_t>(size)};
}

/// The alphas of a C caller: one if the stride is 0, else `count` of them.
class Penalties {
 public:
  Penalties(const double* alpha, Index stride, Index count) : values_(optional(alpha, 1)) {
    require(alpha != nullptr, "alpha must not be NULL");
    if (stride == 0) return;
    copy_.resize(count);
    for (Index i = 0; i < count; ++i) copy_[i] = alpha[i * stride];
    values_ = copy_;
  }
  std::span<const double> values() const { return values_; }

 private:
  std::vector<double> copy_;
  std::span<const double> values_;
};

}  // namespace elltwo::c_api
