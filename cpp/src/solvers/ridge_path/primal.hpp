#pragma once

#include <optional>

#include "linalg/row_triangle.hpp"
#include "solvers/ridge_path/design.hpp"
#include "solvers/ridge_path/method.hpp"
#include "solvers/ridge_path/row_products.hpp"
#include "solvers/ridge_path/shift_factors.hpp"
#include "solvers/ridge_path/spectrum.hpp"

namespace elltwo {

/// Every penalty through the tridiagonal form of the design's Gram matrix, or the singular vectors of
/// the triangle of its QR, for at least as many samples as columns.
template <Real T>
class PrimalPath final : public PathMethod<T> {
 public:
  explicit PrimalPath(const Problem<T>& problem) : problem_(problem) {}

  bool decompose(double smallest_alpha) override;
  /// The same from moments that are known already, of these rows or of rows that are gone.
  bool decompose(ScaledMoments moments, double smallest_alpha);

  Solver solver() const override { return solver_; }
  const std::vector<double>& eigenvalues() const override { return spectrum_.s; }
  Index n_unpenalised() const override;
  bool dual() const override { return false; }
  Index n_directions() const override {
    return spectrum_.rank_free + static_cast<Index>(spectrum_.s.size());
  }
  bool rank_deficient() const override { return n_directions() < design_->size(); }
  bool coefficients(std::span<const double> alphas, std::span<double> coef,
                    std::span<double> intercept) override;
  void residual_squares(double alpha, double* rss) const override {
    spectrum_.residual_squares(alpha, rss);
  }
  bool basis(double* out) override;
  bool leave_one_out(std::span<const double> alphas, const LeftOutVisit& visit) override;
  bool squared_errors(std::span<const Index> rows, std::span<const double> weight,
                      std::span<const double> alphas, double* sse) override;

  ScaledMoments* moments() override { return &moments_; }
  /// Frees what only `decompose` and `moments` need.
  void forget_gram() { moments_.gram = GramMatrix(); }
  const Problem<T>& problem() const { return problem_; }
  const PathDesign<T>& design() const { return *design_; }
  const Spectrum& spectrum() const { return spectrum_; }

 private:
  bool errors_of_many_fits(std::span<const Index> rows, std::span<const double> weight,
                           std::span<const double> alphas, double* sse) const;
  bool errors_of_many_rows(std::span<const Index> rows, std::span<const double> weight,
                           std::span<const double> alphas, double* sse) const;
  bool take_moments(ScaledMoments& moments) const;
  double lost_to_centring() const;
  double noise() const;
  bool by_triangle();
  bool by_triangle(Index n_rows, const FillRows& fill);
  bool by_root_rows();
  void left_out_rows(Index chunk, Index k0, Index rows, const ShiftFactors& factors,
                     const RowProducts<T>& to_directions, const Buffer<double>& solutions,
                     const LeftOutVisit& visit) const;

  const Problem<T>& problem_;
  ScaledMoments moments_;
  std::optional<PathDesign<T>> design_;
  Spectrum spectrum_;
  Solver solver_ = Solver::eigen;
};

}  // namespace elltwo
