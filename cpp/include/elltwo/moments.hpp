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
/// portions: all that ridge regression asks of its data. Sums are kept to twice the working precision;
/// columns are kept in units of powers of two where their squares would leave the range of double. The same
/// portions in the same order give the same bits, whatever n_threads is.
///
/// Adding and merging: T. F. Chan, G. H. Golub and R. J. LeVeque (1983). Algorithms for computing the sample
/// variance: analysis and recommendations. The American Statistician 37, 242-247.
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

  /// Adds rows; no weights: all are 1. Products are formed in double. Throws std::invalid_argument, and
  /// nothing is changed, where shapes disagree or values are NaN, infinite or weights negative. False, and
  /// nothing is changed, if the monitor asked to stop.
  template <Real T>
  bool add(MatrixView<T> x, MatrixView<double> y, std::span<const double> sample_weight,
           int n_threads, Monitor& monitor);

  /// Takes rows out that were added. Throws std::invalid_argument, and nothing is changed, where rounding would
  /// be all that is left of a column's squares.
  template <Real T>
  bool remove(MatrixView<T> x, MatrixView<double> y, std::span<const double> sample_weight,
              int n_threads, Monitor& monitor);

  /// Adds the rows of others, which may be centred elsewhere.
  void merge(const Moments& other);

  /// Takes the rows of others out, see `remove`.
  void subtract(const Moments& other);

  /// Multiplies all weights, by a positive and finite factor.
  void scale(double factor);

  /// Of some features, in the given order, and all targets.
  Moments select(std::span<const Index> features) const;

  /// Of all features and some targets.
  Moments of_targets(std::span<const Index> targets) const;

  /// Without rows, in the same units, so that what is taken of similar rows merges at once.
  Moments empty_like() const;

  /// Means (features, then targets).
  void means(std::span<double> out) const;

  /// Products about the means: features x (features + targets), row-major.
  void products(std::span<double> out) const;

  /// Squares about the means (features, then targets).
  void squares(std::span<double> out) const;

  /// Bounds on the relative errors of the squares from rounding (features, then targets).
  void relative_errors(std::span<double> out) const;

  /// sum w (y - b0 - x.b)^2 for fits (fits x targets) with coefficients (fits x targets x features).
  void squared_errors(std::span<const double> coef, std::span<const double> intercept,
                      std::span<double> out) const;

  /// Little-endian, with a version and a checksum, see docs/moments.md; the same sums give the same bytes.
  /// `tag` is the caller's own.
  std::vector<std::byte> to_bytes(std::uint64_t tag = 0) const;

  /// Throws std::invalid_argument where bytes are missing, altered or of another version.
  static Moments from_bytes(std::span<const std::byte> bytes, std::uint64_t* tag = nullptr);

  const RunningSums& sums() const { return *sums_; }

 private:
  template <Real T>
  bool take(MatrixView<T> x, MatrixView<double> y, std::span<const double> sample_weight,
            int n_threads, Monitor& monitor, bool& any);
  void require_shape_of(const Moments& other) const;

  std::unique_ptr<RunningSums> sums_;
};

/// The penalty of `ridge`, see RidgeData.
struct RidgePenalty {
  std::span<const double> alpha;
  std::span<const double> penalty_factors;
  std::span<const double> prior_mean;
};

/// ridge() of the rows that moments were taken of, as far as these tell: coefficients have relative errors
/// of about eps / rcond, since no rows are left to correct them with. Where the normal equations
/// are singular to working precision, eigenvectors give the rank and the solution of least norm.
SolveInfo ridge(const Moments& moments, const RidgePenalty& penalty, const RidgeOptions& options,
                Monitor& monitor, std::span<double> coef, std::span<double> intercept);

}  // namespace elltwo
