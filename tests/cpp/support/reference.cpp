#include "support/reference.hpp"

#include <algorithm>
#include <cmath>

#include "check.hpp"

namespace elltwo::test {
namespace {

// Reflects column j of [A | b] onto its first entries and applies the reflection to what follows.
void reflect(Matrix<Wide>& a, std::vector<Wide>& b, Index j) {
  Wide square = 0.0L;
  for (Index i = j; i < a.rows; ++i) square += a(i, j) * a(i, j);
  const Wide beta = a(j, j) > 0.0L ? -std::sqrt(square) : std::sqrt(square);
  std::vector<Wide> v(a.rows, 0.0L);
  for (Index i = j; i < a.rows; ++i) v[i] = a(i, j);
  v[j] -= beta;
  const Wide half = square - beta * a(j, j);  // v.v / 2
  for (Index c = j; c < a.cols; ++c) {
    Wide dot = 0.0L;
    for (Index i = j; i < a.rows; ++i) dot += v[i] * a(i, c);
    for (Index i = j; i < a.rows; ++i) a(i, c) -= dot / half * v[i];
  }
  Wide dot = 0.0L;
  for (std::size_t i = j; i < b.size(); ++i) dot += v[i] * b[i];
  for (std::size_t i = j; i < b.size(); ++i) b[i] -= dot / half * v[i];
}

struct Roles {
  std::vector<Index> features;  // that are solved for
  bool intercept = false;
};

Roles roles_of(const RidgeCase& problem, Index t) {
  Roles roles;
  for (Index j = 0; j < problem.x.cols; ++j) {
    if (!std::isinf(problem.penalty(t, j))) roles.features.push_back(j);
  }
  const bool pinned = problem.penalize_intercept && std::isinf(problem.alpha_of(t));
  roles.intercept = problem.fit_intercept && !pinned;
  return roles;
}

double prior_of(const RidgeCase& problem, Index t, Index j) {
  return problem.prior.empty() ? 0.0 : problem.prior[t * problem.x.cols + j];
}

// Rows sqrt(w) [1 | x] and sqrt(w) (y - x.m): deviations of b from the prior mean are solved for.
void put_data(const RidgeCase& problem, Index t, const Roles& roles, Matrix<Wide>& a,
              std::vector<Wide>& b) {
  const Index first = roles.intercept ? 1 : 0;
  for (Index i = 0; i < problem.x.rows; ++i) {
    const Wide w = problem.weight.empty() ? 1.0L : std::sqrt(Wide(problem.weight[i]));
    if (roles.intercept) a(i, 0) = w;
    for (std::size_t c = 0; c < roles.features.size(); ++c) {
      a(i, first + static_cast<Index>(c)) = w * problem.x(i, roles.features[c]);
    }
    Wide y = problem.y(i, t);
    for (Index j = 0; j < problem.x.cols; ++j) y -= Wide(problem.x(i, j)) * prior_of(problem, t, j);
    b[i] = w * y;
  }
}

void put_penalties(const RidgeCase& problem, Index t, const Roles& roles, Matrix<Wide>& a) {
  const Index first = roles.intercept ? 1 : 0;
  const Index n = problem.x.rows;
  if (roles.intercept && problem.penalize_intercept) a(n, 0) = std::sqrt(Wide(problem.alpha_of(t)));
  for (std::size_t c = 0; c < roles.features.size(); ++c) {
    const Index col = first + static_cast<Index>(c);
    a(n + col, col) = std::sqrt(Wide(problem.penalty(t, roles.features[c])));
  }
}

}  // namespace

double relative_error(std::span<const double> got, std::span<const double> wanted) {
  double error = 0.0;
  double size = 0.0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!(std::abs(got[i] - wanted[i]) <= error)) error = std::abs(got[i] - wanted[i]);
    if (std::isnan(error)) return inf;
    size = std::max(size, std::abs(wanted[i]));
  }
  return error > 0.0 ? error / size : 0.0;
}

std::vector<Wide> least_squares(Matrix<Wide> a, std::vector<Wide> b) {
  for (Index j = 0; j < a.cols; ++j) reflect(a, b, j);
  std::vector<Wide> z(a.cols);
  for (Index j = a.cols - 1; j >= 0; --j) {
    Wide sum = b[j];
    for (Index k = j + 1; k < a.cols; ++k) sum -= a(j, k) * z[k];
    z[j] = sum / a(j, j);
  }
  return z;
}

double RidgeCase::penalty(Index t, Index j) const {
  const double factor = factors.empty() ? 1.0 : factors[j];
  return factor == 0.0 || std::isinf(factor) ? factor : alpha_of(t) * factor;
}

RidgeOptions RidgeCase::options() const {
  return {.fit_intercept = fit_intercept, .penalize_intercept = penalize_intercept, .n_threads = 2};
}

RidgeAnswer reference_ridge(const RidgeCase& problem) {
  const Index p = problem.x.cols;
  RidgeAnswer answer{.coef = Matrix<double>(problem.y.cols, p),
                     .intercept = std::vector<double>(problem.y.cols),
                     .info = {}};
  for (Index t = 0; t < problem.y.cols; ++t) {
    const Roles roles = roles_of(problem, t);
    const Index first = roles.intercept ? 1 : 0;
    const Index cols = first + static_cast<Index>(roles.features.size());
    Matrix<Wide> a(problem.x.rows + cols, cols);
    std::vector<Wide> b(a.rows, 0.0L);
    put_data(problem, t, roles, a, b);
    put_penalties(problem, t, roles, a);
    const auto z = least_squares(std::move(a), std::move(b));
    for (Index j = 0; j < p; ++j) answer.coef(t, j) = prior_of(problem, t, j);
    for (std::size_t c = 0; c < roles.features.size(); ++c) {
      const Index j = roles.features[c];
      answer.coef(t, j) = static_cast<double>(prior_of(problem, t, j) + z[first + c]);
    }
    answer.intercept[t] = roles.intercept ? static_cast<double>(z[0]) : 0.0;
  }
  return answer;
}

template <Real T>
RidgeAnswer solve(const RidgeCase& problem, const RidgeOptions& options) {
  const auto x = converted<T>(problem.x);
  const RidgeData<T> data{.x = x.view(),
                          .y = problem.y.view(),
                          .alpha = problem.alpha,
                          .penalty_factors = problem.factors,
                          .prior_mean = problem.prior,
                          .sample_weight = problem.weight};
  RidgeAnswer answer{.coef = Matrix<double>(problem.y.cols, problem.x.cols),
                     .intercept = std::vector<double>(problem.y.cols, nan),
                     .info = {}};
  std::fill(answer.coef.values.begin(), answer.coef.values.end(), nan);
  Monitor monitor;
  answer.info = ridge(data, options, monitor, answer.coef.values, answer.intercept);
  return answer;
}

template RidgeAnswer solve<double>(const RidgeCase&, const RidgeOptions&);
template RidgeAnswer solve<float>(const RidgeCase&, const RidgeOptions&);

RidgeCase random_case(Index n, Index p, Index n_targets, std::uint64_t seed) {
  RidgeCase problem{.x = random_matrix(n, p, seed), .y = random_matrix(n, n_targets, seed + 1)};
  for (Index i = 0; i < n; ++i) {
    for (Index t = 0; t < n_targets; ++t) {
      for (Index j = t % p; j < std::min(p, t % p + 3); ++j)
        problem.y(i, t) += 2.0 * problem.x(i, j);
    }
  }
  return problem;
}

void check_same_fit(const RidgeAnswer& got, const RidgeAnswer& wanted, double tolerance) {
  CHECK_CLOSE(relative_error(got.coef.values, wanted.coef.values), 0.0, tolerance);
  double size = 0.0;
  for (const auto* values : {&wanted.coef.values, &wanted.intercept}) {
    for (const double v : *values) size = std::max(size, std::abs(v));
  }
  for (std::size_t t = 0; t < wanted.intercept.size(); ++t) {
    CHECK_CLOSE(got.intercept[t], wanted.intercept[t], tolerance * size);
  }
}

}  // namespace elltwo::test
