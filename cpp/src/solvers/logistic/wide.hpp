#pragma once

#include <vector>

#include "elltwo/logistic.hpp"
#include "gram/gram.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// A feature's penalty factor.
template <Real T>
double wide_factor(const LogisticData<T>& data, Index j) {
  return data.penalty_factors.empty() ? 1.0 : data.penalty_factors[j];
}

/// Logistic regression for more features than samples. The penalty keeps b - m = F^-1 (X - 1 c^T)^T u in the
/// span of the rows, where with K = (X - 1 c^T) F^-1 (X - 1 c^T)^T = L L^T the problem is one of the
/// n x n features L with penalty alpha: what descent finds there is exact here, and its
/// residuals r are the answer, u = r / alpha (Saunders, Gammerman and Vovk 1998; Hastie and Tibshirani 2004).
template <Real T>
class WideLogistic {
 public:
  WideLogistic(const LogisticData<T>& data, const LogisticOptions& options, Monitor& monitor);

  /// Whether the samples are so few, beside features that are penalised, that this is the shorter way.
  static bool suits(const LogisticData<T>& data);

  /// The kernel, and the reduced features. False if the monitor asked to stop.
  bool prepare();

  /// The same with products in double only.
  bool prepare_in_double();

  /// The reduced problem at no offset, which stands in for the data at reduced_alpha(alpha).
  LogisticData<double> reduced_data() const;
  double reduced_alpha(double alpha) const { return alpha * weight_scale_ * scale_ * scale_; }
  const std::vector<Index>& rows() const { return rows_; }

  std::vector<LogisticInfo> fit(std::span<const double> alphas, std::span<double> coef,
                                std::span<double> intercept);

 private:
  /// A fit of the reduced problem. Vectors but the first are rows x outputs.
  struct WideFit {
    std::vector<double> reduced;  ///< outputs x n_reduced coefficients, then the intercepts
    std::vector<double> predictor;
    std::vector<double> within;  ///< what L alone adds to it
    LogisticInfo info;
  };

  void take_roles();
  void take_scale(bool of_all);
  bool take_prior_part();
  Source<T> features() const;
  template <Real Products>
  bool form_kernel();
  bool in_range(double low, double high) const;
  bool kernel();
  bool factor();
  bool reduce(double alpha, const std::vector<double>& correction, WideFit& fit) const;
  std::vector<double> residuals(const std::vector<double>& z, double& loss) const;
  bool expand(const std::vector<double>& r, double alpha, double* coef,
              std::vector<double>& fitted) const;
  double discrepancy(const std::vector<double>& r, const std::vector<double>& rho) const;
  bool fit_one(double alpha, double* coef, WideFit& fit) const;
  bool fit_unpenalised(double* coef, double* intercept, WideFit& fit) const;
  void write(const WideFit& fit, double* coef, double* intercept) const;
  void restore_intercepts(double* intercept) const;
  double penalty(const double* coef, double alpha) const;
  Index n_rows() const { return static_cast<Index>(rows_.size()); }
  Index n_reduced() const { return n_rows() + static_cast<Index>(free_.size()); }
  double weight(Index k) const;

  const LogisticData<T>& data_;
  const LogisticOptions& options_;
  Monitor& monitor_;
  std::vector<Index> rows_;          ///< those of positive weight that are fitted
  std::vector<std::int32_t> label_;  ///< of those
  std::vector<double> weight_;       ///< of those, scaled, or none
  double weight_scale_ = 1.0;
  std::vector<Index> free_;      ///< features without a penalty
  std::vector<double> factors_;  ///< penalty factors of the reduced features
  std::vector<double> shift_;
  std::vector<double> row_scale_;  ///< of features: scale / sqrt(f), 0 for free and pinned ones
  double scale_ = 1.0;
  GramMatrix kernel_;
  bool in_float_ = false;
  bool only_double_ = false;
  Buffer<double> reduced_x_;          ///< rows x n_reduced, row-major
  std::vector<double> offset_shift_;  ///< what the caller's offsets have been moved by, or none
  std::vector<double> own_offset_;    ///< rows x outputs: the caller's, moved
  std::vector<double> offset_;        ///< the same, and what prior means add
};

}  // namespace elltwo
