#include "support/logistic_reference.hpp"

#include <algorithm>
#include <cmath>

#include "check.hpp"

namespace elltwo::test {
namespace {

Wide entry(const std::vector<double>& values, Index i, Wide otherwise) {
  return values.empty() ? otherwise : static_cast<Wide>(values[static_cast<std::size_t>(i)]);
}

Wide column(const MultinomialCase& problem, Index i, Index j) {
  if (j < problem.x.cols) return problem.x(i, j);
  return problem.fit_intercept ? 1.0L : 0.0L;
}

std::vector<Wide> softmax(const MultinomialCase& problem, const std::vector<Wide>& theta, Index i,
                          Wide& loss) {
  const Index cols = problem.x.cols + 1;
  std::vector<Wide> z(problem.n_classes, 0.0L);
  for (Index k = 0; k < problem.n_classes; ++k) {
    z[k] = entry(problem.offset, i * problem.n_classes + k, 0.0L);
    for (Index j = 0; j < cols; ++j) z[k] += column(problem, i, j) * theta[k * cols + j];
  }
  const Wide top = *std::max_element(z.begin(), z.end());
  Wide sum = 0.0L;
  for (const Wide v : z) sum += std::exp(v - top);
  loss = std::log(sum) + top - z[problem.label[i]];
  for (Wide& v : z) v = std::exp(v - top) / sum;
  return z;
}

}  // namespace

MultinomialCase random_multinomial(Index n, Index p, Index n_classes, std::uint64_t seed) {
  Random random(seed);
  MultinomialCase problem{.x = random_matrix(n, p, seed + 1), .label = {}, .n_classes = n_classes};
  const auto b = random_matrix(n_classes, p, seed + 2);
  for (Index i = 0; i < n; ++i) {
    Index best = 0;
    double most = -1e300;
    for (Index k = 0; k < n_classes; ++k) {
      double z = -std::log(-std::log(0.5 + 0.4999 * random.uniform()));  // Gumbel
      for (Index j = 0; j < p; ++j) z += b(k, j) * problem.x(i, j);
      if (z > most) best = k;
      most = std::max(most, z);
    }
    problem.label.push_back(static_cast<std::int32_t>(i < n_classes ? i : best));
  }
  return problem;
}

MultinomialDerivatives derivatives(const MultinomialCase& problem, const std::vector<Wide>& theta) {
  const Index cols = problem.x.cols + 1;
  const Index size = problem.n_classes * cols;
  MultinomialDerivatives d{.gradient = std::vector<Wide>(size, 0.0L), .hessian = {size, size}};
  for (Index i = 0; i < problem.x.rows; ++i) {
    const Wide w = entry(problem.weight, i, 1.0L);
    Wide loss = 0.0L;
    const auto p = softmax(problem, theta, i, loss);
    d.objective += w * loss;
    for (Index a = 0; a < size; ++a) {
      const Index k = a / cols;
      const Wide xa = column(problem, i, a % cols);
      d.gradient[a] += w * (p[k] - (problem.label[i] == k ? 1.0L : 0.0L)) * xa;
      for (Index b = 0; b < size; ++b) {
        const Index l = b / cols;
        d.hessian(a, b) +=
            w * (p[k] * ((k == l ? 1.0L : 0.0L) - p[l])) * xa * column(problem, i, b % cols);
      }
    }
  }
  for (Index a = 0; a < size; ++a) {
    const Index j = a % cols;
    if (j == problem.x.cols) continue;
    const Wide penalty = problem.alpha * entry(problem.factors, j, 1.0L);
    const Wide distance = theta[a] - entry(problem.prior, a / cols * problem.x.cols + j, 0.0L);
    if (penalty == 0.0L || std::isinf(penalty)) continue;
    d.objective += 0.5L * penalty * distance * distance;
    d.gradient[a] += penalty * distance;
    d.hessian(a, a) += penalty;
  }
  return d;
}

std::vector<Wide> solve_posdef(Matrix<Wide> a, std::vector<Wide> b) {
  const Index n = a.rows;
  for (Index j = 0; j < n; ++j) {
    for (Index k = 0; k < j; ++k) a(j, j) -= a(j, k) * a(j, k);
    a(j, j) = std::sqrt(a(j, j));
    for (Index i = j + 1; i < n; ++i) {
      for (Index k = 0; k < j; ++k) a(i, j) -= a(i, k) * a(j, k);
      a(i, j) /= a(j, j);
    }
  }
  for (Index i = 0; i < n; ++i) {
    for (Index k = 0; k < i; ++k) b[i] -= a(i, k) * b[k];
    b[i] /= a(i, i);
  }
  for (Index i = n; i-- > 0;) {
    for (Index k = i + 1; k < n; ++k) b[i] -= a(k, i) * b[k];
    b[i] /= a(i, i);
  }
  return b;
}

std::vector<Wide> reference_multinomial(const MultinomialCase& problem) {
  const Index cols = problem.x.cols + 1;
  const Index size = problem.n_classes * cols;
  const auto pinned = [&](Index j) {
    return j == problem.x.cols ? !problem.fit_intercept
                               : std::isinf(entry(problem.factors, j, 1.0L));
  };
  const auto free = [&](Index j) {
    return j == problem.x.cols || entry(problem.factors, j, 1.0L) * problem.alpha == 0.0L;
  };
  std::vector<Wide> theta(size, 0.0L);
  for (Index a = 0; a < size; ++a) {
    if (a % cols != problem.x.cols) {
      theta[a] = entry(problem.prior, a / cols * problem.x.cols + a % cols, 0.0L);
    }
  }
  for (int iter = 0; iter < 60; ++iter) {
    auto d = derivatives(problem, theta);
    Wide largest = 0.0L;
    for (Index a = 0; a < size; ++a) {
      const Index j = a % cols;
      if (pinned(j)) d.gradient[a] = 0.0L;
      largest = std::max(largest, std::abs(d.gradient[a]));
      for (Index b = 0; b < size; ++b) {
        if (b % cols == j && free(j)) d.hessian(a, b) += 1.0L;  // the loss does not see the mean
        if (pinned(j) || pinned(b % cols)) d.hessian(a, b) = a == b ? 1.0L : 0.0L;
      }
    }
    if (largest < 1e-15L) return theta;
    const auto step = solve_posdef(d.hessian, d.gradient);
    Wide length = 1.0L;
    std::vector<Wide> trial;
    do {
      trial = theta;
      for (Index a = 0; a < size; ++a) trial[a] -= length * step[a];
      length /= 2.0L;
    } while (largest > 1e-6L && derivatives(problem, trial).objective > d.objective);
    theta = trial;
  }
  fail(__FILE__, __LINE__, "the reference did not converge");
  return theta;
}

}  // namespace elltwo::test
