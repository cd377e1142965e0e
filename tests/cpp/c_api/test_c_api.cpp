#include <array>
#include <string>

#include "check.hpp"
#include "elltwo/c_api.h"
#include "elltwo/ridge.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

const elltwo_api& api() { return *elltwo_get_api(); }

struct Fit {
  int status = 0;
  std::vector<double> coef;
  double intercept = nan;
};

Fit ridge_through_c(Index n, Index p, const double* x, const double* y, double alpha) {
  Fit fit{.coef = std::vector<double>(static_cast<std::size_t>(p), nan)};
  fit.status = api().ridge(n, p, x, p, 1, y, 1, alpha, 1, fit.coef.data(), &fit.intercept);
  return fit;
}

}  // namespace

TEST(c_api, table_says_what_it_is) {
  CHECK_EQUAL(api().abi_version, static_cast<int>(ELLTWO_ABI_VERSION));
  CHECK_EQUAL(api().size, sizeof(elltwo_api));
}

TEST(c_api, ridge_on_either_road) {
  for (const Index p : {4, 40}) {
    const Index n = 3 * p;
    const auto x = random_values(n * p, 1501);
    const auto y = random_values(n, 1502);
    const auto fit = ridge_through_c(n, p, x.data(), y.data(), 0.5);
    CHECK_EQUAL(fit.status, static_cast<int>(ELLTWO_OK));
    const double alpha = 0.5;
    const RidgeData<double> data{
        .x = row_major(x.data(), n, p), .y = row_major(y.data(), n, 1), .alpha = {&alpha, 1}};
    std::vector<double> coef(static_cast<std::size_t>(p));
    double intercept = nan;
    Monitor monitor;
    ridge(data, {}, monitor, coef, {&intercept, 1});
    CHECK_CLOSE(relative_error(fit.coef, coef), 0.0, 1e-13);
    CHECK_CLOSE(fit.intercept, intercept, 1e-13);
  }
}

TEST(c_api, targets_and_batches_without_options) {
  const Index n = 12, p = 3;
  const auto x = random_values(n * p, 1503);
  const auto y = random_values(n, 1504);
  const auto one = ridge_through_c(n, p, x.data(), y.data(), 2.0);
  const double alpha = 2.0;
  std::array<double, 3> coef{};
  double intercept = nan, optimality = nan, rcond = nan;
  CHECK_EQUAL(
      api().ridge_targets(n, p, 1, x.data(), p, 1, y.data(), 1, 1, &alpha, 0, nullptr, nullptr,
                          nullptr, 1, 1, coef.data(), &intercept, &optimality, &rcond),
      static_cast<int>(ELLTWO_OK));
  CHECK_CLOSE(relative_error(coef, one.coef), 0.0, 1e-13);
  CHECK(optimality < 1e-13 && rcond > 0.0);
  const std::array<Index, 2> starts{0, n};
  CHECK_EQUAL(
      api().ridge_batch(1, n, p, 1, x.data(), 0, p, 1, y.data(), 0, 1, 1, starts.data(), &alpha, 1,
                        nullptr, nullptr, nullptr, 1, 1, coef.data(), &intercept, nullptr, nullptr),
      static_cast<int>(ELLTWO_OK));
  CHECK_CLOSE(relative_error(coef, one.coef), 0.0, 1e-13);
  CHECK_CLOSE(intercept, one.intercept, 1e-13);
}

TEST(c_api, definite_systems_of_every_size) {
  for (const Index n : {1, 2, 31, 32, 33, 70}) {
    const Case shape(n);
    std::vector<double> a(static_cast<std::size_t>(n * n), 0.25);
    for (Index i = 0; i < n; ++i) a[static_cast<std::size_t>(i * (n + 1))] = 1.0;
    // All rows add up to 1 + (n - 1) / 4.
    std::vector<double> b(static_cast<std::size_t>(n), 1.0 + 0.25 * static_cast<double>(n - 1));
    double rcond = nan;
    CHECK_EQUAL(api().posdef_solve(n, 1, a.data(), n, b.data(), 1, 1, &rcond),
                static_cast<int>(ELLTWO_OK));
    for (const double value : b) CHECK_CLOSE(value, 1.0, 1e-13);
    CHECK(rcond > 1e-3 && rcond <= 1.0 + 1e-12);
    CHECK_EQUAL(api().cholesky_factor(n, a.data(), n, a.data(), n, nullptr),
                static_cast<int>(ELLTWO_OK));
    CHECK_EQUAL(api().cholesky_solve(n, 1, a.data(), n, b.data(), 1, 1),
                static_cast<int>(ELLTWO_OK));
  }
}

TEST(c_api, exceptions_become_statuses) {
  const double x = nan, y = 1.0;
  CHECK_EQUAL(ridge_through_c(1, 1, &x, &y, 1.0).status, static_cast<int>(ELLTWO_INVALID_ARGUMENT));
  CHECK_EQUAL(std::string(api().message()), "X contains NaN at row 0, column 0");
  CHECK_EQUAL(ridge_through_c(1, 1, nullptr, &y, 1.0).status,
              static_cast<int>(ELLTWO_INVALID_ARGUMENT));
  CHECK_EQUAL(std::string(api().message()), "x must not be NULL");
  double a = 0.0, b = 1.0;
  CHECK_EQUAL(api().posdef_solve(1, 1, &a, 1, &b, 1, 1, nullptr),
              static_cast<int>(ELLTWO_NOT_POSITIVE_DEFINITE));
}

}  // namespace elltwo::test
