#include "solvers/ridge_path/dual_spectrum.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/lapack.hpp"
#include "linalg/row_triangle.hpp"
#include "solvers/ridge_path/units.hpp"

namespace elltwo {
namespace {

constexpr double enough_for_kernel = 1e-6;  // as enough_for_gram in the primal
using blas::Op;

// The positive eigenvalues, which descend, over the unit. `lost` is the trace of what projection
// has subtracted: it has left rounding of its own size.
std::vector<double> positive(const DualSpectrum& spectrum, Index n, std::span<const double> values,
                             double noise, double lost) {
  const double unit = spectrum.unit > 0.0 ? spectrum.unit : 1.0;
  const auto wanted = std::min(static_cast<Index>(values.size()), n - spectrum.free.columns());
  std::vector<double> s;
  while (static_cast<Index>(s.size()) < wanted) {
    const double value = values[s.size()];
    if (!(value > noise * (values[0] + lost))) break;
    s.push_back(value / unit);
  }
  return s;
}

/// Computes the parts of a DualSpectrum that are more than roles and what is unpenalised.
template <Real T>
class DualDecomposition {
 public:
  DualDecomposition(DualSystem<T>& system, DualSpectrum& spectrum)
      : system_(system), problem_(system.problem()), out_(spectrum) {}

  /// Returns the trace of what projection has subtracted from the kernel, and rounded with it, and
  /// the least eigenvalue, 0 if some vanish.
  double tridiagonal_form(double& smallest);
  void singular_vectors(double lost);
  void project_targets();

 private:
  Index n() const { return problem_.n_samples(); }

  DualSystem<T>& system_;
  const Problem<T>& problem_;
  DualSpectrum& out_;
};

template <Real T>
double DualDecomposition<T>::tridiagonal_form(double& smallest) {
  out_.u = system_.projected_kernel(out_.roles, out_.free, true, out_.free_value);
  auto [form, values] =
      tridiagonalise(n(), out_.u.data(), n(), problem_.options().n_threads, problem_.monitor());
  out_.t = std::move(form);
  for (Index c = 0; c < out_.free.columns(); ++c) {
    const auto nearest = std::min_element(values.begin(), values.end(), [&](double a, double b) {
      return std::abs(a - out_.free_value) < std::abs(b - out_.free_value);
    });
    values.erase(nearest);
  }
  std::reverse(values.begin(), values.end());
  double lost = 0.0;
  for (Index i = 0; i < n(); ++i) lost += system_.kernel()(i, i);
  for (const double value : values) lost -= std::max(value, 0.0);
  lost = std::max(lost, 0.0);
  const double noise = static_cast<double>(problem_.n_features()) * epsilon;
  out_.s = positive(out_, n(), values, noise, lost);
  smallest = out_.s.size() == values.size() && !out_.s.empty() ? out_.s.back() : 0.0;
  if (out_.unit > 0.0) {
    for (double& v : out_.t.diagonal) v /= out_.unit;
    for (double& v : out_.t.beside) v /= out_.unit;
    out_.free_value /= out_.unit;
  }
  out_.complete = true;
  out_.solver = Solver::dual_eigen;
  return lost;
}

// The singular vectors of Z^T = Q R are those of R, which needs no copy of the features.
template <Real T>
void DualDecomposition<T>::singular_vectors(double lost) {
  const Index n = this->n();
  const auto penalised = system_.penalised_features(out_.roles);
  const auto m = static_cast<Index>(penalised.size());
  const auto fill = [&](Index k0, Index rows, double* out, Index ld) {
    std::vector<double> row(n);
    for (Index k = 0; k < rows && m > 0; ++k) {
      system_.projected_feature(out_.roles, out_.free, penalised[k0 + k], row.data());
      for (Index i = 0; i < n; ++i) out[i * ld + k] = row[i];
    }
  };
  auto r = row_triangle(std::max<Index>(m, 1), n, 0, fill, problem_.options().n_threads,
                        problem_.monitor());
  Buffer<double> s(n), left(n * n), vt(n * n);
  for (Index c = 0; c < n; ++c) std::fill(r.data() + c * n + c + 1, r.data() + (c + 1) * n, 0.0);
  lapack::gesdd(n, n, r.data(), n, s.data(), left.data(), n, vt.data(), n, problem_.monitor());
  const double noise = static_cast<double>(std::max(m, n)) * epsilon;
  for (Index k = 0; k < n; ++k) s[k] *= s[k];
  const std::span<const double> values(s.data(), std::min(m, n));
  out_.s = positive(out_, n, values, noise * noise, lost);
  const auto kept = static_cast<Index>(out_.s.size());
  out_.u = Buffer<double>(std::max<Index>(1, n * kept));
  for (Index k = 0; k < kept; ++k) {
    double* u = out_.u.data() + k * n;
    for (Index i = 0; i < n; ++i) u[i] = vt[i * n + k];
    // A direction of rounding, which projection has left of columns that free ones explain.
    out_.free.project(u);
    if (norm2(u, n) > 0.5) continue;
    out_.s.resize(k);
    break;
  }
  out_.t = {.diagonal = out_.s, .beside = {}};
  out_.free_value = 0.0;
  out_.complete = static_cast<Index>(out_.s.size()) == n - out_.free.columns();
  out_.solver = Solver::svd;
}

template <Real T>
void DualDecomposition<T>::project_targets() {
  const Index n = this->n(), n_targets = problem_.n_targets();
  const auto kept = out_.t.size();
  const auto group = all_targets(n_targets, 1);
  auto it = system_.start(group, out_.roles);
  if (problem_.has_prior()) {
    Buffer<double> b(n_targets * problem_.n_features());
    system_.evaluate(group, out_.roles, out_.free, it, b.data());
  }
  for (Index t = 0; t < n_targets; ++t) out_.free.project(it.residual.data() + t * n);
  auto& outside = out_.outside = std::move(it.residual);
  out_.z = Buffer<double>::zeros(std::max<Index>(1, kept * n_targets));
  out_.outside_share = Buffer<double>::zeros(n);
  Buffer<double> part(std::max<Index>(1, kept * n_targets));
  for (int pass = 0; pass < 2 && kept > 0; ++pass) {  // once leaves eps |y| of every direction
    blas::gemm(Op::transpose, Op::none, kept, n_targets, n, 1.0, out_.u.data(), n, outside.data(),
               n, 0.0, part.data(), kept, problem_.monitor());
    blas::gemm(Op::none, Op::none, n, n_targets, kept, -1.0, out_.u.data(), n, part.data(), kept,
               1.0, outside.data(), n, problem_.monitor());
    for (Index i = 0; i < out_.z.size(); ++i) out_.z[i] += part[i];
  }
  if (out_.complete) outside.fill_zero();
  for (Index i = 0; i < n && !out_.complete; ++i) {
    double share = 1.0 - out_.free.leverage(i);
    for (Index k = 0; k < kept; ++k) share -= out_.u[k * n + i] * out_.u[k * n + i];
    out_.outside_share[i] = std::max(share, 0.0);
  }
}

}  // namespace

TargetGroup all_targets(Index n_targets, Index times) {
  TargetGroup group{.alpha = 1.0, .targets = {}};
  for (Index k = 0; k < times; ++k) {
    for (Index t = 0; t < n_targets; ++t) group.targets.push_back(t);
  }
  return group;
}

namespace {

// Throws OutOfRange where products of entries of the kernel, also in units of alpha, or of squares
// of the targets might be. Beside a column of ones, the features must stand out from its rounding.
template <Real T>
void require_ordinary_units(const DualSystem<T>& system, const DualRoles& roles) {
  const auto& problem = system.problem();
  double largest = 0.0, of_ones = 0.0;
  for (Index i = 0; i < problem.n_samples(); ++i) {
    largest = std::max(largest, system.kernel()(i, i));
    of_ones = std::max(of_ones, std::pow(system.features().root_weight(i), 2));
  }
  const double unit = roles.lambda > 0.0 ? roles.lambda : 1.0;
  if (largest > 0.0 && !(well_within_range(largest) && well_within_range(largest / unit))) {
    throw OutOfRange();
  }
  for (Index t = 0; t < problem.n_targets(); ++t) {
    const double mean = roles.centred ? system.means().y[t] : 0.0;
    double square = 0.0;
    for (Index i = 0; i < problem.n_samples(); ++i) {
      square += std::pow(problem.weighted_target(i, t, mean), 2);
    }
    if (square != 0.0 && !well_within_range(square)) throw OutOfRange();
  }
  if (!roles.penalised_intercept || largest == 0.0) return;
  of_ones *= problem.intercept_inverse_factor();
  require_beside_ones(std::sqrt(largest), std::sqrt(of_ones),
                      static_cast<double>(problem.n_features()) * epsilon);
}

}  // namespace

template <Real T>
DualSpectrum dual_spectrum(DualSystem<T>& system, double smallest_alpha) {
  const auto& problem = system.problem();
  system.form_kernel(dual_roles(problem, 1.0));
  if (!problem.scales().x.empty()) throw OutOfRange();
  auto roles = dual_roles(problem, 1.0);
  require_ordinary_units(system, roles);
  auto free = system.unpenalised_part(roles);
  const double unit = roles.lambda;
  DualSpectrum out{.roles = std::move(roles), .free = std::move(free), .unit = unit};
  DualDecomposition<T> decomposition(system, out);
  double smallest = 0.0;
  const double lost = decomposition.tridiagonal_form(smallest);
  const double largest = (out.s.empty() ? 0.0 : out.s.front()) + (unit > 0.0 ? lost / unit : lost);
  const double least = smallest + (unit > 0.0 ? smallest_alpha : 0.0);
  // What free features explain has been subtracted from the kernel, and with it digits.
  const bool rough = !out.roles.free.empty() || least < enough_for_kernel * largest;
  if (rough) decomposition.singular_vectors(lost);
  decomposition.project_targets();
  return out;
}

Index DualSpectrum::n_unpenalised() const {
  const auto unpenalised = unit > 0.0 ? Index{0} : static_cast<Index>(s.size());
  return (roles.centred ? 1 : 0) + free.rank_of_features() + unpenalised;
}

void DualSpectrum::solution(double alpha, double* w) const {
  t.solve(shift_of(alpha), n_targets(), z.data(), t.size(), w, t.size());
}

// The residuals are alpha times the dual variables, and the part of y outside the span.
void DualSpectrum::residual_squares(double alpha, double* rss) const {
  const Index n = n_samples(), kept = t.size();
  const bool whole = std::isinf(alpha);
  Buffer<double> w(std::max<Index>(1, kept * n_targets()));
  if (!whole) solution(alpha, w.data());
  for (Index target = 0; target < n_targets(); ++target) {
    double sum = std::pow(norm2(outside.data() + target * n, n), 2);
    for (Index k = 0; k < kept && unit > 0.0; ++k) {
      sum += std::pow(whole ? z[target * kept + k] : alpha * w[target * kept + k], 2);
    }
    rss[target] = sum;
  }
}

template DualSpectrum dual_spectrum<double>(DualSystem<double>&, double);
template DualSpectrum dual_spectrum<float>(DualSystem<float>&, double);

}  // namespace elltwo
