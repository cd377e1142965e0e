#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "elltwo/ridge.hpp"

namespace elltwo {

class RunningSums;

/// Sums of weights, means, and sums of squares and products about the means, of rows that come in
/// portions: all that ridge regression needs of its data. Sums are kept to twice the working
/// precision; columns are kept in units of powers of two where their squares would leave the range
/// of double. The same portions in the same order give the same bits, whatever n_threads is.
///
/// Adding and merging: T. F. Chan, G. H. Golub and R. J. LeVeque (1983). Algorithms for computing
/// the sample variance: analysis and recommendations. The American Statistician 37, 242-247.
class Moments {
 public:
  /// Throws std::invalid_argument unless there is a feature and a target.
  Moments(Index n_features, Index n_targets);
  explicit Moments(std::unique_ptr<RunningSums> sums);
  Moments(const Moments& other);
  Moments(Moments&&) noexcept;
  Moments& operator=(const Moments& other);
  Moments& operator=(Moments&&) noexcept;
  ~Moments();

  Index n_features() const;
  Index n_targets() const;
  std::int64_t n_rows() const;  ///< of positive weight
  double weight() const;        ///< sum of w

  /// Adds rows, with unit weights if there are none. Products are formed in double. Throws
  /// std::invalid_argument where shapes disagree, values are NaN or infinite, or weights are
  /// negative. False if the monitor asked to stop. In both cases the moments keep their values.
  template <Real T>
  bool add(MatrixView<T> x, MatrixView<double> y, std::span<const double> sample_weight,
           int n_threads, Monitor& monitor);

  /// add() without a monitor: it cannot be interrupted.
  template <Real T>
  void add(MatrixView<T> x, MatrixView<double> y, std::span<const double> sample_weight = {},
           int n_threads = 0) {
    Monitor nobody;
    static_cast<void>(add(x, y, sample_weight, n_threads, nobody));
  }

  /// Removes rows that were added before. Throws std::invalid_argument, and the moments keep their
  /// values, where only rounding errors of a column's sum of squares would be left. False as in
  /// add().
  template <Real T>
  bool remove(MatrixView<T> x, MatrixView<double> y, std::span<const double> sample_weight,
              int n_threads, Monitor& monitor);

  /// remove() without a monitor: it cannot be interrupted.
  template <Real T>
  void remove(MatrixView<T> x, MatrixView<double> y, std::span<const double> sample_weight = {},
              int n_threads = 0) {
    Monitor nobody;
    static_cast<void>(remove(x, y, sample_weight, n_threads, nobody));
  }

  /// Adds the rows of other moments.
  void merge(const Moments& other);

  /// Removes the rows of other moments, see remove().
  void subtract(const Moments& other);

  /// Multiplies all weights by a positive and finite factor.
  void scale(double factor);

  /// The moments of some features, in the given order, and all targets.
  Moments select(std::span<const Index> features) const;

  /// The moments of all features and some targets.
  Moments of_targets(std::span<const Index> targets) const;

  /// Moments of no rows in the same units, so that moments of similar rows can be merged without
  /// rescaling.
  Moments empty_like() const;

  /// Means (features, then targets).
  void means(std::span<double> out) const;

  /// Products about the means: features x (features + targets), row-major.
  void products(std::span<double> out) const;

  /// Squares about the means (features, then targets).
  void squares(std::span<double> out) const;

  /// Bounds on the relative errors of the squares from rounding (features, then targets).
  void relative_errors(std::span<double> out) const;

  /// sum w (y - b0 - x.b)^2 for fits (fits x targets) with coefficients (fits x targets x
  /// features).
  void squared_errors(std::span<const double> coef, std::span<const double> intercept,
                      std::span<double> out) const;

  /// All sums as little-endian bytes with a version and a checksum, see docs/moments.md; the same
  /// sums give the same bytes. `tag` is stored for the caller.
  std::vector<std::byte> to_bytes(std::uint64_t tag = 0) const;

  /// The moments and the tag in such bytes. Throws std::invalid_argument where bytes are missing,
  /// altered or of another version.
  static Moments from_bytes(std::span<const std::byte> bytes, std::uint64_t* tag = nullptr);

  const RunningSums& sums() const { return *sums_; }

 private:
  template <Real T>
  bool sum_rows(MatrixView<T> x, MatrixView<double> y, std::span<const double> sample_weight,
                int n_threads, Monitor& monitor);
  void require_shape_of(const Moments& other) const;

  std::unique_ptr<RunningSums> sums_;
};

/// The penalty of ridge(), see RidgeData.
struct RidgePenalty {
  std::span<const double> alpha;
  std::span<const double> penalty_factors{};
  std::span<const double> prior_mean{};
};

/// ridge() of the rows whose moments these are. Coefficients have relative errors of about eps /
/// rcond, since there are no rows to compute residuals from. Where the normal equations are
/// singular to working precision, eigenvectors give the rank and, at alpha = 0, the limit of small
/// penalties.
SolveInfo ridge(const Moments& moments, const RidgePenalty& penalty, const RidgeOptions& options,
                Monitor& monitor, std::span<double> coef, std::span<double> intercept);

/// ridge() of moments without a monitor: it cannot be interrupted.
inline SolveInfo ridge(const Moments& moments, const RidgePenalty& penalty,
                       const RidgeOptions& options, std::span<double> coef,
                       std::span<double> intercept) {
  Monitor nobody;
  return ridge(moments, penalty, options, nobody, coef, intercept);
}

}  // namespace elltwo
