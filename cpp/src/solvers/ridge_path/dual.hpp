#pragma once

#include <optional>

#include "solvers/ridge/dual.hpp"
#include "solvers/ridge_path/method.hpp"
#include "solvers/ridge_path/shift_factors.hpp"

namespace elltwo {

/// Every penalty through the tridiagonal form T = U^T K U of the dual kernel, beyond what is unpenalised,
/// or the singular vectors U of the features (then T is diagonal), for more columns than samples. With
/// z = U^T y the dual variables at alpha are U (T + alpha I)^-1 z.
template <Real T>
class DualPath final : public PathMethod<T>, private DualRidge<T> {
 public:
  explicit DualPath(Problem<T>& problem) : DualRidge<T>(problem, false, true) {}

  bool decompose(double smallest_alpha) override;
  Solver solver() const override { return solver_; }
  const std::vector<double>& eigenvalues() const override { return unit_ > 0.0 ? s_ : nothing_; }
  Index n_unpenalised() const override;
  bool dual() const override { return true; }
  Index n_directions() const override;
  bool rank_deficient() const override { return true; }
  DualRidge<T>* dual_system() override { return this; }
  bool coefficients(std::span<const double> alphas, std::span<double> coef,
                    std::span<double> intercept) override;
  void residual_squares(double alpha, double* rss) const override;
  bool basis(double* out) override;
  bool leave_one_out(std::span<const double> alphas, const LeftOutVisit& visit) override;
  bool squared_errors(std::span<const Index> rows, std::span<const double> weight,
                      std::span<const double> alphas, double* sse) override;

 private:
  using Base = DualRidge<T>;
  using typename Base::Iterate;

  TargetGroup all_targets(Index times) const;
  void keep(Index n_values, const double* s, double noise, double lost);
  double tridiagonal_form(double& smallest);
  bool singular_vectors(double lost);
  bool take_targets();
  double shift_of(double alpha) const { return unit_ > 0.0 ? alpha : 0.0; }
  void solution(double alpha, double* w) const;
  bool worth_turning(Index fits) const;
  bool turned_features(Buffer<double>& turned);
  bool errors_in_directions(std::span<const Index> rows, std::span<const double> weight,
                            std::span<const double> alphas, double* sse);
  bool turned_rows(std::span<const Index> rows, const Buffer<double>& turned, double* out,
                   double* prior_part) const;
  void turn_back(const Buffer<double>& turned, const Buffer<double>& w, Index fits,
                 double* b) const;
  bool evaluate_fits(const Buffer<double>& w, Index n_alphas, double* b);
  void left_out_rows(Index chunk, Index k0, Index rows, std::span<const double> alphas,
                     const ShiftFactors& factors, const Buffer<double>& solutions,
                     const LeftOutVisit& visit) const;
  Buffer<double> eigenvectors() const;
  void weighted_features(Index first, Index count, double* z) const;
  bool penalised_basis(double* out);
  bool free_basis(double* out);

  std::optional<DualRoles> roles_;
  std::optional<Unpenalised> free_;
  double unit_ = 1.0;            // of the kernel's eigenvalues in alpha; 0: nothing is penalised
  std::vector<double> s_;        // over unit_, descending
  std::vector<double> nothing_;  // eigenvalues where nothing is penalised
  Tridiagonal t_;                // over unit_
  double free_value_ = 0.0;  // the eigenvalue of T on unpenalised directions; 0: T has none of them
  Buffer<double> u_;         // n x directions, column-major
  Buffer<double> z_;         // directions x targets
  Buffer<double> null_;      // n x targets: what of y no direction holds
  Buffer<double> null_share_;  // n: the same of the rows' unit vectors
  bool full_ = false;          // the directions hold everything
  Solver solver_ = Solver::dual_eigen;
};

}  // namespace elltwo
