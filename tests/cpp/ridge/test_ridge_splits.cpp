#include <algorithm>
#include <cmath>

#include "check.hpp"
#include "elltwo/cross_validation.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

struct Scores {
  Status status{};
  std::vector<double> sse;  ///< folds x alphas x targets
  std::vector<double> weight;
};

template <Real T>
Scores kfold(const RidgeCase& problem, MatrixView<T> x, const std::vector<double>& alphas,
             const std::vector<std::int32_t>& fold, Index n_folds, int n_threads = 2) {
  const auto size = n_folds * alphas.size() * problem.y.cols;
  Scores scores{.sse = std::vector<double>(size, nan), .weight = std::vector<double>(n_folds, nan)};
  const RidgeData<T> data{.x = x,
                          .y = problem.y.view(),
                          .alpha = {},
                          .penalty_factors = problem.factors,
                          .prior_mean = problem.prior,
                          .sample_weight = problem.weight};
  auto options = problem.options();
  options.n_threads = n_threads;
  Monitor monitor;
  std::vector<double> train(n_folds * n_folds, 1.0), test(n_folds * n_folds, 0.0);
  for (Index f = 0; f < n_folds; ++f) std::swap(train[f * n_folds + f], test[f * n_folds + f]);
  const Splits splits{.group = fold, .n_groups = n_folds, .train = train, .test = test};
  RidgeSplits<T> core(data, splits, options, monitor);
  const bool done = core.score(alphas, scores.sse, scores.weight);
  scores.status = done ? Status::converged : Status::interrupted;
  return scores;
}

double weight_of(const RidgeCase& problem, Index i) {
  return problem.weight.empty() ? 1.0 : problem.weight[i];
}

RidgeCase without_fold(const RidgeCase& problem, const std::vector<std::int32_t>& fold, Index f) {
  auto rest = problem;
  rest.weight.resize(fold.size());
  for (std::size_t i = 0; i < fold.size(); ++i) {
    rest.weight[i] = fold[i] == f ? 0.0 : weight_of(problem, static_cast<Index>(i));
  }
  return rest;
}

/// The square of what is predicted, which the error is a difference of.
Wide square_of_targets(const RidgeCase& problem, const std::vector<std::int32_t>& fold, Index f,
                       Index t) {
  Wide sum = 0.0L;
  for (Index i = 0; i < problem.x.rows; ++i) {
    if (fold[i] == f) sum += weight_of(problem, i) * Wide(problem.y(i, t)) * problem.y(i, t);
  }
  return sum;
}

Wide squared_error(const RidgeCase& problem, const std::vector<std::int32_t>& fold, Index f,
                   Index t, const RidgeAnswer& fit) {
  Wide sum = 0.0L;
  for (Index i = 0; i < problem.x.rows; ++i) {
    if (fold[i] != f) continue;
    Wide r = Wide(problem.y(i, t)) - fit.intercept[t];
    for (Index j = 0; j < problem.x.cols; ++j) r -= Wide(problem.x(i, j)) * fit.coef(t, j);
    sum += weight_of(problem, i) * r * r;
  }
  return sum;
}

/// Every score against a refit in long double: to `tolerance` of itself, and `rounding` of the
/// square of the targets.
template <Real T>
void check_scores(const RidgeCase& problem, const std::vector<double>& alphas,
                  const std::vector<std::int32_t>& fold, Index n_folds, double tolerance,
                  double rounding) {
  const Case which(problem.x.rows, 'x', problem.x.cols, n_folds, "folds",
                   std::same_as<T, float> ? "float" : "double");
  const auto x = converted<T>(problem.x);
  const auto got = kfold<T>(problem, x.view(), alphas, fold, n_folds);
  CHECK_EQUAL(got.status, Status::converged);
  std::size_t at = 0;
  for (Index f = 0; f < n_folds; ++f) {
    double weight = 0.0;
    for (Index i = 0; i < problem.x.rows; ++i) {
      if (fold[i] == f) weight += weight_of(problem, i);
    }
    CHECK_CLOSE(got.weight[f], weight, 1e-12 * weight);
    auto rest = without_fold(problem, fold, f);
    for (const double alpha : alphas) {
      rest.alpha = {alpha};
      const auto fit = reference_ridge(rest);
      for (Index t = 0; t < problem.y.cols; ++t, ++at) {
        const Case score("fold", f, "alpha", alpha, "target", t);
        const Wide wanted = squared_error(problem, fold, f, t, fit);
        const Wide square = square_of_targets(problem, fold, f, t);
        CHECK_CLOSE(got.sse[at], wanted, tolerance * wanted + rounding * square);
      }
    }
  }
}

std::vector<std::int32_t> contiguous(Index n, Index n_folds) {
  std::vector<std::int32_t> fold;
  for (Index i = 0; i < n; ++i) fold.push_back(static_cast<std::int32_t>(i * n_folds / n));
  return fold;
}

/// Of unequal sizes, rows in no order, none empty.
std::vector<std::int32_t> scattered(Index n, Index n_folds) {
  Random random(1500);
  std::vector<std::int32_t> fold;
  for (Index i = 0; i < n; ++i) {
    fold.push_back(
        static_cast<std::int32_t>(i < n_folds ? n_folds - 1 - i : random.below(n_folds)));
  }
  return fold;
}

const std::vector<double> grid{1e-3, 1.0, 50.0, inf};

template <class Change>
void check_everywhere(Change change) {
  for (auto problem : {random_case(90, 7, 2, 1501), random_case(24, 40, 2, 1502)}) {
    change(problem);
    const auto fold = scattered(problem.x.rows, 4);
    check_scores<double>(problem, grid, fold, 4, 1e-12, 1e-14);
    check_scores<float>(problem, grid, fold, 4, 1e-6, 1e-7);
  }
}

}  // namespace

TEST(ridge_splits, plain_and_without_an_intercept) {
  check_everywhere([](RidgeCase&) {});
  check_everywhere([](RidgeCase& problem) { problem.fit_intercept = false; });
}

TEST(ridge_splits, penalised_intercept) {
  check_everywhere([](RidgeCase& problem) {
    problem.penalize_intercept = true;
    for (double& v : problem.y.values) v += 4.0;
  });
}

TEST(ridge_splits, weights_factors_and_prior) {
  check_everywhere([](RidgeCase& problem) {
    problem.weight = random_weights(problem.x.rows, 1503);
    problem.weight[1] = 0.0;
    problem.factors = random_weights(problem.x.cols, 1504);
    problem.factors[2] = 0.0;
    problem.factors[5] = inf;
    problem.prior = random_values(2 * problem.x.cols, 1505);
  });
}

TEST(ridge_splits, contiguous_folds_up_to_leave_one_out) {
  const auto problem = random_case(60, 5, 1, 1506);
  for (const Index n_folds : {2, 3, 7, 60}) {
    check_scores<double>(problem, {0.0, 1.0}, contiguous(60, n_folds), n_folds, 1e-12, 1e-14);
  }
}

TEST(ridge_splits, squares_beyond_the_range_of_doubles) {
  for (const int power : {-400, 400}) {
    auto problem = random_case(90, 6, 1, 1515);
    const auto fold = contiguous(90, 5);
    const auto wanted = kfold<double>(problem, problem.x.view(), {0.0, 2.0}, fold, 5);
    for (double& v : problem.x.values) v = std::ldexp(v, power);
    const auto got =
        kfold<double>(problem, problem.x.view(), {0.0, std::ldexp(2.0, 2 * power)}, fold, 5);
    CHECK_CLOSE(relative_error(got.sse, wanted.sse), 0.0, 1e-11);
  }
}

TEST(ridge_splits, means_far_from_zero) {
  auto problem = random_case(90, 6, 1, 1507);
  const auto fold = contiguous(90, 5);
  const auto wanted = kfold<double>(problem, problem.x.view(), grid, fold, 5);
  for (double& v : problem.x.values) v += 1e6;
  const auto got = kfold<double>(problem, problem.x.view(), grid, fold, 5);
  CHECK_CLOSE(relative_error(got.sse, wanted.sse), 0.0, 1e-9);
}

TEST(ridge_splits, first_rows_unlike_the_rest) {
  auto problem = random_case(600, 4, 1, 1508);
  problem.weight.assign(600, 1.0);
  for (Index i = 0; i < 256; ++i) {
    problem.weight[i] = 0.0;
    for (Index j = 0; j < 4; ++j) problem.x(i, j) += 1e7;
  }
  check_scores<double>(problem, grid, scattered(600, 3), 3, 1e-9, 0.0);
}

TEST(ridge_splits, a_nearly_perfect_fit) {
  auto problem = random_case(90, 5, 1, 1509);
  for (Index i = 0; i < 90; ++i) {
    const double noise = problem.y(i, 0);
    problem.y(i, 0) = 3.0 * problem.x(i, 0) - problem.x(i, 4) + 0x1p-20 * noise;
  }
  check_scores<double>(problem, {0.0, 1e-9}, contiguous(90, 3), 3, 1e-8, 0.0);
}

TEST(ridge_splits, dependent_columns_of_a_fold) {
  // Without fold 0 the column is constant; without a penalty it then gets no coefficient.
  auto problem = random_case(40, 3, 1, 1510);
  const auto fold = contiguous(40, 4);
  for (Index i = 10; i < 40; ++i) problem.x(i, 1) = 0.5;
  const auto got = kfold<double>(problem, problem.x.view(), {0.0}, fold, 4);
  CHECK_EQUAL(got.status, Status::converged);
  auto less = without_fold(problem, fold, 0);
  less.factors = {1.0, inf, 1.0};
  less.alpha = {0.0};
  const auto wanted = squared_error(problem, fold, 0, 0, reference_ridge(less));
  CHECK_CLOSE(got.sse[0], wanted, 1e-11 * wanted);
}

TEST(ridge_splits, layout_and_threads_do_not_matter) {
  const auto problem = random_case(3000, 30, 1, 1511);
  const auto fold = scattered(3000, 4);
  const auto wanted = kfold<double>(problem, problem.x.view(), grid, fold, 4, 1);
  for (const int n_threads : {2, 3, 5}) {
    CHECK(same_bits(kfold<double>(problem, problem.x.view(), grid, fold, 4, n_threads).sse,
                    wanted.sse));
  }
  for (const auto& layout : layouts) {
    const Case which(layout.name);
    const auto x = lay_out<double>(layout, problem.x);
    CHECK_CLOSE(relative_error(kfold<double>(problem, x.view, grid, fold, 4).sse, wanted.sse), 0.0,
                1e-12);
  }
}

TEST(ridge_splits, more_fits_than_features_and_targets_of_unlike_quality) {
  // The Gram matrix of the test rows is rotated into the basis, and references are replaced.
  auto problem = random_case(120, 6, 5, 1516);
  for (Index i = 0; i < 120; ++i) {
    problem.y(i, 1) = 2.0 * problem.x(i, 0) + problem.x(i, 3);
    problem.y(i, 2) = 1e-6 * problem.y(i, 2) - problem.x(i, 5);
  }
  const std::vector<double> many{1e6, 1e-8, 1.0, 1e-3, inf, 10.0};
  const auto fold = scattered(120, 4);
  check_scores<double>(problem, many, fold, 4, 1e-9, 1e-22);
}

TEST(ridge_splits, the_fit_to_all_rows_is_that_of_ridge) {
  auto problem = random_case(90, 6, 2, 1517);
  problem.weight = random_weights(90, 1518);
  const auto fold = contiguous(90, 3);
  const std::vector<double> train{0, 1, 1, 1, 0, 1, 1, 1, 0}, test{1, 0, 0, 0, 1, 0, 0, 0, 1};
  const std::vector<double> alpha{0.5, 3.0};
  const RidgeData<double> data{.x = problem.x.view(),
                               .y = problem.y.view(),
                               .alpha = alpha,
                               .penalty_factors = {},
                               .prior_mean = {},
                               .sample_weight = problem.weight};
  const auto options = problem.options();
  Monitor monitor;
  const Splits splits{.group = fold, .n_groups = 3, .train = train, .test = test};
  RidgeSplits<double> core(data, splits, options, monitor);
  std::vector<double> sse(6), weight(3), coef(12), intercept(2), wanted(12), wanted_intercept(2);
  CHECK(core.score({alpha.data(), 1}, sse, weight));
  const auto info = core.fit(alpha, coef, intercept);
  ridge(data, options, monitor, wanted, wanted_intercept);
  CHECK_EQUAL(info.status, Status::converged);
  CHECK_CLOSE(relative_error(coef, wanted), 0.0, 1e-13);
  CHECK_CLOSE(relative_error(intercept, wanted_intercept), 0.0, 1e-12);
}

TEST(ridge_splits, an_empty_fold_is_refused) {
  const auto problem = random_case(30, 3, 1, 1512);
  std::vector<std::int32_t> fold(30);
  for (std::size_t i = 0; i < fold.size(); ++i) fold[i] = i % 2 == 0 ? 0 : 2;
  CHECK_THROWS(std::invalid_argument, "test set",
               kfold<double>(problem, problem.x.view(), {1.0}, fold, 3));
}

}  // namespace elltwo::test
