#include "solvers/logistic_alo/step_out.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace elltwo {
namespace {

constexpr double least_left = 1e-8;  // of what the other rows determine

/// Solves S x = b in place by Cholesky, with pivots of least_left at least. S is m x m, lower, row-major.
void solve_held(Index m, double* s, double* b) {
  for (Index i = 0; i < m; ++i) {
    for (Index j = 0; j <= i; ++j) {
      double sum = s[i * m + j];
      for (Index k = 0; k < j; ++k) sum -= s[i * m + k] * s[j * m + k];
      s[i * m + j] = i == j ? std::sqrt(std::max(sum, least_left)) : sum / s[j * m + j];
    }
    for (Index k = 0; k < i; ++k) b[i] -= s[i * m + k] * b[k];
    b[i] /= s[i * m + i];
  }
  for (Index i = m; i-- > 0;) {
    b[i] /= s[i * m + i];
    for (Index k = 0; k < i; ++k) b[k] -= s[i * m + k] * b[i];
  }
}

/// Work arrays for one row of more than two classes.
class ClassesOut {
 public:
  explicit ClassesOut(Index m)
      : m_(m),
        root_(size(m)),
        share_(size(m)),
        step_(size(m)),
        rhs_(size(m)),
        form_(size(m * m)),
        left_(size(m * m)) {}

  void step(const RowsOut& out, Index i, double weight) {
    take(out, i, weight);
    for (Index k = 0; k < m_; ++k) {
      step_[at(k)] = 0.0;
      for (Index l = 0; l < m_; ++l) {
        step_[at(k)] += form_[at(k * m_ + l)] * out.residual[l * out.ld + i];
      }
    }
    for (Index k = 0; k < m_; ++k) rhs_[at(k)] = root_[at(k)] * step_[at(k)];
    project(rhs_.data(), 1);
    take_left();
    solve_held(m_, left_.data(), rhs_.data());
    project(rhs_.data(), 1);
    for (Index k = 0; k < m_; ++k) {
      for (Index l = 0; l < m_; ++l) {
        step_[at(k)] += form_[at(k * m_ + l)] * root_[at(l)] * rhs_[at(l)];
      }
    }
    for (Index k = 0; k < m_; ++k) out.z[k * out.ld + i] -= step_[at(k)];
  }

 private:
  static std::size_t size(Index n) { return n; }
  static std::size_t at(Index i) { return i; }

  void take(const RowsOut& out, Index i, double weight) {
    Index pair = 0;
    for (Index k = 0; k < m_; ++k) {
      const double p = out.curvature[k * out.ld + i];
      share_[at(k)] = std::sqrt(p);
      root_[at(k)] = std::sqrt(weight * p);
      for (Index l = k; l < m_; ++l, ++pair) {
        const double value = out.form_scale * out.forms[pair * out.ld_forms + i];
        form_[at(k * m_ + l)] = form_[at(l * m_ + k)] = value;
      }
    }
  }

  // v - s (s^T v) for vectors with so long a stride.
  void project(double* v, Index stride) const {
    double along = 0.0;
    for (Index k = 0; k < m_; ++k) along += share_[at(k)] * v[k * stride];
    for (Index k = 0; k < m_; ++k) v[k * stride] -= share_[at(k)] * along;
  }

  void take_left() {
    for (Index k = 0; k < m_; ++k) {
      for (Index l = 0; l < m_; ++l) {
        left_[at(k * m_ + l)] = -root_[at(k)] * form_[at(k * m_ + l)] * root_[at(l)];
      }
    }
    for (Index k = 0; k < m_; ++k) project(left_.data() + k * m_, 1);
    for (Index k = 0; k < m_; ++k) project(left_.data() + k, m_);
    for (Index k = 0; k < m_; ++k) left_[at(k * m_ + k)] += 1.0;
  }

  Index m_;
  std::vector<double> root_, share_, step_, rhs_, form_, left_;
};

}  // namespace

void step_rows_out(const RowsOut& out) {
  if (out.n_outputs == 1) {
    for (Index i = 0; i < out.rows; ++i) {
      if (out.weight != nullptr && out.weight[i] == 0.0) continue;
      const double q = out.form_scale * out.forms[i];
      out.z[i] -= q * out.residual[i] / std::max(1.0 - q * out.curvature[i], least_left);
    }
    return;
  }
  ClassesOut classes(out.n_outputs);
  for (Index i = 0; i < out.rows; ++i) {
    const double weight = out.weight != nullptr ? out.weight[i] : 1.0;
    if (weight > 0.0) classes.step(out, i, weight);
  }
}

}  // namespace elltwo
