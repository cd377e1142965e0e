#pragma once

#include <vector>

#include "elltwo/logistic.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// The rows that are fitted, in scaled coordinates: x^ = s_x x and w^ = s_w w with powers of two s, so that
/// b = b^ s_x and the penalty of b^ is alpha f s_w s_x^2. X is centred by its means, implicitly, if there
/// is an intercept. A point or direction is a (p + 1) x outputs block: number (j, t) at j * outputs + t,
/// the intercepts, of centred columns, last.
template <Real T>
struct SparseLogisticDesign {
  SparseRows<T> x;               ///< of the fitted rows that have weight
  Buffer<std::int32_t> label{};  ///< n
  Buffer<double> weight{};       ///< n; none: ones
  Buffer<double> offset{};       ///< n x outputs; none: zeros
  /// The intercepts of the model without predictors, if there are intercepts. Offsets have been moved by
  /// them, so that those that have much in common leave no row saturated.
  std::vector<double> alone{};
  double weight_scale = 1.0;     ///< s_w
  double total = 0.0;            ///< sum of the weights
  std::vector<double> shift{};   ///< what has been subtracted of full columns; empty: nothing
  std::vector<double> scale{};   ///< s_x; empty: ones
  std::vector<double> mean{};    ///< zeros without an intercept
  std::vector<double> spread{};  ///< sum w (x - mean)^2 of every column

  SparseLogisticDesign(SparseRows<T> rows, const LogisticData<T>& data,
                       const LogisticOptions& options);

  Index n() const { return x.rows; }
  Index p() const { return x.cols; }
  Index outputs() const { return outputs_; }
  Index size() const { return (p() + 1) * outputs(); }
  bool centred() const { return centred_; }

  /// Penalty of feature j, scaled: 0 and inf win over whatever they are multiplied with, a factor's over
  /// alpha's.
  double penalty(Index j, double alpha) const;
  double prior(Index t, Index j) const;

  /// Takes coef and intercept in the user's units and writes a point, and the other way round. slope, if not
  /// null, is the negative gradient of the loss in coefficients that were held at their prior means,
  /// from which they follow: b = m + slope / penalty; zero in others.
  void read(std::span<const double> given, double* b) const;
  void write(const double* b, const double* slope, double alpha, std::span<double> coef,
             std::span<double> intercept) const;

 private:
  void take_rows(const LogisticData<T>& data);
  void take_offset(const LogisticData<T>& data, const std::vector<Index>& chosen);
  double offset_shift(Index t) const {
    return offset.data() != nullptr && centred() ? alone[t] : 0.0;
  }
  bool measure(int n_threads);
  double raw_penalty(Index j, double alpha) const;
  double scale_of(Index j) const { return scale.empty() ? 1.0 : scale[j]; }
  double intercept_of_shift(const double* b, Index t) const;

  const LogisticData<T>& data_;
  Index outputs_;
  bool centred_;
};

}  // namespace elltwo
