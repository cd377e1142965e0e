#include <cmath>
#include <tuple>
#include <vector>

#include "check.hpp"
#include "elltwo/batch_adjoint.hpp"
#include "support/reference.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

/// Problems one below the other, with gradients of their answers.
struct Tasks {
  Index count, n, p, t;
  Matrix<double> x, y;
  std::vector<double> alpha, upstream_coef, upstream_intercept;

  Tasks(Index count_, Index n_, Index p_, Index t_)
      : count(count_),
        n(n_),
        p(p_),
        t(t_),
        x(random_matrix(count * n, p, 1701)),
        y(random_matrix(count * n, t, 1702)),
        upstream_coef(random_matrix(count * t, p, 1703).values),
        upstream_intercept(random_matrix(count, t, 1704).values) {
    for (Index k = 0; k < count; ++k) alpha.push_back(0.5 + static_cast<double>(k));
  }

  BatchData<double> data() const {
    return {.n_problems = count,
            .x = row_major(x.values.data(), n, p),
            .x_stride = n * p,
            .y = row_major(y.values.data(), n, t),
            .y_stride = n * t,
            .alpha = alpha};
  }

  /// The scalar of which the gradients of the answers are given, by another solver.
  double value(bool fit_intercept) const {
    std::vector<double> coef(count * t * p), intercept(count * t);
    ridge_batch(data(), RidgeOptions{.fit_intercept = fit_intercept}, {coef, intercept});
    double sum = 0.0;
    for (std::size_t e = 0; e < coef.size(); ++e) sum += coef[e] * upstream_coef[e];
    for (std::size_t e = 0; e < intercept.size(); ++e) sum += intercept[e] * upstream_intercept[e];
    return sum;
  }
};

/// What both functions write.
struct Layer {
  std::vector<double> coef, intercept, kept, x, y, alpha;

  Layer(const Tasks& tasks, const RidgeOptions& options, bool keep = true) {
    Monitor nobody;
    const auto data = tasks.data();
    coef.assign(tasks.upstream_coef.size(), nan);
    intercept.assign(tasks.upstream_intercept.size(), nan);
    kept.assign(keep ? tasks.count * direct_kept_size(tasks.n, tasks.p, tasks.t) : 0, 0.0);
    x.assign(tasks.x.values.size(), nan);
    y.assign(tasks.y.values.size(), nan);
    alpha.assign(tasks.count, nan);
    CHECK_EQUAL(ridge_batch_direct(data, options, nobody, {coef, intercept}, kept),
                Status::converged);
    const BatchUpstream upstream{tasks.upstream_coef, tasks.upstream_intercept, kept};
    CHECK_EQUAL(ridge_batch_adjoint<double>(data, options, upstream, nobody, {x, y, alpha}),
                Status::converged);
  }
};

}  // namespace

TEST(batch_adjoint, fits_are_those_of_ridge_batch) {
  const std::tuple<Index, Index, Index> shapes[] = {{25, 64, 2}, {40, 9, 2},   {6, 6, 2},
                                                    {1, 3, 2},   {3, 71, 11},  {75, 2, 9},
                                                    {23, 37, 6}, {130, 141, 5}};
  for (const auto& [n, p, t] : shapes) {
    const Case which("rows", n);
    const Tasks tasks(5, n, p, t);
    for (const bool fit_intercept : {true, false}) {
      const RidgeOptions options{.fit_intercept = fit_intercept};
      std::vector<double> coef(5 * t * p), intercept(5 * t);
      ridge_batch(tasks.data(), options, {coef, intercept});
      const Layer layer(tasks, options);
      CHECK_CLOSE(relative_error(layer.coef, coef), 0.0, 1e-13);
      for (std::size_t e = 0; e < intercept.size(); ++e) {
        CHECK_CLOSE(layer.intercept[e], intercept[e], 1e-12);
      }
    }
  }
}

TEST(batch_adjoint, gradients_are_limits_of_differences) {
  const std::tuple<Index, Index, Index> shapes[] = {{5, 8, 2}, {9, 3, 2}, {6, 41, 7}, {43, 2, 9}};
  for (const auto& [n, p, t] : shapes) {
    for (const bool fit_intercept : {true, false}) {
      Tasks tasks(2, n, p, t);
      const Layer layer(tasks, RidgeOptions{.fit_intercept = fit_intercept});
      const auto check = [&](std::vector<double>& values, const std::vector<double>& gradient) {
        for (std::size_t e = 0; e < values.size(); ++e) {
          const double middle = values[e], h = 1e-5;
          values[e] = middle + h;
          const double above = tasks.value(fit_intercept);
          values[e] = middle - h;
          const double below = tasks.value(fit_intercept);
          values[e] = middle;
          CHECK_CLOSE(gradient[e], (above - below) / (2.0 * h), 1e-7);
        }
      };
      check(tasks.x.values, layer.x);
      check(tasks.y.values, layer.y);
      check(tasks.alpha, layer.alpha);
    }
  }
}

TEST(batch_adjoint, what_is_kept_and_threads_change_no_bit) {
  for (const Index n : {25, 70}) {
    const Tasks tasks(400, n, 40, 3);
    const Layer one(tasks, RidgeOptions{.n_threads = 1});
    for (const bool keep : {true, false}) {
      const Layer other(tasks, RidgeOptions{.n_threads = 3}, keep);
      CHECK(one.coef == other.coef);
      CHECK(one.x == other.x);
      CHECK(one.y == other.y);
      CHECK(one.alpha == other.alpha);
    }
  }
}

TEST(batch_adjoint, problems_that_a_factor_does_not_serve) {
  Tasks tasks(3, 4, 6, 1);
  tasks.alpha = {1.0, 0.0, inf};
  std::vector<double> coef(18), intercept(3), kept(3 * direct_kept_size(4, 6, 1));
  Monitor nobody;
  ridge_batch_direct(tasks.data(), RidgeOptions{}, nobody, {coef, intercept}, kept);
  std::vector<double> wanted(18), shifts(3);
  ridge_batch(tasks.data(), RidgeOptions{}, {wanted, shifts});
  CHECK_CLOSE(relative_error(coef, wanted), 0.0, 1e-12);
  tasks.alpha = {1.0, 0.0, 2.0};
  CHECK_THROWS(std::invalid_argument, "alpha of problem 1 is too small for a derivative",
               Layer(tasks, RidgeOptions{}));
  tasks.alpha = {1.0, 1.0, inf};
  CHECK_THROWS(std::invalid_argument, "alpha must be finite", Layer(tasks, RidgeOptions{}));
  tasks.alpha = {1.0, 1.0, 1.0};
  tasks.upstream_coef[4] = nan;
  CHECK_THROWS(std::invalid_argument, "must be finite", Layer(tasks, RidgeOptions{}));
}

TEST(batch_adjoint, bad_values_name_the_first_problem) {
  Tasks tasks(300, 10, 4, 1);
  tasks.x(2995, 1) = nan;
  tasks.y(415, 0) = inf;
  for (const int n_threads : {1, 3}) {
    CHECK_THROWS(std::invalid_argument, "y of problem 41 contains infinity at row 5",
                 Layer(tasks, RidgeOptions{.n_threads = n_threads}));
  }
  const std::vector<double> weight(10, 1.0);
  const Tasks few(2, 10, 4, 1);
  auto data = few.data();
  data.sample_weight = weight;
  std::vector<double> coef(8), intercept(2);
  Monitor nobody;
  CHECK_THROWS(std::invalid_argument, "neither weights nor priors",
               ridge_batch_direct(data, RidgeOptions{}, nobody, {coef, intercept}));
}

TEST(batch_adjoint, stops_between_problems) {
  const Tasks tasks(20000, 25, 8, 1);
  for (const int n_threads : {1, 2}) {
    const RidgeOptions options{.n_threads = n_threads};
    std::vector<double> coef(20000 * 8, nan), intercept(20000);
    StopAt first;
    Monitor monitor = first.impatient_monitor();
    CHECK_EQUAL(ridge_batch_direct(tasks.data(), options, monitor, {coef, intercept}),
                Status::interrupted);
    CHECK(!first.polled_elsewhere);
    CHECK(std::isnan(coef.back()));
    std::vector<double> x(tasks.x.values.size(), nan), y(20000 * 25), alpha(20000);
    StopAt second;
    Monitor impatient = second.impatient_monitor();
    CHECK_EQUAL(ridge_batch_adjoint<double>(tasks.data(), options,
                                            {tasks.upstream_coef, tasks.upstream_intercept},
                                            impatient, {x, y, alpha}),
                Status::interrupted);
    CHECK(std::isnan(x.back()));
  }
}

}  // namespace elltwo::test
