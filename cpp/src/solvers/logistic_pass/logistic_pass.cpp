#include "elltwo/logistic_pass.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "parallel/interruption.hpp"
#include "solvers/logistic_pass/hessian.hpp"
#include "solvers/logistic_pass/passes.hpp"
#include "solvers/logistic_pass/validate.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo {

class LogisticPass::State {
 public:
  explicit State(const LogisticPassPoints& given)
      : points(given), total(PassSums::without_matrices(points)) {}

  PassPoints points;
  PassSums total;
};

namespace {

void require_portion(const PassPoints& points, const LogisticPassRows& rows, Index n, Index cols) {
  if (cols != points.n_features()) {
    throw std::invalid_argument("X must have " + std::to_string(points.n_features()) +
                                " columns, got " + std::to_string(cols));
  }
  require_rows(points, rows, n);
}

std::int64_t rows_with_weight(const LogisticPassRows& rows, Index n) {
  return n - std::ranges::count(rows.sample_weight, 0.0);
}

std::vector<double> sums_of_points(const PassPoints& points, const PassSums& sums, Index each,
                                   Index (PassSums::*begin)(Index) const) {
  std::vector<double> out;
  for (Index point = 0; point < points.n_points(); ++point) {
    const DoubleDouble* from = sums.linear.data() + (sums.*begin)(point);
    for (Index i = 0; i < each; ++i) out.push_back(from[i].value());
  }
  return out;
}

// The Hessian of a point from sum w p_k p_l a a^T of pairs of classes: these are minus its blocks
// beside the diagonal, and a diagonal block is the sum of the pairs of its class.
void fill_classes(const PassPoints& points, const PassSums& sums, Index asked, double* out) {
  const Index cols = points.cols(), outputs = points.n_outputs(), size = outputs * cols;
  for (Index k = 0, m = asked * points.n_pairs(); k < outputs; ++k) {
    for (Index l = k + 1; l < outputs; ++l, ++m) {
      const auto pair = sums.scaled_matrix(points, m);
      for (Index i = 0; i < cols; ++i) {
        for (Index j = 0; j < cols; ++j) {
          const double value = pair[std::min(i, j) * cols + std::max(i, j)];
          out[(k * cols + i) * size + k * cols + j] += value;
          out[(l * cols + i) * size + l * cols + j] += value;
          out[(k * cols + i) * size + l * cols + j] = -value;
          out[(l * cols + i) * size + k * cols + j] = -value;
        }
      }
    }
  }
}

}  // namespace

LogisticPass::LogisticPass(const LogisticPassPoints& points)
    : state_(std::make_unique<State>(points)) {}
LogisticPass::LogisticPass(LogisticPass&&) noexcept = default;
LogisticPass& LogisticPass::operator=(LogisticPass&&) noexcept = default;
LogisticPass::~LogisticPass() = default;

Index LogisticPass::n_features() const { return state_->points.n_features(); }
Index LogisticPass::n_points() const { return state_->points.n_points(); }
Index LogisticPass::n_outputs() const { return state_->points.n_outputs(); }
Index LogisticPass::n_hessians() const { return state_->points.n_hessians(); }
Index LogisticPass::hessian_size() const {
  return state_->points.n_outputs() * state_->points.cols();
}

template <Real T>
bool LogisticPass::add(MatrixView<T> x, const LogisticPassRows& rows, int n_threads,
                       Monitor& monitor) {
  const auto& points = state_->points;
  require_portion(points, rows, x.rows, x.cols);
  if (x.rows == 0) return true;
  PassSums sums(points);
  sums.n_rows = rows_with_weight(rows, x.rows);
  const bool done = completed([&] {
    const auto outcome = pass_over(points, x, rows, n_threads, monitor, sums);
    if (outcome == PassOutcome::not_finite) throw_not_finite(x);
    if (!sums.finite()) throw_overflow();
  });
  if (done) state_->total.add(std::move(sums));
  return done;
}

template <Real T>
bool LogisticPass::add(const SparseView<T>& x, const LogisticPassRows& rows, int n_threads,
                       Monitor& monitor) {
  const auto& points = state_->points;
  require_portion(points, rows, x.rows, x.cols);
  if (x.rows == 0) return true;
  const auto checked = checked_rows(x, n_threads);
  Buffer<double> values(points.n_hessians() * points.n_outputs() * x.rows);
  const CurvatureRoots roots{values.data(), x.rows, 0};
  const bool few = few_sparse_products(points, checked);
  auto sums = PassSums::without_matrices(points);
  sums.n_rows = rows_with_weight(rows, x.rows);
  const bool done = completed([&] {
    const auto outcome = pass_over_sparse(points, checked, rows, roots, n_threads, monitor, sums);
    if (outcome == PassOutcome::not_finite) throw_overflow();  // the values have been checked
    if (!few) add_sparse_products(points, checked, roots, n_threads, monitor, sums);
    if (!sums.finite() || (few && !finite_sparse_products(points, checked, roots))) {
      throw_overflow();
    }
  });
  if (!done) return false;
  if (few) {
    state_->total.make_raw(points);
    add_few_sparse_products(points, checked, roots, state_->total);
  }
  state_->total.add(std::move(sums));
  return true;
}

LogisticPassSums LogisticPass::sums() const {
  const auto& [points, total] = *state_;
  const Index outputs = points.n_outputs();
  return {
      .n_rows = total.n_rows,
      .weight = sums_of_points(points, total, 1, &PassSums::weight_at),
      .loss = sums_of_points(points, total, 1, &PassSums::loss_at),
      .gradient = sums_of_points(points, total, outputs * points.cols(), &PassSums::gradient_at),
      .residual = sums_of_points(points, total, outputs, &PassSums::residual_at),
      .held = sums_of_points(points, total, 4, &PassSums::held_at)};
}

void LogisticPass::hessians(std::span<double> out) const {
  const auto& points = state_->points;
  const Index size = hessian_size(), cols = points.cols();
  require_size("out", out.size(), points.n_hessians() * size * size);
  std::ranges::fill(out, 0.0);
  const auto& total = state_->total;
  if (total.matrices.size() + total.raw.size() == 0) return;
  for (Index asked = 0; asked < points.n_hessians(); ++asked) {
    double* to = out.data() + asked * size * size;
    if (points.n_classes > 2) {
      fill_classes(points, total, asked, to);
      continue;
    }
    const auto from = total.scaled_matrix(points, asked);
    for (Index i = 0; i < cols; ++i) {
      for (Index j = i; j < cols; ++j) to[i * cols + j] = to[j * cols + i] = from[i * cols + j];
    }
  }
}

template bool LogisticPass::add<double>(MatrixView<double>, const LogisticPassRows&, int, Monitor&);
template bool LogisticPass::add<float>(MatrixView<float>, const LogisticPassRows&, int, Monitor&);
template bool LogisticPass::add<double>(const SparseView<double>&, const LogisticPassRows&, int,
                                        Monitor&);
template bool LogisticPass::add<float>(const SparseView<float>&, const LogisticPassRows&, int,
                                       Monitor&);

}  // namespace elltwo
