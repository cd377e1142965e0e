#include "solvers/ridge/sketched_errors.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "linalg/blas.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/ridge/gradient.hpp"

namespace elltwo {
namespace {

constexpr Index n_sums = SketchedErrors::combinations;

/// Weights of the targets of a group in each combination, combinations x targets.
class SignedWeights {
 public:
  // The signs are the same in every fit, so that its report can be repeated.
  explicit SignedWeights(const std::vector<double>& scale)
      : n_(static_cast<Index>(scale.size())), values_(n_sums * n_) {
    std::mt19937_64 random(1);
    for (Index u = 0; u < n_; ++u) {
      const double size = scale[u] > 0.0 ? 1.0 / scale[u] : 0.0;
      const auto bits = random();
      for (Index q = 0; q < n_sums; ++q) {
        values_[q * n_ + u] = (bits >> q & 1U) != 0 ? size : -size;
      }
    }
  }

  double operator()(Index q, Index u) const { return values_[q * n_ + u]; }

  /// sum_u weight_u value(u) of each combination, targets x 1.
  template <class Value>
  std::vector<double> sums_of(const Value& value) const {
    std::vector<double> sums(n_sums, 0.0);
    for (Index u = 0; u < n_; ++u) {
      const double v = value(u);
      for (Index q = 0; q < n_sums; ++q) sums[q] += (*this)(q, u) * v;
    }
    return sums;
  }

  const double* data() const { return values_.data(); }

 private:
  Index n_;
  Buffer<double> values_;
};

// The combinations of the targets, combinations x samples. Blocks of rows are gathered along the
// direction in which y runs in memory.
template <Real T>
Buffer<double> combined_targets(const Problem<T>& problem, const std::vector<Index>& targets,
                                const SignedWeights& weights) {
  constexpr Index block_rows = 64;
  const auto y = problem.data().y;
  const auto m = static_cast<Index>(targets.size());
  const bool by_rows = std::abs(y.col_stride) <= std::abs(y.row_stride);
  Buffer<double> sums(y.rows * n_sums);
  Relay relay(problem.monitor());
  TaskCounter blocks((y.rows + block_rows - 1) / block_rows);
  const double work = 2.0 * static_cast<double>(y.rows) * m * n_sums;
  run_team(threads_for(problem.options().n_threads, work), [&](TeamMember&) {
    Buffer<double> block(block_rows * m);
    for (Index task = 0; blocks.next(task);) {
      relay.check();
      const Index k0 = task * block_rows, rows = std::min(block_rows, y.rows - k0);
      const Index along = by_rows ? m : rows, across = by_rows ? rows : m;
      for (Index a = 0; a < across; ++a) {
        for (Index i = 0; i < along; ++i) {
          const Index u = by_rows ? i : a, k = by_rows ? a : i;
          block[a * along + i] = problem.y_scale(targets[u]) * y(k0 + k, targets[u]);
        }
      }
      blas::gemm(by_rows ? blas::Op::transpose : blas::Op::none, blas::Op::none, rows, n_sums, m,
                 1.0, block.data(), along, weights.data(), m, 0.0, sums.data() + k0, y.rows);
    }
  });
  return sums;
}

// The gradient of the combined targets at b, the combinations of the coefficients.
template <Real T>
Buffer<double> combined_gradient(const Problem<T>& problem, const ScaledMoments& moments,
                                 const Means& means, const TargetGroup& group,
                                 const SignedWeights& weights, const Buffer<double>& b) {
  const Index p = problem.n_features();
  const auto y = combined_targets(problem, group.targets, weights);
  std::vector<double> prior(problem.has_prior() ? n_sums * p : 0);
  for (Index j = 0; problem.has_prior() && j < p; ++j) {
    const auto sums = weights.sums_of([&](Index u) { return problem.prior(group.targets[u], j); });
    for (Index q = 0; q < n_sums; ++q) prior[q * p + j] = sums[q] * problem.x_scale(j);
  }
  RidgeData<T> data = problem.data();
  data.y = row_major(y.data(), n_sums, data.y.rows).transposed();
  data.alpha = {&group.alpha, 1};
  data.prior_mean = prior;
  SumUnits units{.column = problem.scales().x, .weight = problem.weight_scale()};
  units.column.resize(p, 1.0);
  units.column.resize(p + n_sums, 1.0);
  const Problem<T> combined(data, problem.options(), problem.monitor(), units);
  Means refined = means;
  refined.y = weights.sums_of([&](Index u) { return means.y[group.targets[u]]; });
  TargetGroup all{.alpha = group.alpha, .targets = {}};
  for (Index q = 0; q < n_sums; ++q) all.targets.push_back(q);
  Buffer<double> g(n_sums * p);
  std::vector<double> unused;
  Gradient<T>(combined, moments, refined, all).from_data(b.data(), g.data(), unused);
  return g;
}

}  // namespace

template <Real T>
SketchedErrors sketched_errors(const Problem<T>& problem, const ScaledMoments& moments,
                               const Means& means, const NormalEquations<T>& system,
                               const double* coef) {
  const Index p = problem.n_features();
  const auto& group = system.group();
  const auto m = static_cast<Index>(group.targets.size());
  const auto fitted = system.fitted_squares(coef);
  std::vector<double> scale;
  double whole = 0.0;
  for (Index u = 0; u < m; ++u) {
    scale.push_back(system.scale_of(group.targets[u], fitted[u]));
    if (scale[u] > 0.0) whole += fitted[u] / (scale[u] * scale[u]);
  }
  const SignedWeights weights(scale);
  Buffer<double> b(n_sums * p);
  blas::gemm(blas::Op::none, blas::Op::none, p, n_sums, m, 1.0, coef, p, weights.data(), m, 0.0,
             b.data(), p);
  const auto g = combined_gradient(problem, moments, means, group, weights, b);
  const auto step = system.correction(g.data(), n_sums);
  const auto d = system.column_sizes();
  double worst = 0.0, moved = 0.0;
  for (Index a = 0; a < system.n_active(); ++a) {
    double square = 0.0;
    for (Index q = 0; q < n_sums; ++q) {
      const Index at = q * p + system.active()[a];
      square += std::pow(g[at] / d[a], 2) / n_sums;
      moved += std::pow(d[a] * step[at], 2) / n_sums;
    }
    worst = std::max(worst, square);
  }
  return {.optimality = std::sqrt(worst), .step = std::sqrt(moved / whole)};
}

template SketchedErrors sketched_errors<double>(const Problem<double>&, const ScaledMoments&,
                                                const Means&, const NormalEquations<double>&,
                                                const double*);
template SketchedErrors sketched_errors<float>(const Problem<float>&, const ScaledMoments&,
                                               const Means&, const NormalEquations<float>&,
                                               const double*);

}  // namespace elltwo
