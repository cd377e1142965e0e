#include "solvers/ridge_path/primal.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "parallel/interruption.hpp"
#include "solvers/ridge/root_rows.hpp"
#include "solvers/ridge/validate.hpp"
#include "solvers/ridge_path/primal_errors.hpp"
#include "solvers/ridge_path/primal_left_out.hpp"
#include "solvers/ridge_path/units.hpp"
#include "solvers/ridge_sparse/moments.hpp"

namespace elltwo {
namespace {

// Eigenvalues of a Gram matrix carry an error of eps times the largest; below this part of it a
// penalised eigenvalue would have fewer than about 10 digits.
constexpr double enough_for_gram = 1e-6;

// Squares of the data within range; or columns without variation.
template <Real T>
bool in_range(const ScaledMoments& m, const Problem<T>& problem) {
  for (Index j = 0; j < m.n_features && problem.sparse() == nullptr; ++j) {
    if (m.gram(j, j) == 0.0 && problem.vanishes(j)) continue;
    if (out_of_range<double>(m.gram(j, j))) return false;
  }
  for (Index t = 0; t < m.n_targets; ++t) {
    const auto& data = problem.data();
    if (m.yy(t) == 0.0 && vanishes(data.y.column(t), data.sample_weight, problem.centred())) {
      continue;
    }
    if (out_of_range<double>(m.yy(t))) return false;
  }
  return true;
}

}  // namespace

// Moments of the data. Throws OutOfRange where squares are.
template <Real T>
ScaledMoments PrimalPath<T>::form_moments() const {
  ScaledMoments moments;
  if (problem_.sparse() != nullptr) {
    moments = sparse_moments(problem_);
  } else {
    const MomentsInput<T> input{.x = problem_.data().x,
                                .y = problem_.data().y,
                                .sqrt_weight = problem_.sqrt_weight(),
                                .scales = problem_.scales(),
                                .centred = problem_.centred()};
    moments = compute_moments<T, double>(input, problem_.options().n_threads, problem_.monitor());
  }
  if (in_range(moments, problem_)) return moments;
  throw_if_not_finite(problem_.data(), problem_.monitor());
  throw OutOfRange();
}

// Throws OutOfRange where products of squares might be. Beside a column of ones, the features must
// stand out from its rounding.
template <Real T>
void PrimalPath<T>::require_ordinary_units() const {
  const double largest = design_->largest_square();
  if (largest != 0.0 && !well_within_range(largest)) throw OutOfRange();
  for (Index t = 0; t < problem_.n_targets(); ++t) {
    if (moments_.yy(t) != 0.0 && !well_within_range(moments_.yy(t))) throw OutOfRange();
  }
  if (!problem_.centred() || design_->x_shift() != nullptr || largest == 0.0) return;
  require_beside_ones(std::sqrt(largest),
                      std::sqrt(moments_.weight / problem_.intercept_penalty(1.0)), noise());
}

// The largest eigenvalue of what centring has subtracted from a sparse Gram matrix, and rounded.
template <Real T>
double PrimalPath<T>::lost_to_centring() const {
  if (problem_.sparse() == nullptr) return 0.0;
  double sum = 0.0;
  for (Index a = 0; a < design_->size(); ++a) sum += std::pow(design_->of_zeros(a), 2);
  return moments_.weight * sum;
}

template <Real T>
void PrimalPath<T>::decompose(double smallest_alpha) {
  if (!known_) moments_ = form_moments();
  design_.emplace(problem_, moments_);
  require_ordinary_units();
  if (design_->n_free() > 0) return by_triangle();
  const Index m = design_->size();
  const Index n_targets = problem_.n_targets();
  Buffer<double> g(std::max<Index>(1, m * m)), gy(std::max<Index>(1, m * n_targets));
  design_->gram(g.data(), gy.data());
  std::vector<double> yy;
  for (Index t = 0; t < n_targets; ++t) yy.push_back(design_->target_square(t));
  spectrum_ = spectrum_of_gram(m, std::move(g), gy.data(), yy, smallest_alpha, noise(),
                               problem_.options().n_threads, problem_.monitor());
  solver_ = Solver::eigen;
  const double scale = spectrum_.largest + lost_to_centring();
  const bool rough = spectrum_.smallest + smallest_alpha < enough_for_gram * scale;
  if (rough) by_triangle();
}

template <Real T>
double PrimalPath<T>::noise() const {
  return problem_.has_rows() ? static_cast<double>(problem_.n_samples()) * epsilon : moments_.noise;
}

// Rows with the products of the moments, and one of the means where the design is not about them.
template <Real T>
void PrimalPath<T>::by_root_rows() {
  const Index p = problem_.n_features();
  const auto roots = root_rows(moments_, moments_.noise, problem_.monitor());
  const bool level = problem_.centred() && design_->x_shift() == nullptr;
  const double root_weight = std::sqrt(moments_.weight);
  std::vector<double> means;
  for (const double v : moments_.x_mean) means.push_back(root_weight * v);
  for (const double v : moments_.y_mean) means.push_back(root_weight * v);
  const auto fill = [&](Index k0, Index n_rows, double* out, Index ld) {
    const Index cols = design_->size() + problem_.n_targets();
    std::vector<double> row(cols);
    for (Index k = 0; k < n_rows; ++k) {
      const bool last = k0 + k == roots.rows;
      const double* x = last ? means.data() : roots.row(k0 + k);
      design_->fill_given(x, x + p, last ? root_weight : 0.0, row.data());
      for (Index c = 0; c < cols; ++c) out[c * ld + k] = row[c];
    }
  };
  by_triangle(roots.rows + (level ? 1 : 0), fill);
}

template <Real T>
void PrimalPath<T>::by_triangle() {
  if (!problem_.has_rows()) return by_root_rows();
  const Index cols = design_->size() + problem_.n_targets();
  const auto fill = [&](Index k0, Index n_rows, double* out, Index ld) {
    std::vector<double> row(cols);
    for (Index k = 0; k < n_rows; ++k) {
      design_->fill_row(k0 + k, row.data());
      const double root = design_->root_weight(k0 + k);
      for (Index c = 0; c < cols; ++c) out[c * ld + k] = root * row[c];
    }
  };
  by_triangle(problem_.n_samples(), fill);
}

template <Real T>
void PrimalPath<T>::by_triangle(Index n_rows, const FillRows& fill) {
  const Index m = design_->size(), n_targets = problem_.n_targets();
  const int n_threads = problem_.options().n_threads;
  std::vector<double> rest(n_targets);
  const auto top = row_triangle(n_rows, m, n_targets, fill, n_threads, problem_.monitor(), rest);
  std::vector<double> free_unit;
  for (Index a = 0; a < design_->n_free(); ++a)
    free_unit.push_back(problem_.x_scale(design_->coefficient(a)));
  const double noise = static_cast<double>(std::max(n_rows, m)) * epsilon;
  spectrum_ = spectrum_of_triangle(m, free_unit, top.data(), std::move(rest), noise, n_threads,
                                   problem_.monitor());
  solver_ = Solver::svd;
}

template <Real T>
Index PrimalPath<T>::n_unpenalised() const {
  const bool free_intercept = problem_.centred() && !problem_.options().penalize_intercept;
  return spectrum_.rank_free + (free_intercept ? 1 : 0);
}

template <Real T>
void PrimalPath<T>::coefficients(std::span<const double> alphas, std::span<double> coef,
                                 std::span<double> intercept) {
  const Index m = design_->size(), p = problem_.n_features(), n_targets = problem_.n_targets();
  const Index all = spectrum_.directions();
  const Means means = means_of(moments_);
  Buffer<double> gained(std::max<Index>(1, all * n_targets));
  Buffer<double> z = Buffer<double>::zeros(std::max<Index>(1, m * n_targets));
  TargetGroup group;
  for (Index t = 0; t < n_targets; ++t) group.targets.push_back(t);
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    group.alpha = alphas[a];
    spectrum_.solution(alphas[a], 0, n_targets, gained.data());
    if (all > 0) {
      blas::gemm(blas::Op::none, blas::Op::none, m, n_targets, all, 1.0, spectrum_.basis.data(), m,
                 gained.data(), all, 0.0, z.data(), m, problem_.monitor());
    }
    GroupFit fit{.coef = Buffer<double>(n_targets * p), .centre = {}, .info = {}};
    for (Index t = 0; t < n_targets; ++t) {
      design_->coefficients(t, z.data() + t * m, fit.coef.data() + t * p);
    }
    const auto row = n_targets * static_cast<Index>(a);
    problem_.write_result(group, fit, means, coef.subspan(row * p, n_targets * p),
                          intercept.subspan(row, n_targets));
    check(problem_.monitor());
  }
}

template <Real T>
void PrimalPath<T>::basis(double* out) const {
  const Index m = design_->size(), all = n_directions();
  const Buffer<double> directions = spectrum_.eigenvectors(problem_.monitor());
  const double root = std::sqrt(problem_.weight_scale());
  for (Index a = 0; a < m; ++a) {
    double* row = out + design_->coefficient(a) * all;
    const Index j = design_->coefficient(a);
    const double unit = j < problem_.n_features() ? problem_.x_scale(j) : 1.0;
    const double scale = root * (design_->scale(a) * unit);
    for (Index k = 0; k < all; ++k) row[k] = scale * directions[k * m + a];
  }
}

template <Real T>
void PrimalPath<T>::leave_one_out(std::span<const double> alphas, const LeftOutVisit& visit) const {
  primal_leave_one_out(*design_, spectrum_, alphas, visit);
}

template <Real T>
void PrimalPath<T>::squared_errors(std::span<const Index> rows, std::span<const double> weight,
                                   std::span<const double> alphas, double* sse) {
  primal_squared_errors(*design_, spectrum_, rows, weight, alphas, sse);
}

template class PrimalPath<double>;
template class PrimalPath<float>;

}  // namespace elltwo
