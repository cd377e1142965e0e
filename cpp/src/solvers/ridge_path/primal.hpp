#pragma once

#include <optional>

#include "linalg/row_triangle.hpp"
#include "solvers/ridge_path/design.hpp"
#include "solvers/ridge_path/method.hpp"
#include "solvers/ridge_path/spectrum.hpp"

namespace elltwo {

/// Every penalty through the tridiagonal form of the design's Gram matrix, or the singular vectors
/// of the triangle of its QR, for at least as many samples as columns.
template <Real T>
class PrimalPath final : public PathMethod<T> {
 public:
  /// Forms the moments of the data in decompose().
  explicit PrimalPath(const Problem<T>& problem) : problem_(problem) {}
  /// From moments that are known already, of these rows or of rows that are gone.
  PrimalPath(const Problem<T>& problem, ScaledMoments known)
      : problem_(problem), moments_(std::move(known)), known_(true) {}

  void decompose(double smallest_alpha) override;

  Solver solver() const override { return solver_; }
  const std::vector<double>& eigenvalues() const override { return spectrum_.s; }
  Index n_unpenalised() const override;
  bool dual() const override { return false; }
  Index n_directions() const override {
    return spectrum_.rank_free + static_cast<Index>(spectrum_.s.size());
  }
  void coefficients(std::span<const double> alphas, std::span<double> coef,
                    std::span<double> intercept) override;
  void residual_squares(double alpha, double* rss) const override {
    spectrum_.residual_squares(alpha, rss);
  }
  void basis(double* out) const override;
  void leave_one_out(std::span<const double> alphas, const LeftOutVisit& visit) const override;
  void squared_errors(std::span<const Index> rows, std::span<const double> weight,
                      std::span<const double> alphas, double* sse) override;

  const ScaledMoments* moments() const override { return &moments_; }
  /// Frees the Gram matrix, which only decompose() and the user of moments() need.
  void free_gram() { moments_.gram = GramMatrix(); }
  const Problem<T>& problem() const { return problem_; }
  const PathDesign<T>& design() const { return *design_; }
  const Spectrum& spectrum() const { return spectrum_; }

 private:
  ScaledMoments form_moments() const;
  void require_ordinary_units() const;
  double lost_to_centring() const;
  double noise() const;
  void by_triangle();
  void by_triangle(Index n_rows, const FillRows& fill);
  void by_root_rows();

  const Problem<T>& problem_;
  ScaledMoments moments_;
  bool known_ = false;  // whether moments_ were given
  std::optional<PathDesign<T>> design_;
  Spectrum spectrum_;
  Solver solver_ = Solver::eigen;
};

}  // namespace elltwo
