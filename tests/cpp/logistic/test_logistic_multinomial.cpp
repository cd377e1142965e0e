#include <algorithm>
#include <cmath>

#include "check.hpp"
#include "elltwo/logistic.hpp"
#include "solvers/logistic/classwise_hessian.hpp"
#include "solvers/logistic/multinomial_hessian.hpp"
#include "support/logistic_reference.hpp"

namespace elltwo::test {
namespace {

struct Fit {
  std::vector<double> coef, intercept;
  LogisticInfo info;
};

template <Real T = double>
Fit fit(const MultinomialCase& problem, LogisticOptions options = {}) {
  const auto x = converted<T>(problem.x);
  const auto source = problem.data();
  const LogisticData<T> data{.x = x.view(),
                             .label = source.label,
                             .n_classes = source.n_classes,
                             .penalty_factors = source.penalty_factors,
                             .prior_mean = source.prior_mean,
                             .sample_weight = source.sample_weight,
                             .offset = source.offset,
                             .rows = {}};
  options.fit_intercept = problem.fit_intercept;
  Fit result{std::vector<double>(problem.n_classes * problem.x.cols),
             std::vector<double>(problem.n_classes),
             {}};
  Monitor monitor;
  const double alpha[] = {problem.alpha};
  result.info = logistic_path(data, std::span<const double>(alpha), options, monitor, {},
                              std::span(result.coef), std::span(result.intercept))[0];
  return result;
}

template <Real T = double>
void check_fit(const MultinomialCase& problem, double tolerance = 1e-9) {
  const Case shape(problem.x.rows, 'x', problem.x.cols, ',', problem.n_classes, "classes");
  const auto wanted = reference_multinomial(problem);
  const auto got = fit<T>(problem);
  CHECK_EQUAL(got.info.status, Status::converged);
  const Index cols = problem.x.cols + 1;
  Wide worst = 0.0L;
  for (Index a = 0; a < problem.n_classes * cols; ++a) {
    const Index k = a / cols;
    const Index j = a % cols;
    const Wide value = j < problem.x.cols ? got.coef[k * problem.x.cols + j] : got.intercept[k];
    worst = std::max(worst, std::abs(value - wanted[a]));
  }
  CHECK_CLOSE(worst, 0.0L, tolerance);
}

// One problem is fitted with the whole Hessian, the larger one with the class-wise blocks.
std::vector<MultinomialCase> both_sizes(std::uint64_t seed) {
  return {random_multinomial(120, 3, 3, seed), random_multinomial(150, 12, 6, seed + 10)};
}

/// A problem that has been prepared, and the objective at a random point.
struct Prepared {
  LogisticData<double> data;
  LogisticOptions options;
  Monitor monitor;
  LogisticProblem<double> problem;
  LogisticObjective<double> objective;
  LogisticPoint at;

  explicit Prepared(const MultinomialCase& source)
      : data(source.data()),
        problem(data, options, monitor),
        objective((problem.prepare(), problem.set_alpha(source.alpha), problem), problem.rows()),
        at(objective.new_point()) {
    const auto start = random_values(problem.size(), 331);
    std::copy(start.begin(), start.end(), at.theta.begin());
    objective.evaluate(at);
  }

  /// The Hessian times a direction, by differences of gradients.
  Buffer<double> hessian_times(const Buffer<double>& direction) {
    constexpr double h = 1e-5;
    auto ahead = objective.new_point();
    auto behind = objective.new_point();
    for (Index a = 0; a < problem.size(); ++a) {
      ahead.theta[a] = at.theta[a] + h * direction[a];
      behind.theta[a] = at.theta[a] - h * direction[a];
    }
    objective.evaluate(ahead);
    objective.evaluate(behind);
    Buffer<double> product(problem.size());
    for (Index a = 0; a < product.size(); ++a) {
      product[a] = (behind.slope[a] - ahead.slope[a]) / (2.0 * h);
    }
    return product;
  }
};

double dot(const Buffer<double>& a, const Buffer<double>& b) {
  double sum = 0.0;
  for (Index i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Compares solve(H v) with v for a direction v that sums to zero over the classes, as directions
/// do.
template <class Check>
void check_metric(Prepared& prepared, LogisticMetric& metric, const Check& check) {
  metric.refresh(prepared.at, prepared.problem.rows());
  Buffer<double> direction(prepared.problem.size());
  const auto values = random_values(prepared.problem.size(), 332);
  std::copy(values.begin(), values.end(), direction.begin());
  std::vector<double> centred(direction.begin(), direction.end());
  prepared.problem.centre_over_classes(centred);
  std::copy(centred.begin(), centred.end(), direction.begin());
  const auto product = prepared.hessian_times(direction);
  Buffer<double> solved(direction.size());
  metric.solve(product.data(), solved.data());
  check(direction, product, solved);
}

}  // namespace

TEST(logistic_multinomial, agrees_with_newton_in_long_double) {
  for (auto problem : both_sizes(320)) {
    check_fit(problem);
    problem.fit_intercept = false;
    check_fit(problem);
    problem.alpha = 1e-3;
    check_fit(problem, 1e-6);
    problem.alpha = 1e6;
    check_fit(problem);
  }
}

TEST(logistic_multinomial, options) {
  for (auto problem : both_sizes(322)) {
    problem.weight = random_weights(problem.x.rows, 323);
    problem.weight[5] = 0.0;
    check_fit(problem);
    problem.factors = random_weights(problem.x.cols, 324);
    problem.factors[0] = 0.0;
    problem.factors[1] = inf;
    check_fit(problem);
    problem.prior = random_values(problem.n_classes * problem.x.cols, 325);
    check_fit(problem);
    problem.offset = random_values(problem.n_classes * problem.x.rows, 326);
    check_fit(problem);
  }
}

TEST(logistic_multinomial, float_features) {
  for (const auto& problem : both_sizes(327)) check_fit<float>(problem);
}

TEST(logistic_multinomial, coefficients_and_intercepts_sum_to_zero) {
  for (const auto& problem : both_sizes(328)) {
    const auto got = fit(problem);
    double sum = 0.0;
    for (const double b : got.intercept) sum += b;
    CHECK_CLOSE(sum, 0.0, 1e-12);
    for (Index j = 0; j < problem.x.cols; ++j) {
      sum = 0.0;
      for (Index k = 0; k < problem.n_classes; ++k) sum += got.coef[k * problem.x.cols + j];
      CHECK_CLOSE(sum, 0.0, 1e-12);
    }
  }
}

TEST(logistic_multinomial, bits_do_not_depend_on_threads) {
  const auto problem = random_multinomial(3000, 60, 8, 329);
  const auto alone = fit(problem, {.n_threads = 1});
  const auto team = fit(problem, {.n_threads = 3});
  CHECK(alone.coef == team.coef);
  CHECK(alone.intercept == team.intercept);
}

TEST(logistic_multinomial, separable_classes_with_a_penalty) {
  auto problem = random_multinomial(200, 12, 6, 330);
  for (Index i = 0; i < problem.x.rows; ++i) problem.x(i, problem.label[i]) += 4.0;
  problem.alpha = 1e-2;
  check_fit(problem, 1e-7);
}

TEST(logistic_multinomial, whole_hessian_is_inverted) {
  for (auto source : both_sizes(333)) {
    source.weight = random_weights(source.x.rows, 334);
    Prepared prepared(source);
    MultinomialHessian<double> metric(prepared.problem);
    check_metric(prepared, metric, [](const auto& direction, const auto&, const auto& solved) {
      for (Index a = 0; a < direction.size(); ++a) CHECK_CLOSE(solved[a], direction[a], 1e-6);
    });
  }
}

TEST(logistic_multinomial, hessian_of_drawn_rows_is_near_the_hessian) {
  for (const Index p : {12, 60}) {  // products in double, and in float
    const Case columns(p, "columns");
    auto source = random_multinomial(8000, p, 5, 336);
    source.weight = random_weights(source.x.rows, 337);
    Prepared prepared(source);
    using Hessian = MultinomialHessian<double>;
    Hessian metric(prepared.problem, Hessian::Rows::drawn);
    const Hessian whole(prepared.problem);
    CHECK(metric.cost() < 0.7 * whole.cost());
    check_metric(prepared, metric,
                 [](const auto& direction, const auto& product, const auto& solved) {
                   const double curvature = dot(direction, product);
                   CHECK_CLOSE(dot(product, solved) / curvature, 1.0, 0.25);
                   double error = 0.0;
                   for (Index a = 0; a < direction.size(); ++a) {
                     error += std::pow(solved[a] - direction[a], 2.0);
                   }
                   CHECK_CLOSE(std::sqrt(error / dot(direction, direction)), 0.0, 0.5);
                 });
    CHECK(metric.rcond() > 1e-4);
    CHECK(metric.rcond() <= 1.0);
  }
}

TEST(logistic_multinomial, hessian_of_few_rows_is_not_drawn) {
  for (const auto& source : both_sizes(338)) {
    Prepared prepared(source);
    using Hessian = MultinomialHessian<double>;
    Hessian metric(prepared.problem, Hessian::Rows::drawn);
    check_metric(prepared, metric, [](const auto& direction, const auto&, const auto& solved) {
      for (Index a = 0; a < direction.size(); ++a) CHECK_CLOSE(solved[a], direction[a], 1e-6);
    });
  }
}

TEST(logistic_multinomial, hessian_of_equal_columns_is_factored_in_double) {
  auto source = random_multinomial(400, 60, 4, 339);
  for (Index i = 0; i < source.x.rows; ++i) source.x(i, 1) = source.x(i, 0);
  source.alpha = 0.0;
  Prepared prepared(source);
  using Hessian = MultinomialHessian<double>;
  Hessian metric(prepared.problem, Hessian::Rows::drawn);
  metric.refresh(prepared.at, prepared.problem.rows());
  CHECK(metric.rcond() < 1e-12);
  Buffer<double> step(prepared.problem.size());
  metric.solve(prepared.at.slope.data(), step.data());
  CHECK(dot(step, prepared.at.slope) > 0.0);
}

// Many passes would be needed with the blocks of classes alone.
TEST(logistic_multinomial, certain_classes_take_few_passes) {
  auto problem = random_multinomial(900, 40, 6, 340);
  for (Index i = 0; i < problem.x.rows; ++i) {
    for (Index j = 0; j < 4; ++j) problem.x(i, 4 * problem.label[i] + j) += 2.0;
  }
  for (const double alpha : {1e-4, 1e-2, 1.0}) {
    problem.alpha = alpha;
    const auto got = fit(problem);
    CHECK_EQUAL(got.info.status, Status::converged);
    CHECK(got.info.gap < 1e-9);
    CHECK(got.info.n_passes < 100);
  }
  problem.alpha = 1e-2;
  check_fit(problem, 1e-7);
}

TEST(logistic_multinomial, class_wise_blocks_are_near_the_hessian) {
  for (const Index n : {150, 5000}) {
    const Case rows(n, "rows");
    const auto source = random_multinomial(n, 12, 6, 335);
    Prepared prepared(source);
    ClasswiseHessian<double> metric(prepared.problem);
    check_metric(prepared, metric,
                 [](const auto& direction, const auto& product, const auto& solved) {
                   const double curvature = dot(direction, product);
                   const double measured = dot(product, solved);  // equal for the Hessian itself
                   CHECK_CLOSE(std::log(measured / curvature), 0.0, 0.9);
                 });
  }
}

}  // namespace elltwo::test
