#include <cmath>
#include <vector>

#include "check.hpp"
#include "solvers/logistic_alo/kronecker_hessian.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

constexpr Index n_classes = 4;

/// Probabilities of rows, classes x n.
std::vector<double> probabilities(Index n) {
  auto p = random_weights(n_classes * n, 5);
  for (Index i = 0; i < n; ++i) {
    double total = 0.0;
    for (Index k = 0; k < n_classes; ++k) total += p[k * n + i];
    for (Index k = 0; k < n_classes; ++k) p[k * n + i] /= total;
  }
  return p;
}

/// sum_i w_i (diag(p_i) - p_i p_i^T) / sum_i w_i.
std::vector<Wide> curvature(const LogisticRows& rows, const std::vector<double>& p) {
  std::vector<Wide> sum(n_classes * n_classes, 0.0L);
  Wide weight = 0.0L;
  for (Index i = 0; i < rows.n; ++i) {
    const Wide w = rows.weight_of(i);
    weight += w;
    for (Index k = 0; k < n_classes; ++k) {
      for (Index l = 0; l < n_classes; ++l) {
        const Wide product = static_cast<Wide>(p[k * rows.n + i]) * p[l * rows.n + i];
        sum[k * n_classes + l] += w * ((k == l ? p[k * rows.n + i] : 0.0L) - product);
      }
    }
  }
  for (auto& value : sum) value /= weight;
  return sum;
}

}  // namespace

TEST(kronecker_hessian, mean_curvature) {
  LogisticRows rows;
  rows.n = 1100;
  rows.weight = random_weights(rows.n, 2);
  const auto p = probabilities(rows.n);
  const auto mean = mean_curvature(rows, n_classes, p.data());
  const auto wanted = curvature(rows, p);
  for (Index k = 0; k < n_classes; ++k) {
    for (Index l = 0; l < n_classes; ++l) {
      Wide got = 0.0L;
      for (Index a = 0; a < mean.size(); ++a) {
        got += static_cast<Wide>(mean.direction[a * n_classes + k]) * mean.lambda[a] *
               mean.direction[a * n_classes + l];
      }
      CHECK_CLOSE(got, wanted[k * n_classes + l], 1e-14L);
    }
  }
}

// (A (x) G + alpha I (x) F) z = r for points r that sum to zero over the classes.
TEST(kronecker_hessian, solve) {
  const Index n = 60, p = 5, cols = p + 1;
  const auto x = random_weights(n * p, 7);
  std::vector<std::int32_t> label(n);
  for (Index i = 0; i < n; ++i) label[i] = static_cast<std::int32_t>(i % n_classes);
  const std::vector<double> factors{1.0, 0.5, 2.0, 3.0, 1.0};
  const double alpha = 0.7;
  LogisticData<double> data;
  data.x = {x.data(), n, p, p, 1};
  data.label = label;
  data.n_classes = n_classes;
  data.penalty_factors = factors;
  const LogisticOptions options;
  Monitor nobody;
  LogisticProblem<double> problem(data, options, nobody);
  problem.prepare();
  const auto probability = probabilities(n);
  const auto mean = mean_curvature(problem.rows(), n_classes, probability.data());
  const std::vector<double> alphas{alpha, 10.0};
  const GramDirections<double> directions(problem, alphas, mean.lambda.front());
  problem.set_alpha(alpha);

  auto r = random_weights(n_classes * cols, 11);
  problem.centre_over_classes(r);
  std::vector<double> z(r.size());
  directions.solve(mean, alpha, 1, r.data(), z.data());
  const auto a = curvature(problem.rows(), probability);
  const auto entry = [&](Index i, Index j) -> Wide {
    if (j == p) return 1.0L;
    return (static_cast<Wide>(x[i * p + j]) - problem.shift(j)) * problem.scale(j);
  };
  for (Index k = 0; k < n_classes; ++k) {
    for (Index j = 0; j < cols; ++j) {
      Wide sum = static_cast<Wide>(problem.column_penalty(j)) * z[k * cols + j];
      for (Index l = 0; l < n_classes; ++l) {
        for (Index c = 0; c < cols; ++c) {
          Wide gram = 0.0L;
          for (Index i = 0; i < n; ++i) gram += entry(i, j) * entry(i, c);
          sum += a[k * n_classes + l] * gram * z[l * cols + c];
        }
      }
      CHECK_CLOSE(sum, r[k * cols + j], 1e-12L);
    }
  }
}

}  // namespace elltwo::test
