#include <algorithm>
#include <cmath>
#include <limits>

#include "elltwo/ridge.hpp"
#include "gram/kernels.hpp"
#include "solvers/outcome.hpp"
#include "solvers/small_system.hpp"

namespace elltwo {
namespace {

constexpr Index max_p = ridge_small_max_features;
constexpr Index max_cols = 40;  // features, target, ones, padded
constexpr Index block_rows = 64;

/// Everything a small fit needs, on the stack.
struct Workspace {
  alignas(64) double block[(block_rows + 1) * max_cols];
  alignas(64) double gram[max_cols * max_cols];
  alignas(64) double shift[max_cols];
  double factor[max_p * max_p];
  double scale[max_p];
  double z[max_p];
  alignas(64) double coef[max_cols];     // of [x | y | 1], for residuals
  alignas(64) double adjoint[max_cols];  // [x | y | 1]^T residuals
};

// Above this a correction would not change the digits that matter.
constexpr double rcond_comfortable = 0.05;

// Upper Gram of [x - shift | y - shift | 1], row-major with leading dimension ld.
Index accumulate(const Source<double>& source, Workspace& ws) {
  const auto& k = kernels();
  const Index cols = source.cols();
  const Index panels = (cols + k.width_f64 - 1) / k.width_f64;
  const Index ld = panels * k.width_f64;
  std::fill_n(ws.gram, ld * ld, 0.0);
  Ahead nothing;
  for (Index k0 = 0; k0 < source.rows(); k0 += block_rows) {
    const Index kc = std::min(block_rows, source.rows() - k0);
    const Index stride = kc * k.width_f64;
    k.pack_f64(source, k0, kc, 0, panels, ws.block, stride);
    for (Index i = 0; i < panels; ++i) {
      const double* a = ws.block + i * stride;
      k.tiles_f64(kc, a, std::min(k.width_f64, cols - i * k.width_f64), a, panels - i, stride,
                  ws.gram + i * k.width_f64 * (ld + 1), ld, nothing);
    }
  }
  return ld;
}

bool provisional_shift(MatrixView<double> x, MatrixView<double> y, double* shift) {
  const Index rows = std::min<Index>(x.rows, 8);
  for (Index j = 0; j <= x.cols; ++j) {
    const auto column = j < x.cols ? x.column(j) : y;
    double sum = 0.0;
    for (Index i = 0; i < rows; ++i) sum += column(i, 0) - column(0, 0);
    shift[j] = column(0, 0) + sum / static_cast<double>(rows);
    if (!std::isfinite(shift[j])) return false;
  }
  return true;
}

// One correction of b with residuals about the means, which ws.shift now holds; returns the mean
// residual, which belongs to the intercept.
double correct(const Source<double>& source, double alpha, Workspace& ws, double* b) {
  const auto& k = kernels();
  const Index p = source.x.cols;
  const Index panels = (source.cols() + k.width_f64 - 1) / k.width_f64;
  std::fill_n(ws.coef, max_cols, 0.0);
  std::fill_n(ws.adjoint, max_cols, 0.0);
  for (Index j = 0; j < p; ++j) ws.coef[j] = -b[j];
  ws.coef[p] = 1.0;
  double residual[block_rows];
  for (Index k0 = 0; k0 < source.rows(); k0 += block_rows) {
    const Index kc = std::min(block_rows, source.rows() - k0);
    const Index stride = kc * k.width_f64;
    k.pack_f64(source, k0, kc, 0, panels, ws.block, stride);
    Ahead nothing;
    k.forward(kc, ws.block, panels, stride, ws.coef, max_cols, 1, residual, block_rows, nothing);
    k.adjoint(kc, ws.block, panels, stride, residual, block_rows, 1, ws.adjoint, max_cols, nothing);
  }
  for (Index j = 0; j < p; ++j) ws.z[j] = (ws.adjoint[j] - alpha * b[j]) * ws.scale[j];
  small::substitute(p, ws.factor, ws.z);
  for (Index j = 0; j < p; ++j) b[j] += ws.z[j] * ws.scale[j];
  return source.ones ? ws.adjoint[p + 1] / static_cast<double>(source.rows()) : 0.0;
}

// Largest |g_j| / (d_j (|y| + |d b|)) for g = X^T y - (G + alpha) b, with d b = z / unit scale.
double optimality(const double* gram, Index ld, Index p, double alpha, const double* b,
                  const Workspace& ws) {
  double fitted = 0.0;
  for (Index j = 0; j < p; ++j) fitted += (b[j] / ws.scale[j]) * (b[j] / ws.scale[j]);
  const double size = std::sqrt(gram[p * ld + p]) + std::sqrt(fitted);
  double worst = 0.0;
  for (Index j = 0; j < p; ++j) {
    double g = gram[j * ld + p] - alpha * b[j];
    for (Index k = 0; k < p; ++k) g -= (k < j ? gram[k * ld + j] : gram[j * ld + k]) * b[k];
    worst = std::max(worst, std::abs(g) * ws.scale[j]);
  }
  return size > 0.0 ? worst / size : 0.0;
}

// Turns the Gram about the shift into the one about the mean; leaves the means in ws.shift.
bool centre(Index cols, Index ld, Workspace& ws) {
  const double n = ws.gram[cols * ld + cols];
  for (Index i = 0; i < cols; ++i) {
    const double offset = ws.gram[i * ld + cols] / n;
    const double lost = offset * ws.gram[i * ld + cols];
    for (Index j = i; j < cols; ++j) ws.gram[i * ld + j] -= offset * ws.gram[j * ld + cols];
    if (lost > 1e4 * ws.gram[i * ld + i] && lost > 0.0) return false;
    ws.shift[i] += offset;
  }
  return true;
}

}  // namespace

bool ridge_small(MatrixView<double> x, MatrixView<double> y, double alpha, bool fit_intercept,
                 double* coef, double* intercept, SolveInfo& info) {
  const Index p = x.cols;
  if (p > max_p || p > x.rows || !(alpha >= 0.0) || alpha > 1e100) return false;
  Workspace ws;
  if (fit_intercept && !provisional_shift(x, y, ws.shift)) return false;
  const Source<double> source{.x = x,
                              .col_shift = fit_intercept ? ws.shift : nullptr,
                              .y = y,
                              .y_shift = fit_intercept ? ws.shift + p : nullptr,
                              .ones = fit_intercept};
  const Index ld = accumulate(source, ws);
  if (fit_intercept && !centre(p + 1, ld, ws)) return false;
  for (Index j = 0; j <= p; ++j) {
    const double square = ws.gram[j * ld + j];
    if (!(square >= 1e-200 && square <= 1e200)) return false;
  }
  const auto penalty = [alpha](Index) { return alpha; };
  if (!small::factor(ws.gram, ld, p, penalty, ws.scale, ws.factor)) return false;
  info.rcond = small::rcond_bound<max_p>(p, ws.factor);
  if (info.rcond < rcond_exact) return false;
  for (Index j = 0; j < p; ++j) ws.z[j] = ws.gram[j * ld + p] * ws.scale[j];
  small::substitute(p, ws.factor, ws.z);
  for (Index j = 0; j < p; ++j) coef[j] = ws.z[j] * ws.scale[j];
  double mean_residual = 0.0;
  if (info.rcond < rcond_comfortable) {
    mean_residual = correct(source, alpha, ws, coef);
    info.n_iter = 1;
  }
  info.solver = Solver::cholesky;
  info.reason = "small and well-conditioned: p x p normal equations";
  info.rank = p;
  info.optimality = optimality(ws.gram, ld, p, alpha, coef, ws);
  double centre_value = fit_intercept ? ws.shift[p] + mean_residual : 0.0;
  for (Index j = 0; fit_intercept && j < p; ++j) centre_value -= ws.shift[j] * coef[j];
  *intercept = centre_value;
  return true;
}

}  // namespace elltwo
