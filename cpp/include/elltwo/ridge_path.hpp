#pragma once

#include <memory>
#include <span>

#include "elltwo/moments.hpp"

namespace elltwo {

/// Fits of a ridge problem at any penalty from one decomposition: eigenvectors of the Gram matrix,
/// or of the dual kernel where there are more features than samples, or singular vectors where
/// eigenvalues would not be accurate enough for the smallest penalty. data.alpha is ignored. The
/// data, the options and the monitor must outlive the object. A method that returns bool returns
/// false if the monitor asked to stop.
template <Real T>
class RidgePath {
 public:
  /// Throws std::invalid_argument where values are out of range or the data contain NaN or
  /// infinity.
  RidgePath(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor);

  /// The same for features in a sparse matrix; data.x is left empty. Defined for T = double. Throws
  /// std::invalid_argument where the matrix is malformed.
  template <Real S>
  RidgePath(const SparseView<S>& x, const RidgeData<T>& data, const RidgeOptions& options,
            Monitor& monitor);

  /// The same for moments; data.x and data.y are left empty. Defined for T = double. leverages()
  /// and leave_one_out() throw std::invalid_argument, since there are no rows.
  RidgePath(const Moments& moments, const RidgeData<T>& data, const RidgeOptions& options,
            Monitor& monitor)
    requires std::same_as<T, double>;
  ~RidgePath();

  /// Decomposes the problem for penalties down to `smallest_alpha`, or to 0. To be called before
  /// all but leave_one_out(), after which fit() may be called too.
  bool decompose(double smallest_alpha);

  Solver solver() const;

  /// Positive eigenvalues, descending and in units of alpha, of Z^T W Z for the penalised columns
  /// over the square roots of their factors, after the unpenalised columns have been projected out.
  std::span<const double> eigenvalues() const;

  /// Number of unpenalised dimensions, a free intercept included.
  Index n_unpenalised() const;

  /// Writes coefficients (alphas x targets x features) and intercepts (alphas x targets).
  bool coefficients(std::span<const double> alphas, std::span<double> coef,
                    std::span<double> intercept);

  /// Writes effective degrees of freedom, tr S(alpha), for each alpha, and sums of squared
  /// residuals (alphas x targets).
  void measures(std::span<const double> alphas, std::span<double> edf, std::span<double> rss) const;

  /// Writes weighted sums of squared leave-one-out errors (alphas x targets), e_i = r_i / (1 - h_i)
  /// (Allen 1974; Golub, Heath and Wahba 1979, eq. 1.2), and to `predictions`, unless it is empty,
  /// the leave-one-out predictions (rows x targets x alphas). Decomposes the problem unless that
  /// has been done or, for a few alphas of a large kernel, factors of it take less time.
  bool leave_one_out(std::span<const double> alphas, std::span<double> sse,
                     std::span<double> predictions);

  /// ridge() with one alpha or one for each target, without forming the Gram matrix again.
  SolveInfo fit(std::span<const double> alpha, std::span<double> coef, std::span<double> intercept);

  /// Writes leverages h_i = w_i dyhat_i / d(w_i y_i) (alphas x rows).
  bool leverages(std::span<const double> alphas, std::span<double> h);

  /// Whether the dual kernel is decomposed: there are more features than samples.
  bool dual() const;

  /// Number of directions: unpenalised ones of the features, then one for each eigenvalue.
  Index n_directions() const;

  /// Writes the directions B in units of coefficients ((features + 1) x directions; the last row is
  /// that of a penalised intercept, else zero). B^T (Z^T W Z + alpha F) B is diagonal with entries
  /// 1 for unpenalised directions and s_k + alpha for the others, so that on the row space of Z
  ///   (Z^T W Z + alpha F)^-1 = B diag(1, ..., 1 / (s_k + alpha)) B^T.
  /// Z is X about its means if there is a free intercept.
  bool basis(std::span<double> out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace elltwo
