#pragma once

#include <concepts>
#include <optional>
#include <vector>

#include "linalg/posdef.hpp"
#include "solvers/ridge/gradient.hpp"
#include "solvers/ridge/outcome.hpp"
#include "solvers/ridge/tall_qr.hpp"

namespace elltwo {

/// Ridge through the p x p normal equations, corrected with residuals from the original data, and by
/// an orthogonal factorisation where they are too ill-conditioned.
/// (Golub and Van Loan, Matrix Computations, 4th ed., 5.3; Bjorck 1987 for corrected seminormal
/// equations.)
template <Real T>
class PrimalRidge {
 public:
  explicit PrimalRidge(Problem<T>& problem) : problem_(problem) {}

  /// Takes the moments of the data, in scaled coordinates if their range demands it. Throws if X or
  /// y is not finite. False if the monitor asked to stop.
  bool prepare();

  /// The same with products formed in double, whatever the data are.
  bool prepare_in_double() { return prepare_exact<double>(); }

  /// Takes moments that are known already, of data in range, with products formed in double.
  void adopt(ScaledMoments moments) {
    moments_ = std::move(moments);
    mixed_ = float_products_ = false;
  }

  GroupFit fit(const TargetGroup& group);

  /// To be called between fits when pinned features have moved.
  void forget_factors() { qr_.reset(); }

  const ScaledMoments& moments() const { return moments_; }
  ScaledMoments& moments() { return moments_; }

 private:
  using Active = std::vector<Index>;

  bool sample_looks_good();
  template <Real Products>
  bool take_moments();
  template <Real Products>
  bool moments_in_range(bool of_sample = false) const;
  template <Real Products = T>
  bool prepare_exact();
  void with_double_products(const TargetGroup& group, GroupFit& fit);
  Active active_features(double alpha) const;
  PosDefSystem normal_equations(const TargetGroup& group, const Active& active, double kappa) const;
  double optimality(const TargetGroup& group, const Active& active, const double* b,
                    const double* g) const;
  double optimality_bound(const TargetGroup& group, const Active& active, const double* b,
                          const double* step) const;
  bool exact_products() const { return std::same_as<T, double> && !mixed_; }
  void by_cholesky(const TargetGroup& group, const Active& active, GroupFit& fit);
  void by_orthogonal(const TargetGroup& group, const Active& active, const char* why,
                     GroupFit& fit);
  template <class Correct>
  bool refine(const TargetGroup& group, const Active& active, const Correct& correction,
              GroupFit& fit);
  Buffer<double> correction(const Active& active, const PosDefSystem& system, const double* g,
                            Index n_targets) const;
  double step_size(const TargetGroup& group, const Active& active, const double* b,
                   const double* step) const;
  double scale_of(Index target, double fitted) const;
  std::vector<double> column_sizes(const TargetGroup& group, const Active& active) const;
  bool means_in_full_precision() const;
  Buffer<double> prior_coef(const TargetGroup& group) const;

  Problem<T>& problem_;
  mutable ScaledMoments moments_;  // means gain digits with every pass over the data
  bool mixed_ = false;             // double data, products in float
  bool float_products_ = std::same_as<T, float>;
  std::optional<TallQr<T>> qr_;
};

}  // namespace elltwo
