#include "solvers/logistic_alo/alo_step.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "solvers/shared/conditioning.hpp"

namespace elltwo {
namespace {

/// Solves S x = b in place by Cholesky, with pivots of at least own_direction. S is m x m,
/// row-major, of which the lower triangle counts and is overwritten.
void solve_posdef(Index m, double* s, double* b) {
  for (Index i = 0; i < m; ++i) {
    for (Index j = 0; j <= i; ++j) {
      double sum = s[i * m + j];
      for (Index k = 0; k < j; ++k) sum -= s[i * m + k] * s[j * m + k];
      s[i * m + j] = i == j ? std::sqrt(std::max(sum, own_direction)) : sum / s[j * m + j];
    }
    for (Index k = 0; k < i; ++k) b[i] -= s[i * m + k] * b[k];
    b[i] /= s[i * m + i];
  }
  for (Index i = m; i-- > 0;) {
    b[i] /= s[i * m + i];
    for (Index k = 0; k < i; ++k) b[k] -= s[i * m + k] * b[i];
  }
}

/// The step of one row of more than two classes, and its work arrays.
class MultinomialAloStep {
 public:
  explicit MultinomialAloStep(Index m)
      : m_(m), root_(m), share_(m), step_(m), rhs_(m), form_(m * m), remainder_(m * m) {}

  /// z -= M r + M C S^-1 C^T M r for row i.
  void run(const AloRows& rows, Index i, double weight) {
    set_row(rows, i, weight);
    for (Index k = 0; k < m_; ++k) {
      step_[k] = 0.0;
      for (Index l = 0; l < m_; ++l) step_[k] += form_[k * m_ + l] * rows.residual[l * rows.ld + i];
    }
    for (Index k = 0; k < m_; ++k) rhs_[k] = root_[k] * step_[k];
    project(rhs_.data(), 1);
    set_remainder();
    solve_posdef(m_, remainder_.data(), rhs_.data());
    project(rhs_.data(), 1);
    for (Index k = 0; k < m_; ++k) {
      for (Index l = 0; l < m_; ++l) step_[k] += form_[k * m_ + l] * root_[l] * rhs_[l];
    }
    for (Index k = 0; k < m_; ++k) rows.z[k * rows.ld + i] -= step_[k];
  }

 private:
  void set_row(const AloRows& rows, Index i, double weight) {
    Index pair = 0;
    for (Index k = 0; k < m_; ++k) {
      const double p = rows.curvature[k * rows.ld + i];
      share_[k] = std::sqrt(p);
      root_[k] = std::sqrt(weight * p);
      for (Index l = k; l < m_; ++l, ++pair) {
        const double value = rows.form_scale * rows.forms[pair * rows.ld_forms + i];
        form_[k * m_ + l] = form_[l * m_ + k] = value;
      }
    }
  }

  /// v -= s (s^T v) for the vector of values `stride` apart.
  void project(double* v, Index stride) const {
    double along = 0.0;
    for (Index k = 0; k < m_; ++k) along += share_[k] * v[k * stride];
    for (Index k = 0; k < m_; ++k) v[k * stride] -= share_[k] * along;
  }

  void set_remainder() {
    for (Index k = 0; k < m_; ++k) {
      for (Index l = 0; l < m_; ++l) {
        remainder_[k * m_ + l] = -root_[k] * form_[k * m_ + l] * root_[l];
      }
    }
    for (Index k = 0; k < m_; ++k) project(remainder_.data() + k * m_, 1);
    for (Index k = 0; k < m_; ++k) project(remainder_.data() + k, m_);
    for (Index k = 0; k < m_; ++k) remainder_[k * m_ + k] += 1.0;
  }

  Index m_;
  std::vector<double> root_;       ///< D^1/2
  std::vector<double> share_;      ///< s
  std::vector<double> step_;       ///< M r, then the whole step
  std::vector<double> rhs_;        ///< C^T M r, then S^-1 of it
  std::vector<double> form_;       ///< M
  std::vector<double> remainder_;  ///< S
};

}  // namespace

void alo_step(const AloRows& rows) {
  if (rows.n_outputs == 1) {
    for (Index i = 0; i < rows.rows; ++i) {
      if (rows.weight != nullptr && rows.weight[i] == 0.0) continue;
      const double q = rows.form_scale * rows.forms[i];
      rows.z[i] -= q * rows.residual[i] / std::max(1.0 - q * rows.curvature[i], own_direction);
    }
    return;
  }
  MultinomialAloStep step(rows.n_outputs);
  for (Index i = 0; i < rows.rows; ++i) {
    const double weight = rows.weight != nullptr ? rows.weight[i] : 1.0;
    if (weight > 0.0) step.run(rows, i, weight);
  }
}

}  // namespace elltwo
