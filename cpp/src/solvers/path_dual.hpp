#pragma once

#include <optional>

#include "solvers/dual.hpp"
#include "solvers/path_method.hpp"

namespace elltwo {

/// Every penalty through the eigenvectors U of the dual kernel, beyond what is unpenalised, for more
/// columns than samples. With z = U^T y the dual variables at alpha are U z / (s + alpha).
template <Real T>
class DualPath final : public PathMethod<T>, private DualRidge<T> {
 public:
  explicit DualPath(Problem<T>& problem) : DualRidge<T>(problem, false, true) {}

  bool decompose(double smallest_alpha) override;
  Solver solver() const override { return solver_; }
  const std::vector<double>& eigenvalues() const override { return s_; }
  Index n_unpenalised() const override;
  bool rank_deficient() const override { return true; }
  bool coefficients(std::span<const double> alphas, std::span<double> coef,
                    std::span<double> intercept) override;
  void residual_squares(double alpha, double* rss) const override;
  bool leave_one_out(std::span<const double> alphas, const LeftOutVisit& visit) override;
  bool squared_errors(std::span<const Index> rows, std::span<const double> weight,
                      std::span<const double> alphas, double* sse) override;

 private:
  using Base = DualRidge<T>;
  using typename Base::Iterate;

  TargetGroup all_targets(Index times) const;
  void keep(Index n_values, const double* s, bool descending, double noise, double lost);
  double eigenvectors();
  bool singular_vectors(double lost);
  bool take_targets();
  double gain(double s, double alpha) const;
  void add_null_part(std::span<const double> alphas, double* u) const;

  std::optional<DualRoles> roles_;
  std::optional<Unpenalised> free_;
  double unit_ = 1.0;          // of the kernel's eigenvalues in alpha; 0: nothing is penalised
  std::vector<double> s_;      // over unit_, descending
  Buffer<double> u_;           // n x directions, column-major
  Buffer<double> z_;           // directions x targets
  Buffer<double> null_;        // n x targets: what of y no direction holds
  Buffer<double> null_share_;  // n: the same of the rows' unit vectors
  bool full_ = false;          // the directions hold everything
  Solver solver_ = Solver::dual_eigen;
};

}  // namespace elltwo
