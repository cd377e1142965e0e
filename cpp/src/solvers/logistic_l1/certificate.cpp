#include "solvers/logistic_l1/certificate.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/compensated.hpp"
#include "model/duality_gap.hpp"
#include "solvers/logistic/gap_bound.hpp"
#include "solvers/logistic_l1/newton.hpp"

namespace elltwo {
namespace {

/// p ((1 + x) log(1 + x) - x) for a probability p that becomes p (1 + x): its term of the
/// Kullback-Leibler divergence, without what cancels over the classes.
double divergence_of(double p, double change) {
  if (change == 0.0) return 0.0;
  const double x = change / p;
  if (!(x >= -1.0) || std::isinf(x)) return infinity;
  if (x == -1.0) return p;
  if (std::abs(x) < 1e-3) return p * x * x * (0.5 - x / 6.0 + x * x / 12.0);
  return p * std::max(0.0, (1.0 + x) * std::log1p(x) - x);
}

}  // namespace

LogisticL1Certifier::LogisticL1Certifier(const LogisticL1Design& design,
                                         const LogisticL1Penalty& penalty,
                                         std::vector<Index> free_columns, Monitor& monitor)
    : design_(design),
      penalty_(penalty),
      monitor_(monitor),
      free_columns_(std::move(free_columns)),
      n_free_(static_cast<Index>(free_columns_.size()) + (design.has_intercept ? 1 : 0)) {
  const Index size = design.outputs * design.p;
  b_.assign(size, 0.0);
  q_.resize(size);
  l1_.resize(size);
  l2_.resize(size);
  if (free_columns_.empty()) return;
  const auto u = static_cast<Index>(free_columns_.size());
  free_.resize(design.n * n_free_, 1.0);
  std::vector<double> z(design.n);
  for (Index a = 0; a < u; ++a) {
    design.columns->column(free_columns_[a], z.data());
    for (Index i = 0; i < design.n; ++i) free_[i * n_free_ + a] = z[i];
  }
}

// Whether a bound holds a coefficient of a column, whose slope need not vanish then.
bool LogisticL1Certifier::is_at_bound(const LogisticL1Point& point, Index j) const {
  if (penalty_.lower.empty()) return false;
  for (Index e = j; e < design_.outputs * design_.p; e += design_.p) {
    const auto at = std::ranges::lower_bound(point.entries, e);
    const bool given = at != point.entries.end() && *at == e;
    const double d = given ? point.values[at - point.entries.begin()] : 0.0;
    if (d == penalty_.lower_of(e) || d == penalty_.upper_of(e)) return true;
  }
  return false;
}

// The columns of [z_U | 1] that no bound holds, n x their number.
std::vector<double> LogisticL1Certifier::tilted_columns(const LogisticL1Point& point) const {
  std::vector<Index> inside;
  for (std::size_t a = 0; a < free_columns_.size(); ++a) {
    if (!is_at_bound(point, free_columns_[a])) inside.push_back(static_cast<Index>(a));
  }
  if (design_.has_intercept) inside.push_back(n_free_ - 1);
  std::vector<double> x;
  for (Index i = 0; i < design_.n; ++i) {
    for (const Index a : inside) x.push_back(free_[i * n_free_ + a]);
  }
  return x;
}

std::vector<double> LogisticL1Certifier::tilted_residual(const LogisticL1Point& point,
                                                         const LogisticL1Loss& loss) const {
  std::vector<double> r = loss.residual;
  const Index n = design_.n;
  const auto columns = free_.empty() ? std::vector<double>() : tilted_columns(point);
  const Index width = free_.empty() ? n_free_ : static_cast<Index>(columns.size()) / n;
  if (width == 0) return r;
  const auto x = [&](Index i, Index a) { return free_.empty() ? 1.0 : columns[i * width + a]; };
  std::vector<double> slope(design_.outputs * width);
  for (Index k = 0; k < design_.outputs; ++k) {
    for (Index a = 0; a < width; ++a) {
      DoubleDouble sum;
      for (Index i = 0; i < n; ++i) sum.add_product(r[k * n + i], x(i, a));
      slope[k * width + a] = sum.value();
    }
  }
  const RowCurvature rows{.n = n,
                          .outputs = design_.outputs,
                          .curvature = loss.curvature.data(),
                          .output_stride = n,
                          .weight = design_.weights()};
  const auto free =
      free_step(rows, free_.empty() ? nullptr : columns.data(), width, slope, monitor_);
  if (!free.known) return r;
  std::vector<double> z(r.size());
  for (Index k = 0; k < design_.outputs; ++k) {
    for (Index i = 0; i < n; ++i) {
      double sum = 0.0;
      for (Index a = 0; a < width; ++a) sum += free.step[k * width + a] * x(i, a);
      z[k * n + i] = sum;
    }
  }
  multiply_by_curvature(design_, loss, z.data());
  for (std::size_t i = 0; i < r.size(); ++i) r[i] -= z[i];
  return r;
}

// sum_i w_i KL(pi_i || p_i). A residual is w (1 - p) for the class of the row and -w p for others.
double LogisticL1Certifier::divergence(const LogisticL1Loss& loss,
                                       const std::vector<double>& tilted, double t) const {
  const Index n = design_.n;
  DoubleDouble sum;
  for (Index i = 0; i < n; ++i) {
    const double w = design_.weight_of(i);
    double row = 0.0;
    if (design_.outputs == 1) {
      const double r = std::abs(loss.residual[i]);
      if (r == 0.0) continue;
      const double sign = design_.label[i] == 1 ? 1.0 : -1.0;
      const double change = (t * sign * tilted[i] - r) / w;  // of the other class
      row = divergence_of(r / w, change) + divergence_of(loss.curvature[i] / r, -change);
    } else {
      for (Index k = 0; k < design_.outputs; ++k) {
        const Index at = k * n + i;
        const double change = (loss.residual[at] - t * tilted[at]) / w;
        row += divergence_of(loss.curvature[at], change);
      }
    }
    sum.add(w * row);
  }
  return sum.value();
}

// sum_i w_i KL(pi_i || p_i) = (1 - t)^2 / 2 times this, to second order.
double LogisticL1Certifier::divergence_squares(const LogisticL1Loss& loss) const {
  double sum = 0.0;
  for (std::size_t i = 0; i < loss.residual.size(); ++i) {
    const double r = loss.residual[i];
    const double w =
        design_.outputs == 1 ? 1.0 : design_.weight_of(static_cast<Index>(i) % design_.n);
    if (loss.curvature[i] > 0.0) sum += r / w * (r / loss.curvature[i]);
  }
  return sum;
}

double LogisticL1Certifier::penalty_of(const LogisticL1Point& point) const {
  DoubleDouble sum;
  for (std::size_t i = 0; i < point.entries.size(); ++i) {
    const Index j = point.entries[i] % design_.p;
    const double d = point.values[i];
    sum.add(penalty_.l1[j] * std::abs(d));
    sum.add(0.5 * penalty_.l2[j] * d * d);
  }
  return point.alpha * sum.value();
}

void LogisticL1Certifier::certify(const LogisticL1Loss& loss, const std::vector<double>& tilted,
                                  const double* q, LogisticL1Point& point) {
  const Index size = design_.outputs * design_.p;
  for (std::size_t i = 0; i < point.entries.size(); ++i) b_[point.entries[i]] = point.values[i];
  for (Index e = 0; e < size; ++e) {
    const Index j = e % design_.p;
    l1_[e] = point.alpha * penalty_.l1[j];
    l2_[e] = point.alpha * penalty_.l2[j];
    q_[e] = penalty_.pinned[j] ? 0.0 : q[e];
  }
  for (const Index j : free_columns_) {
    for (Index e = j; e < size && !is_at_bound(point, j); e += design_.p) q_[e] = 0.0;
  }
  // A quadratic in the place of the divergence lets squared loss choose t.
  const double squares = divergence_squares(loss);
  const auto terms =
      squared_loss_gap(squares, b_.data(), q_.data(), size,
                       {.l1 = l1_, .l2 = l2_, .lower = penalty_.lower, .upper = penalty_.upper});
  const double rest = terms.gap - 0.5 * (1.0 - terms.scale) * (1.0 - terms.scale) * squares;
  for (const Index e : point.entries) b_[e] = 0.0;
  point.loss = loss.value;
  point.objective = loss.value + penalty_of(point);
  point.violation = terms.violation;
  point.gap =
      relative_gap(std::max(rest, 0.0) + divergence(loss, tilted, terms.scale), point.objective);
}

}  // namespace elltwo
