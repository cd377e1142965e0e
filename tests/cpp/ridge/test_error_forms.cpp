#include <algorithm>
#include <cmath>
#include <numeric>

#include "check.hpp"
#include "elltwo/monitor.hpp"
#include "solvers/ridge_splits/error_forms.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

constexpr double agreement = 1e-9;

/// Columns with singular values down to 1 / condition, the last given twice.
Matrix<double> correlated(Index n, Index p, double condition, std::uint64_t seed) {
  const auto z = random_matrix(n, p, seed), turn = random_matrix(p, p, seed + 1);
  Matrix<double> x(n, p);
  for (Index k = 0; k < p; ++k) {
    const double s = std::pow(condition, -static_cast<double>(k) / static_cast<double>(p));
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < p; ++j) x(i, j) += s * z(i, k) * turn(k, j);
    }
  }
  for (Index i = 0; i < n; ++i) x(i, p - 1) = x(i, p - 2);
  return x;
}

/// Squared errors of fits to some rows on the other rows: from the Gram matrix of these rows, from
/// all of them at once, and from one after the other.
void check_errors(const RidgeCase& problem, Index n_test, const std::vector<double>& alphas) {
  const Index n = problem.x.rows, n_train = n - n_test, n_targets = problem.y.cols;
  const auto fits = alphas.size() * static_cast<std::size_t>(n_targets);
  const Case which(n, 'x', problem.x.cols, "targets", n_targets, "alphas", alphas.size());
  auto weight = problem.weight;
  if (weight.empty()) weight.assign(static_cast<std::size_t>(n), 1.0);
  const std::vector<double> test_weight(weight.begin() + n_train, weight.end());
  std::vector<double> test_root;
  for (const double w : test_weight) test_root.push_back(std::sqrt(w));
  std::fill(weight.begin() + n_train, weight.end(), 0.0);
  std::vector<Index> rows(static_cast<std::size_t>(n_test));
  std::iota(rows.begin(), rows.end(), n_train);

  const RidgeData<double> data{.x = problem.x.view(),
                               .y = problem.y.view(),
                               .alpha = problem.alpha,
                               .penalty_factors = problem.factors,
                               .prior_mean = problem.prior,
                               .sample_weight = weight};
  const auto options = problem.options();
  Monitor monitor;
  const Problem<double> of_training(data, options, monitor);
  PrimalPath<double> path(of_training);
  path.decompose(*std::min_element(alphas.begin(), alphas.end()));
  CHECK_EQUAL(path.solver(), Solver::eigen);  // quadratic forms are for these

  std::vector<double> by_rows(fits), by_row(fits, 0.0), by_forms(fits), one(fits);
  path.squared_errors(rows, test_weight, alphas, by_rows.data());
  for (std::size_t k = 0; k < rows.size(); ++k) {
    path.squared_errors({&rows[k], 1}, {&test_weight[k], 1}, alphas, one.data());
    for (std::size_t f = 0; f < fits; ++f) by_row[f] += one[f];
  }
  auto x = data.x, y = data.y;
  x.data = &x(n_train, 0);
  y.data = &y(n_train, 0);
  x.rows = y.rows = n_test;
  const Scales unscaled;
  const MomentsInput<double> input{.x = x,
                                   .y = y,
                                   .sqrt_weight = test_root.data(),
                                   .scales = unscaled,
                                   .centred = options.fit_intercept};
  const auto moments = compute_moments<double, double>(input, 1, monitor);
  const HeldOutRows held_out{rows, test_weight, moments};
  const ErrorForms<double> forms(path, held_out, alphas);
  FormsSpace space;
  const Index half = n_targets / 2;
  if (half > 0) forms.errors(0, half, monitor, space, by_forms.data());
  forms.errors(half, n_targets - half, monitor, space, by_forms.data());
  for (std::size_t f = 0; f < fits; ++f) {
    CHECK_CLOSE(by_forms[f], by_rows[f], agreement * by_rows[f]);
    CHECK_CLOSE(by_row[f], by_rows[f], agreement * by_rows[f]);
  }
}

/// `change` applied to problems of every conditioning, with fewer and more fits than columns.
template <class Change>
void check_everywhere(Change change) {
  for (const double condition : {1.0, 1e3, 1e5}) {
    for (const Index n_targets : {1, 9}) {
      auto problem = random_case(160, 12, n_targets, 1600);
      problem.x = correlated(160, 12, condition, 1601);
      change(problem);
      check_errors(problem, 60, {1e-2, 3.0, 1e4, 0.5, inf});
    }
  }
}

}  // namespace

TEST(error_forms, plain_and_without_an_intercept) {
  check_everywhere([](RidgeCase&) {});
  check_everywhere([](RidgeCase& problem) { problem.fit_intercept = false; });
}

TEST(error_forms, penalised_intercept) {
  check_everywhere([](RidgeCase& problem) { problem.penalize_intercept = true; });
}

TEST(error_forms, weights_factors_and_prior) {
  check_everywhere([](RidgeCase& problem) {
    problem.weight = random_weights(problem.x.rows, 1602);
    problem.factors = random_weights(problem.x.cols, 1603);
    problem.factors[1] = inf;
    problem.prior = random_values(problem.y.cols * problem.x.cols, 1604);
  });
}

}  // namespace elltwo::test
