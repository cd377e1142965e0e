#pragma once

#include <span>
#include <vector>

#include "solvers/ridge_path/primal.hpp"

namespace elltwo {

/// Rows that a fit is tested on. Their second moments, of the features alone and about their own mean
/// (or zero without an intercept), must be sound: no digits lost to a far mean.
struct TestSet {
  std::span<const Index> rows;
  std::span<const double> weight;
  const ScaledMoments& moments;
};

/// Arrays that one call leaves to the next.
struct FormsSpace {
  Buffer<double> step, turned, product;

  /// At least `size` numbers.
  static double* room(Buffer<double>& buffer, Index size) {
    if (buffer.size() < size) buffer = Buffer<double>(size);
    return buffer.data();
  }
};

/// Squared test errors of many fits of one path from the test rows' Gram matrix H: about a fit with
/// residuals r, taken from the rows themselves, a step d of the coefficients changes them to
///   r^T W r - 2 d^T Z^T W r + d^T H d,
/// which loses no digits as long as the fit is about as good as any other of its target.
template <Real T>
class TestForms {
 public:
  TestForms(const PrimalPath<T>& path, const TestSet& test, std::span<const double> alphas);

  /// Whether forms take less time than rows: measured, see docs/design/index.md.
  static bool worthwhile(const PrimalPath<T>& path, Index n_rows, Index n_fits);

  /// Of targets [first, first + count): sse[i * n_targets + t] for alpha i and target t of all
  /// targets. May be called from several threads, each with work space of its own. False if the
  /// monitor asked to stop.
  bool errors(Index first, Index count, Monitor& monitor, FormsSpace& space, double* sse) const;

 private:
  struct Reference;

  Index n_alphas() const { return static_cast<Index>(alphas_.size()); }
  void take_gram();
  bool measure(Index first, Index count, const std::vector<Index>& at, Monitor& monitor,
               Reference& out) const;
  void about(const Reference& reference, Index skip, Index first, Index count, FormsSpace& space,
             double* sse) const;
  void add_forms(Index begin, Index end, Index n_fits, const double* d, double* product,
                 double* out) const;

  const PrimalPath<T>& path_;
  const TestSet& test_;
  std::span<const double> alphas_;
  bool rotated_ = false;  // H is in the basis, not in the columns of the design
  Buffer<double> h_;
};

}  // namespace elltwo
