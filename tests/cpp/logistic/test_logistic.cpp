#include <algorithm>
#include <cmath>

#include "check.hpp"
#include "elltwo/logistic.hpp"
#include "support/layouts.hpp"
#include "support/logistic_reference.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

struct Path {
  std::vector<double> coef, intercept;
  std::vector<LogisticInfo> infos;
};

struct Request {
  std::vector<double> alphas{1.0};
  LogisticOptions options{};
  Box box{};
  bool bounded = false;
};

template <Real T>
Path fit(const LogisticData<T>& data, const Request& request, Monitor& monitor) {
  const auto n = request.alphas.size();
  const auto outputs = static_cast<std::size_t>(data.n_outputs());
  Path path{std::vector<double>(n * outputs * static_cast<std::size_t>(data.x.cols)),
            std::vector<double>(n * outputs),
            {}};
  path.infos = request.bounded
                   ? bounded_logistic_path(data, request.box, request.alphas, request.options,
                                           monitor, {}, path.coef, path.intercept)
                   : logistic_path(data, request.alphas, request.options, monitor, {}, path.coef,
                                   path.intercept);
  return path;
}

template <Real T>
Path fit(const LogisticData<T>& data, const Request& request = {}) {
  Monitor monitor;
  return fit(data, request, monitor);
}

LogisticOptions on(int n_threads) { return {.n_threads = n_threads}; }

MultinomialCase two_classes(Index n, Index p, std::uint64_t seed) {
  return random_multinomial(n, p, 2, seed);
}

// With b_1 = -b_0 = b / 2 the penalty of two classes is half that of b.
std::vector<Wide> reference_binomial(MultinomialCase problem) {
  const auto double_up = [](std::vector<double>& values, double second, Index stride) {
    std::vector<double> both;
    for (std::size_t i = 0; i < values.size(); i += static_cast<std::size_t>(stride)) {
      for (const double sign : {second - 1.0, second}) {
        for (Index j = 0; j < stride; ++j)
          both.push_back(sign * values[i + static_cast<std::size_t>(j)]);
      }
    }
    values = std::move(both);
  };
  problem.alpha *= 2.0;
  if (!problem.prior.empty()) double_up(problem.prior, 0.5, problem.x.cols);
  if (!problem.offset.empty()) double_up(problem.offset, 0.5, 1);
  const auto both = reference_multinomial(problem);
  const auto cols = static_cast<std::size_t>(problem.x.cols + 1);
  std::vector<Wide> b(cols);
  for (std::size_t j = 0; j < cols; ++j) b[j] = both[cols + j] - both[j];
  return b;
}

void check_close(const Path& got, const std::vector<Wide>& wanted, double tolerance) {
  for (const auto& info : got.infos) {
    CHECK_EQUAL(info.status, Status::converged);
    CHECK(info.optimality <= info.tolerance);
  }
  for (std::size_t j = 0; j < got.coef.size(); ++j) CHECK_CLOSE(got.coef[j], wanted[j], tolerance);
  CHECK_CLOSE(got.intercept[0], wanted.back(), tolerance);
}

MultinomialCase with_options(MultinomialCase problem) {
  const Index n = problem.x.rows;
  const Index p = problem.x.cols;
  problem.weight = random_weights(n, 621);
  problem.offset = random_values(n, 622);
  problem.prior = random_values(p, 623);
  problem.factors = random_weights(p, 624);
  return problem;
}

const Index shapes[][2] = {{90, 6}, {20, 40}};

Request boxed(const std::vector<double>& lower, const std::vector<double>& upper) {
  return {.box = {lower, upper}, .bounded = true};
}

}  // namespace

TEST(logistic, binary_layouts) {
  for (const auto& shape : shapes) {
    const auto problem = two_classes(shape[0], shape[1], 611);
    const auto wanted = reference_binomial(problem);
    const std::vector<double> loose(static_cast<std::size_t>(shape[1]), 50.0);
    for (const auto& layout : layouts) {
      const Case which(layout.name, shape[0], 'x', shape[1]);
      auto data = problem.data();
      const auto wide = lay_out<double>(layout, problem.x);
      data.x = wide.view;
      check_close(fit(data), wanted, 1e-9);
      check_close(fit(data, boxed({}, loose)), wanted, 1e-9);
      const auto narrow = lay_out<float>(layout, problem.x);
      check_close(fit(LogisticData<float>{.x = narrow.view, .label = problem.label}), wanted, 1e-9);
    }
  }
}

TEST(logistic, binary_options) {
  for (const auto& shape : shapes) {
    const Case which(shape[0], 'x', shape[1]);
    const auto problem = with_options(two_classes(shape[0], shape[1], 612));
    const std::vector<double> loose(static_cast<std::size_t>(shape[1]), -50.0);
    check_close(fit(problem.data()), reference_binomial(problem), 1e-9);
    check_close(fit(problem.data(), boxed(loose, {})), reference_binomial(problem), 1e-9);
  }
}

TEST(logistic, weights_of_zero_and_rows_leave_rows_out) {
  const auto all = two_classes(60, 4, 613);
  MultinomialCase part{.x = Matrix<double>(40, 4), .label = {}, .n_classes = 2};
  std::vector<Index> rows;
  auto weighted = all;
  weighted.weight.assign(60, 0.0);
  for (Index k = 0; k < 40; ++k) {
    rows.push_back(k);
    weighted.weight[static_cast<std::size_t>(k)] = 1.0;
    part.label.push_back(all.label[static_cast<std::size_t>(k)]);
    std::copy_n(all.x.row(k), 4, part.x.row(k));
  }
  weighted.x(50, 1) = nan;  // rows of weight zero are not read
  const auto wanted = reference_binomial(part);
  auto chosen = weighted.data();
  chosen.sample_weight = {};
  chosen.rows = rows;
  const std::vector<double> loose(4, 50.0);
  for (const auto& data : {weighted.data(), chosen}) {
    check_close(fit(data), wanted, 1e-9);
    check_close(fit(data, boxed({}, loose)), wanted, 1e-9);
  }
}

TEST(logistic, bits_do_not_depend_on_threads) {
  for (const Index n_classes : {2, 3}) {
    for (const auto& shape : {std::pair<Index, Index>{6000, 30}, {150, 700}}) {
      const Case which(n_classes, "classes,", shape.first, 'x', shape.second);
      const auto problem = random_multinomial(shape.first, shape.second, n_classes, 614);
      const std::vector<double> lower(static_cast<std::size_t>(shape.second), -0.05);
      for (auto request : {Request{}, boxed(lower, {})}) {
        request.alphas = {10.0, 1.0};
        request.options = on(1);
        const auto one = fit(problem.data(), request);
        for (const int n_threads : {2, 3}) {
          request.options = on(n_threads);
          const auto many = fit(problem.data(), request);
          CHECK(same_bits(one.coef, many.coef));
          CHECK(same_bits(one.intercept, many.intercept));
        }
      }
    }
  }
}

TEST(logistic, infinite_alpha_in_a_path) {
  auto problem = two_classes(60, 4, 615);
  problem.prior = {0.1, -0.2, 0.3, 0.0};
  const std::vector<double> lower(4, -0.3), upper(4, 0.3);
  for (auto request : {Request{}, boxed(lower, upper)}) {
    request.alphas = {1.0, inf, 1.0};
    const auto path = fit(problem.data(), request);
    CHECK(same_bits({path.coef.data() + 4, 4}, problem.prior));
    for (Index j = 0; j < 4; ++j) CHECK_CLOSE(path.coef[8 + j], path.coef[j], 1e-9);
    for (const auto& info : path.infos) CHECK_EQUAL(info.status, Status::converged);
  }
}

// One row of class 1, which the prior mean gives to all rows whose feature is not zero.
TEST(logistic, prior_means_that_saturate_every_row) {
  MultinomialCase problem{.x = Matrix<double>(40, 1), .label = {}, .n_classes = 2};
  const auto noise = random_values(40, 625);
  for (Index i = 0; i < 40; ++i) {
    problem.x.row(i)[0] = i % 2 == 0 ? 0.0 : 7.5 + noise[static_cast<std::size_t>(i)];
    problem.label.push_back(i == 0 ? 1 : 0);
  }
  const double null_loss = std::log(40.0) + 39.0 * std::log(40.0 / 39.0);
  for (const double prior : {2.0, 20.0}) {
    const Case which("prior mean of ", prior);
    problem.prior = {prior};
    const std::vector<double> loose{1e9};
    for (const auto& request : {Request{}, boxed({}, loose)}) {
      const auto got = fit(problem.data(), request);
      CHECK_EQUAL(got.infos[0].status, Status::converged);
      CHECK(got.infos[0].objective < null_loss + 0.5 * prior * prior);
    }
  }
}

TEST(logistic, separable_classes_without_a_penalty) {
  for (const Index n_classes : {2, 3}) {
    MultinomialCase problem{.x = Matrix<double>(12, 2), .label = {}, .n_classes = n_classes};
    for (Index i = 0; i < 12; ++i) {
      problem.label.push_back(static_cast<std::int32_t>(i % n_classes));
      problem.x(i, 0) = static_cast<double>(i % n_classes);
      problem.x(i, 1) = std::sin(static_cast<double>(i));
    }
    const std::vector<double> none(2, -inf), far(2, -1e9), near(2, 2.0), minus(2, -2.0);
    for (auto request : {Request{.alphas = {0.0}}, boxed(far, {})}) {
      request.alphas = {0.0};
      const auto path = fit(problem.data(), request);
      CHECK_EQUAL(path.infos[0].status, Status::separable);
      for (const double b : path.coef) CHECK(std::isfinite(b));
    }
    auto request = boxed(minus, near);
    request.alphas = {0.0};
    const auto path = fit(problem.data(), request);
    CHECK_EQUAL(path.infos[0].status, Status::converged);
    CHECK_EQUAL(path.coef[static_cast<std::size_t>(n_classes == 2 ? 0 : 4)], 2.0);
  }
}

// So many rows have a kernel in float, which is formed again in double.
TEST(logistic, wide_without_a_penalty_or_steps_is_finite) {
  const auto problem = two_classes(260, 300, 618);
  const auto path = fit(problem.data(), {.alphas = {0.0}, .options = {.max_iter = 0}});
  CHECK_EQUAL(path.infos[0].status, Status::max_iter_reached);
  for (const double b : path.coef) CHECK(std::isfinite(b));
  CHECK(std::isfinite(path.intercept[0]));
}

TEST(logistic, stops) {
  for (const auto& shape : shapes) {
    const auto problem = two_classes(shape[0], shape[1], 616);
    const std::vector<double> lower(static_cast<std::size_t>(shape[1]), -0.1);
    for (auto request : {Request{.alphas = {2.0, 1.0}}, boxed(lower, {})}) {
      request.alphas = {2.0, 1.0};
      StopAt first;
      Monitor monitor = first.impatient_monitor();
      const auto path = fit(problem.data(), request, monitor);
      for (const auto& info : path.infos) CHECK_EQUAL(info.status, Status::interrupted);
      CHECK_EQUAL(first.polls, 1);
      CHECK(!first.polled_elsewhere);
    }
  }
}

TEST(logistic, classes_without_rows_have_the_intercept_of_the_limit) {
  for (const Index n_classes : {2, 3}) {
    auto problem = two_classes(20, 3, 619);
    problem.label.assign(20, 1);
    auto data = problem.data();
    data.n_classes = n_classes;
    const std::vector<double> lower(3, -1.0);
    for (const auto& request : {Request{.alphas = {1.0}}, boxed(lower, {})}) {
      const auto path = fit(data, request);
      CHECK_EQUAL(path.infos[0].status, Status::converged);
      CHECK_EQUAL(path.infos[0].n_empty_classes, static_cast<int>(n_classes) - 1);
      CHECK_EQUAL(path.intercept[0], n_classes == 2 ? 1e30 : -1e30);
      for (const double b : path.coef) CHECK_EQUAL(b, 0.0);
    }
  }
}

TEST(logistic, invalid) {
  const auto good = two_classes(20, 3, 617);
  const auto refused = [&](const char* part, auto change) {
    auto problem = good;
    change(problem);
    CHECK_THROWS(std::invalid_argument, part, fit(problem.data()));
    CHECK_THROWS(std::invalid_argument, part, fit(problem.data(), boxed({}, {1.0, 1.0, 1.0})));
  };
  refused("label must be in [0, 2), got 2 at row 4", [](auto& c) { c.label[4] = 2; });
  refused("label must be in [0, 2), got -1", [](auto& c) { c.label[4] = -1; });
  refused("label must have 20 values", [](auto& c) { c.label.pop_back(); });
  refused("offset must have 20 values, got 3", [](auto& c) { c.offset = {1, 2, 3}; });
  refused("offset must be finite", [](auto& c) { c.offset.assign(20, nan); });
  refused("penalty_factors", [](auto& c) { c.factors = {1.0, -1.0, 1.0}; });
  refused("prior_mean", [](auto& c) { c.prior = {1.0, inf, 1.0}; });
  refused("sample_weight", [](auto& c) { c.weight.assign(20, -1.0); });
  refused("X", [](auto& c) { c.x(7, 1) = nan; });
  refused("X", [](auto& c) { c.x(7, 1) = inf; });
  CHECK_THROWS(std::invalid_argument, "alpha", fit(good.data(), {.alphas = {-1.0}}));
  CHECK_THROWS(std::invalid_argument, "lower <= upper, got 2 and 1 at feature 0",
               fit(good.data(), boxed({2.0, 0.0, 0.0}, {1.0, 1.0, 1.0})));
}

}  // namespace elltwo::test
