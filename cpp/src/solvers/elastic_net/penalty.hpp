#pragma once

#include <span>
#include <vector>

#include "elltwo/box.hpp"
#include "gram/moments.hpp"
#include "model/duality_gap.hpp"
#include "solvers/active_set/slots.hpp"

namespace elltwo {

/// What the user wrote about the coefficients. Empty spans stand for unit factors and for prior
/// means of zero.
struct NetTerms {
  double l1_ratio = 0.5;
  std::span<const double> factors{};  ///< p
  std::span<const double> prior{};    ///< targets x p
  Box box{};
};

/// The powers of two that multiply X, y and the weights.
struct NetUnits {
  Scales scales;
  double weight = 1.0;

  double x(Index j) const { return scales.x.empty() ? 1.0 : scales.x[j]; }
  double y(Index t) const { return scales.y.empty() ? 1.0 : scales.y[t]; }
};

/// The penalty and the bounds of one target in scaled coordinates, x^ = s_x x, y^ = s_y y, w^ = s_w
/// w, whose coefficients are measured from the prior means:
///   d_j = (b_j - m_j) s_y / s_xj,   h_j(d_j) = alpha^ (l1_j |d_j| + l2_j d_j^2 / 2),
/// with alpha^ = s_alpha alpha, s_alpha being a power of two, too. A pinned feature has d_j = 0: it
/// has the bounds 0 and 0.
class NetPenalty {
 public:
  /// `pinned` says of each feature whether its column has no spread; a factor of infinity pins it
  /// as well.
  NetPenalty(const NetTerms& terms, const NetUnits& units, const std::vector<char>& pinned,
             Index target);

  Index n_features() const { return static_cast<Index>(slots_.size()); }
  Index target() const { return target_; }
  double l1_ratio() const { return l1_ratio_; }

  /// Factors of alpha^, and bounds, of feature j.
  const SlotPenalty& operator[](Index j) const { return slots_[j]; }
  bool is_pinned(Index j) const { return pinned_[j] != 0; }
  bool is_unpenalised(Index j) const { return slots_[j].l1 == 0.0 && slots_[j].l2 == 0.0; }

  /// The features that are not pinned, ascending.
  const std::vector<Index>& movable() const { return movable_; }

  /// A feature without spread whose bounds exclude its prior mean: it is at the nearest bound,
  /// which is no part of the points that are solved for.
  struct Fixed {
    Index feature;
    double d;
    SlotPenalty penalty;
  };
  const std::vector<Fixed>& fixed() const { return fixed_; }

  /// Whether a bound excludes 0 for some feature.
  bool excludes_zero() const { return excludes_zero_; }

  /// m_j s_y / s_xj; empty: zeros.
  const std::vector<double>& prior() const { return prior_; }

  double scaled_alpha(double alpha) const;
  /// The alpha^ to solve at, which is finite. All penalties from alpha_max on, given as an alpha^,
  /// have one point, unless a bound keeps coefficients off zero.
  double alpha_to_solve_at(double alpha, double alpha_max) const;
  double user_alpha(double scaled) const;

  /// The smallest alpha^ at which all penalised coefficients are zero, given q_j = x_j'W r of the
  /// null model's residual for all features: the largest |q_j| / l1_j over those that may leave
  /// zero in the direction of q_j. Infinite where l1_ratio is 0.
  double alpha_max(const double* q) const;

  /// The penalties of all features at alpha^, for squared_loss_gap(). The spans are valid until the
  /// arrays of `space` change.
  struct Space {
    std::vector<double> l1, l2, lower, upper;
  };
  ElasticNetTerms at(double alpha, Space& space) const;

 private:
  static constexpr double largest_scaled = 1e300;

  SlotPenalty scaled(const NetTerms& terms, const NetUnits& units, Index j) const;

  Index target_;
  double l1_ratio_;
  int alpha_exponent_ = 0;
  bool excludes_zero_ = false;
  std::vector<char> pinned_;
  std::vector<SlotPenalty> slots_;
  std::vector<Index> movable_;
  std::vector<Fixed> fixed_;
  std::vector<double> prior_;
};

}  // namespace elltwo
