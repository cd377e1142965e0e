#pragma once

#include <span>
#include <vector>

#include "solvers/ridge_path/primal.hpp"

namespace elltwo {

/// Rows that fits are tested on.
struct HeldOutRows {
  std::span<const Index> rows;
  std::span<const double> weight;  ///< one for each of these rows
  /// Second moments of the features in these rows about their mean, or about zero without an
  /// intercept. The shift by which they were formed must lie near enough to the mean for no digits
  /// to be lost.
  const ScaledMoments& moments;
};

/// Work arrays of a thread, kept from one call to the next.
struct FormsSpace {
  Buffer<double> step, rotated, product;

  /// The array, made larger if it holds fewer than `size` numbers. Its values are unspecified.
  static double* room(Buffer<double>& buffer, Index size) {
    if (buffer.size() < size) buffer = Buffer<double>(size);
    return buffer.data();
  }
};

/// Squared errors on held-out rows, for many fits of one path, from the rows' Gram matrix H. Given
/// the residuals r of a reference fit, computed from the rows themselves, the fit whose
/// coefficients differ from it by d has the squared error
///   r^T W r - 2 d^T Z^T W r + d^T H d.
/// The sum keeps its digits as long as the reference is about as good as the best fit of its
/// target.
template <Real T>
class ErrorForms {
 public:
  ErrorForms(const PrimalPath<T>& path, const HeldOutRows& held_out,
             std::span<const double> alphas);

  /// Whether quadratic forms are expected to take less time than residuals of every fit, by a cost
  /// model that was measured, see docs/design/index.md.
  static bool worthwhile(const PrimalPath<T>& path, Index n_rows, Index n_fits);

  /// Writes the squared errors of targets [first, first + count) to sse[i * n_targets + t] for
  /// alpha i and target t. May be called from several threads, each with work arrays of its own.
  /// Throws Interrupted.
  void errors(Index first, Index count, Monitor& monitor, FormsSpace& space, double* sse) const;

 private:
  struct Reference;

  Index n_alphas() const { return static_cast<Index>(alphas_.size()); }
  void form_gram();
  Reference measure(Index first, const std::vector<Index>& at, Monitor& monitor) const;
  void errors_about(const Reference& reference, Index skip, Index first, Index count,
                    FormsSpace& space, double* sse) const;
  void add_forms(Index begin, Index end, Index n_fits, const double* d, double* product,
                 double* out) const;

  const PrimalPath<T>& path_;
  const HeldOutRows& held_out_;
  std::span<const double> alphas_;
  bool rotated_ = false;  // whether H is in the path's basis, else in the columns of the design
  Buffer<double> h_;      // H, both triangles
};

}  // namespace elltwo
