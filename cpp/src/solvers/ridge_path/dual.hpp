#pragma once

#include <optional>

#include "solvers/ridge_path/dual_spectrum.hpp"
#include "solvers/ridge_path/method.hpp"

namespace elltwo {

/// Every penalty through the decomposition of the dual system, for more columns than samples.
template <Real T>
class DualPath final : public PathMethod<T> {
 public:
  explicit DualPath(Problem<T>& problem) : system_(problem, Products::in_double) {}

  void decompose(double smallest_alpha) override {
    spectrum_.emplace(dual_spectrum(system_, smallest_alpha));
  }
  Solver solver() const override { return spectrum_->solver; }
  const std::vector<double>& eigenvalues() const override {
    return spectrum_->unit > 0.0 ? spectrum_->s : none_;
  }
  Index n_unpenalised() const override { return spectrum_->n_unpenalised(); }
  bool dual() const override { return true; }
  Index n_directions() const override { return spectrum_->n_directions(); }
  DualSystem<T>* dual_system() override { return &system_; }
  void coefficients(std::span<const double> alphas, std::span<double> coef,
                    std::span<double> intercept) override;
  void residual_squares(double alpha, double* rss) const override {
    spectrum_->residual_squares(alpha, rss);
  }
  void basis(double* out) const override;
  void leave_one_out(std::span<const double> alphas, const LeftOutVisit& visit) const override;
  bool leave_one_out_factored(std::span<const double> alphas, const LeftOutVisit& visit) override;
  void squared_errors(std::span<const Index> rows, std::span<const double> weight,
                      std::span<const double> alphas, double* sse) override;

 private:
  DualSystem<T> system_;
  std::optional<DualSpectrum> spectrum_;
  std::vector<double> none_;  // the eigenvalues where nothing is penalised
};

}  // namespace elltwo
