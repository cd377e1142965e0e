#pragma once

#include <concepts>

#include "solvers/ridge/means.hpp"
#include "solvers/ridge/mixed_precision.hpp"

namespace elltwo {

/// The p x p moments of a problem's data with the arithmetic they were formed in, and means that
/// gain digits during the fits. Moments that are known already are only referred to.
template <Real T>
class PrimalMoments {
 public:
  explicit PrimalMoments(Problem<T>& problem) : problem_(problem) {}
  PrimalMoments(const PrimalMoments&) = delete;
  PrimalMoments& operator=(const PrimalMoments&) = delete;

  /// Forms the moments, in float first where that is likely to be sooner; scales the problem if
  /// their range demands it. Throws if X or y is not finite.
  void compute();

  /// The same with products formed in double, whatever the data are.
  void compute_in_double();

  /// Takes moments of data in range, with products formed in double, which must outlive the object.
  void adopt(const ScaledMoments& known);

  const ScaledMoments& moments() const { return *moments_; }
  const Means& means() const { return means_; }
  Means& means() { return means_; }

  bool mixed() const { return products_ == Products::mixed; }
  bool in_float() const {
    return mixed() || (products_ == Products::as_data && std::same_as<T, float>);
  }

  /// Brings means of float sums to full precision by a pass over the data in double.
  void refine_means();

 private:
  template <Real S>
  void form(Products products);
  template <Real S>
  void compute_exact(Products products);
  bool sample_suits_float() const;

  Problem<T>& problem_;
  ScaledMoments own_;
  const ScaledMoments* moments_ = &own_;
  Means means_;
  Products products_ = Products::as_data;
};

}  // namespace elltwo
