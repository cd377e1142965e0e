#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "check.hpp"
#include "elltwo/ridge.hpp"
#include "elltwo/rolling.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

struct Fitted {
  Fitted(Index n, Index targets, Index p)
      : coef(n * targets * p),
        intercept(n * targets),
        prediction(n * targets),
        variance(n * targets),
        n_rows(n) {}

  RollingResults results() {
    return {.coef = coef,
            .intercept = intercept,
            .prediction = prediction,
            .residual_variance = variance,
            .n_rows = n_rows};
  }

  std::vector<double> coef;
  std::vector<double> intercept;
  std::vector<double> prediction;
  std::vector<double> variance;
  std::vector<std::int64_t> n_rows;
};

template <Real T>
void check_steps(const RollingOptions& options, Index n, Index p, Index targets, double alpha) {
  const Case which(n, "rows,", p, "features,", targets, "targets, window", options.window);
  const auto x = converted<T>(random_matrix(n, p, 11));
  const auto y = random_matrix(n, targets, 12);
  const RollingData<T> data{
      .x = x.view(), .y = y.view(), .alpha = alpha, .penalty_factors = {}, .sample_weight = {}};
  Fitted fit(n, targets, p);
  Monitor monitor;
  const auto info = ridge_rolling(data, options, monitor, fit.results());
  CHECK_EQUAL(info.status, Status::converged);
  for (Index i = 0; i < n; ++i) {
    const Index first = options.window > 0 ? std::max<Index>(0, i + 1 - options.window) : 0;
    const Index rows = i + 1 - first;
    CHECK_EQUAL(fit.n_rows[i], rows);
    if (rows < options.min_periods) {
      CHECK(std::isnan(fit.coef[i * targets * p]));
      continue;
    }
    std::vector<double> weight;
    for (Index k = first; k <= i; ++k) weight.push_back(std::exp2((k - i) / options.half_life));
    std::vector<double> coef(targets * p);
    std::vector<double> intercept(targets);
    ridge<T>({.x = row_major(x.row(first), rows, p),
              .y = row_major(y.row(first), rows, targets),
              .alpha = {&alpha, 1},
              .penalty_factors = {},
              .prior_mean = {},
              .sample_weight = weight},
             {.fit_intercept = options.fit_intercept}, monitor, coef, intercept);
    for (Index k = 0; k < targets * p; ++k) {
      CHECK_CLOSE(fit.coef[i * targets * p + k], coef[k], 1e-11);
    }
    for (Index t = 0; t < targets; ++t) {
      CHECK_CLOSE(fit.intercept[i * targets + t], intercept[t], 1e-11);
    }
  }
}

TEST(rolling, every_step_is_a_ridge_fit) {
  for (const Index p : {1, 3, 8, 12, 13, 17}) {
    for (const Index targets : {1, 3}) {
      for (const Index n : {1, 37, 130}) {
        check_steps<double>({.window = 20, .min_periods = 4}, n, p, targets, 0.5);
        check_steps<double>({.min_periods = 2}, n, p, targets, 0.5);
        check_steps<float>({.half_life = 9.0}, n, p, targets, 0.5);
        check_steps<double>({.window = 7, .fit_intercept = false}, n, p, targets, 0.5);
      }
    }
  }
}

TEST(rolling, least_squares_of_few_rows_has_minimum_norm) {
  check_steps<double>({.window = 6}, 40, 9, 1, 0.0);
  check_steps<double>({}, 40, 9, 2, 0.0);
}

// Windows that lose no row, one, or many from one step to the next.
std::vector<Index> irregular_starts(Index n) {
  const auto random = random_matrix(n, 1, 5);
  std::vector<Index> starts(n);
  for (Index i = 1; i < n; ++i) {
    const double leap = random.values[i];
    const Index gone = leap > 1.5 ? 25 : leap > 0.0 ? 2 : 0;
    starts[i] = std::min(i, starts[i - 1] + gone);
  }
  return starts;
}

template <Real T>
void check_starts(Index n, Index p, Index targets, double alpha) {
  const Case which(n, "rows,", p, "features,", targets, "targets, irregular windows");
  const auto x = converted<T>(random_matrix(n, p, 11));
  const auto y = random_matrix(n, targets, 12);
  const auto starts = irregular_starts(n);
  const RollingData<T> data{.x = x.view(),
                            .y = y.view(),
                            .alpha = alpha,
                            .penalty_factors = {},
                            .sample_weight = {},
                            .starts = starts};
  Fitted fit(n, targets, p);
  Monitor monitor;
  CHECK_EQUAL(ridge_rolling(data, {}, monitor, fit.results()).status, Status::converged);
  std::vector<double> coef(targets * p);
  std::vector<double> intercept(targets);
  for (Index i = 0; i < n; ++i) {
    const Index rows = i + 1 - starts[i];
    CHECK_EQUAL(fit.n_rows[i], rows);
    ridge<T>({.x = row_major(x.row(starts[i]), rows, p),
              .y = row_major(y.row(starts[i]), rows, targets),
              .alpha = {&alpha, 1},
              .penalty_factors = {},
              .prior_mean = {},
              .sample_weight = {}},
             {}, monitor, coef, intercept);
    for (Index k = 0; k < targets * p; ++k) {
      CHECK_CLOSE(fit.coef[i * targets * p + k], coef[k], 1e-11);
    }
  }
}

TEST(rolling, windows_of_given_starts_are_ridge_fits) {
  for (const Index n : {1, 9, 300}) {
    check_starts<double>(n, 3, 1, 0.5);
    check_starts<double>(n, 9, 2, 0.5);
    check_starts<float>(n, 4, 1, 0.5);
    check_starts<double>(n, 3, 1, 0.0);
  }
}

TEST(rolling, starts_one_apart_give_the_bits_of_a_window) {
  const Index n = 500;
  const auto x = random_matrix(n, 5, 1);
  const auto y = random_matrix(n, 1, 2);
  RollingData<double> data{
      .x = x.view(), .y = y.view(), .alpha = 1.0, .penalty_factors = {}, .sample_weight = {}};
  Fitted by_rows(n, 1, 5);
  Fitted by_starts(n, 1, 5);
  Monitor monitor;
  ridge_rolling(data, {.window = 30}, monitor, by_rows.results());
  std::vector<Index> starts(n);
  for (Index i = 0; i < n; ++i) starts[i] = std::max<Index>(0, i - 29);
  data.starts = starts;
  ridge_rolling(data, {}, monitor, by_starts.results());
  for (Index k = 0; k < 5 * n; ++k) CHECK_EQUAL(by_starts.coef[k], by_rows.coef[k]);
}

TEST(rolling, refuses_what_is_out_of_range) {
  const auto x = random_matrix(10, 2, 1);
  const auto y = random_matrix(10, 1, 2);
  const RollingData<double> data{
      .x = x.view(), .y = y.view(), .alpha = 1.0, .penalty_factors = {}, .sample_weight = {}};
  Fitted fit(10, 1, 2);
  Monitor monitor;
  const auto run = [&](const RollingOptions& options) {
    ridge_rolling(data, options, monitor, fit.results());
  };
  CHECK_THROWS(std::invalid_argument, "window", run({.window = -1}));
  CHECK_THROWS(std::invalid_argument, "half_life", run({.half_life = 0.0}));
  CHECK_THROWS(std::invalid_argument, "half_life", run({.half_life = nan}));
  CHECK_THROWS(std::invalid_argument, "half_life", run({.window = 3, .half_life = 2.0}));
  CHECK_THROWS(std::invalid_argument, "min_periods", run({.min_periods = 0}));
  CHECK_THROWS(std::invalid_argument, "min_periods", run({.window = 3, .min_periods = 4}));
  auto timed = data;
  const auto run_starts = [&](const std::vector<Index>& starts, const RollingOptions& options) {
    timed.starts = starts;
    ridge_rolling(timed, options, monitor, fit.results());
  };
  CHECK_THROWS(std::invalid_argument, "starts must have length 10, got 3",
               run_starts({0, 1, 2}, {}));
  const std::vector<Index> good(10);
  CHECK_THROWS(std::invalid_argument, "starts must be empty", run_starts(good, {.window = 3}));
  CHECK_THROWS(std::invalid_argument, "starts must be empty", run_starts(good, {.half_life = 3.0}));
  auto bad = good;
  bad[4] = 5;
  CHECK_THROWS(std::invalid_argument, "starts must be in [0, 4] at row 4, got 5",
               run_starts(bad, {}));
  bad[4] = 2;
  CHECK_THROWS(std::invalid_argument, "starts must be in [2, 5] at row 5, got 0",
               run_starts(bad, {}));
}

TEST(rolling, stops_when_told_to) {
  const auto row = random_matrix(1, 20, 3);
  const Index n = 200'000;
  const auto y = random_matrix(n, 1, 4);
  const RollingData<double> data{.x = {row.values.data(), n, 20, 0, 1},
                                 .y = y.view(),
                                 .alpha = 1.0,
                                 .penalty_factors = {},
                                 .sample_weight = {}};
  Fitted fit(n, 1, 20);
  std::vector<Index> starts(n);
  for (Index i = 0; i < n; ++i) starts[i] = std::max<Index>(0, i - 99);
  auto timed = data;
  timed.starts = starts;
  for (const Index window : {0, 100, -1}) {
    for (const int n_threads : {1, 2}) {
      StopAt first;
      Monitor monitor = first.impatient_monitor();
      const auto info = ridge_rolling(
          window < 0 ? timed : data, {.window = std::max<Index>(0, window), .n_threads = n_threads},
          monitor, fit.results());
      CHECK_EQUAL(info.status, Status::interrupted);
      CHECK(!first.polled_elsewhere);
    }
  }
}

}  // namespace
}  // namespace elltwo::test
