#pragma once

#include <memory>
#include <span>

#include "elltwo/moments.hpp"

namespace elltwo {

/// Every penalty of a ridge problem from one decomposition: eigenvectors of the Gram matrix, or of the
/// dual kernel where there are more features than samples, or singular vectors where eigenvalues
/// would be too rough for the smallest penalty. data.alpha is ignored. The data, the options and the
/// monitor must outlive the object. Methods that return bool say false if the monitor asked to stop.
template <Real T>
class RidgePath {
 public:
  /// Throws std::invalid_argument where values are out of range or the data hold NaN or infinity.
  RidgePath(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor);

  /// The same for features in a sparse matrix; data.x is left empty. Defined for T = double. Throws
  /// std::invalid_argument where the matrix is malformed.
  template <Real S>
  RidgePath(const SparseView<S>& x, const RidgeData<T>& data, const RidgeOptions& options,
            Monitor& monitor);

  /// Of moments; data.x and data.y are left empty. Defined for T = double. There are no leverages or
  /// leave-one-out errors, which throw std::invalid_argument.
  RidgePath(const Moments& moments, const RidgeData<T>& data, const RidgeOptions& options,
            Monitor& monitor)
    requires std::same_as<T, double>;
  ~RidgePath();

  /// `smallest_alpha` tells how small a penalty must come out in full digits.
  bool decompose(double smallest_alpha);

  Solver solver() const;

  /// Positive eigenvalues of the penalised columns over the square roots of their factors, beyond what
  /// the unpenalised ones explain, descending: in units of alpha.
  std::span<const double> eigenvalues() const;

  /// Dimensions without a penalty, a free intercept among them.
  Index n_unpenalised() const;

  /// Coefficients (alphas x targets x features) and intercepts (alphas x targets).
  bool coefficients(std::span<const double> alphas, std::span<double> coef,
                    std::span<double> intercept);

  /// Effective degrees of freedom, tr S(alpha), and sums of squared residuals (alphas x targets).
  void measures(std::span<const double> alphas, std::span<double> edf, std::span<double> rss) const;

  /// Weighted sums of squared leave-one-out errors (alphas x targets), each row left out as a whole,
  /// by e_i = r_i / (1 - h_i) (Allen 1974; Golub, Heath and Wahba 1979, eq. 1.2), and, unless empty,
  /// the predictions (rows x targets x alphas).
  bool leave_one_out(std::span<const double> alphas, std::span<double> sse,
                     std::span<double> predictions);

  /// What ridge() does, one alpha or one per target, without taking moments again.
  SolveInfo fit(std::span<const double> alpha, std::span<double> coef, std::span<double> intercept);

  /// Leverages h_i = w_i dyhat_i / d(w_i y_i) (alphas x rows).
  bool leverages(std::span<const double> alphas, std::span<double> h);

  /// Whether it works through the dual: more columns than samples.
  bool dual() const;

  /// Unpenalised directions of the features, then one for each eigenvalue.
  Index n_directions() const;

  /// The directions B in units of coefficients ((features + 1) x directions, the last row being a penalised
  /// intercept's, else zero): B^T (Z^T W Z + alpha F) B is 1 where unpenalised, else s_k + alpha, so that
  /// (Z^T W Z + alpha F)^-1 = B diag(1, ..., 1 / (s_k + alpha)) B^T on the rows' own space. Z is X about
  /// its means if there is a free intercept.
  bool basis(std::span<double> out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace elltwo
