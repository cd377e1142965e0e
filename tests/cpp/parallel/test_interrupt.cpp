#include <memory>

#include "check.hpp"
#include "elltwo/cross_validation.hpp"
#include "elltwo/ridge_path.hpp"
#include "gram/moments.hpp"
#include "gram/stream.hpp"
#include "linalg/posdef.hpp"
#include "parallel/interruption.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

constexpr Index endless = Index{1} << 40;

/// A few rows, repeated so often that a pass would take hours.
template <Real S>
MatrixView<S> repeated(const Matrix<S>& row) {
  return {row.values.data(), endless, row.cols, 0, 1};
}

template <Real S>
void check_gram_stops(Index p, int n_threads) {
  const Case which(p, "columns,", n_threads, "threads");
  const auto row = converted<S>(random_matrix(1, p, 401));
  StopAt first;
  Monitor monitor = first.monitor();
  CHECK(!completed([&] { gram<S, S>(Source<S>{.x = repeated(row)}, n_threads, monitor); }));
  CHECK_EQUAL(first.polls, 1);
  CHECK(!first.polled_elsewhere);
}

Buffer<double> identity(Index n) {
  auto a = Buffer<double>::zeros(n * n);
  for (Index i = 0; i < n; ++i) a[i * n + i] = 2.0;
  return a;
}

/// Every poll on the way is where a fit may be told to stop.
template <Real T>
void check_ridge_stops(const RidgeCase& problem, SolverChoice solver) {
  const auto x = converted<T>(problem.x);
  const RidgeData<T> data{.x = x.view(),
                          .y = problem.y.view(),
                          .alpha = problem.alpha,
                          .penalty_factors = problem.factors,
                          .prior_mean = problem.prior,
                          .sample_weight = problem.weight};
  auto options = problem.options();
  options.solver = solver;
  std::vector<double> coef(problem.x.cols);
  double intercept = 0.0;
  StopAt first;
  Monitor monitor = first.impatient_monitor();
  const auto info = ridge(data, options, monitor, coef, {&intercept, 1});
  CHECK_EQUAL(info.status, Status::interrupted);
  CHECK_EQUAL(first.polls, 1);
  CHECK(!first.polled_elsewhere);
}

/// Interrupts each call in turn, then repeats all of them: the coefficients must be those of a path
/// that was not interrupted. `make` returns a path that uses the given monitor.
template <class Make>
void check_path_survives(Index size, Make make) {
  const std::vector<double> alphas{10.0, 1e-9};
  std::vector<double> coef(2 * size), intercept(2);
  const auto call = [&](auto& path, int number) {
    return number == 0 ? path->decompose(1e-9) : path->coefficients(alphas, coef, intercept);
  };
  Monitor calm;
  const auto undisturbed = make(calm);
  for (int number = 0; number < 2; ++number) CHECK(call(undisturbed, number));
  const auto wanted = coef;
  for (int stopped = 0; stopped < 2; ++stopped) {
    const Case which("interrupted in call", stopped);
    Monitor monitor;
    const auto path = make(monitor);
    for (int number = 0; number < stopped; ++number) CHECK(call(path, number));
    StopAt first;
    monitor = first.impatient_monitor();
    CHECK(!call(path, stopped));
    monitor = Monitor();
    for (int number = 0; number < 2; ++number) CHECK(call(path, number));
    CHECK(same_bits(coef, wanted));
  }
}

}  // namespace

TEST(interrupt, gram_of_row_chunks) {
  for (const int n_threads : {1, 2, 5}) {
    check_gram_stops<double>(60, n_threads);
    check_gram_stops<float>(60, n_threads);
  }
}

TEST(interrupt, gram_of_two_halves) {
  for (const int n_threads : {1, 2, 3, 5}) {
    check_gram_stops<double>(330, n_threads);
    check_gram_stops<float>(400, n_threads);
  }
}

TEST(interrupt, gram_shared_by_threads) {
  for (const int n_threads : {1, 2, 3, 5}) {
    check_gram_stops<double>(750, n_threads);
    check_gram_stops<float>(750, n_threads);
  }
}

TEST(interrupt, gram_with_more_threads_than_cores) {
  for (int round = 0; round < 8; ++round) {
    check_gram_stops<float>(330, 12);
    check_gram_stops<float>(750, 12);
  }
}

TEST(interrupt, stream_pass) {
  const auto row = random_matrix(1, 40, 402);
  for (const int n_threads : {1, 2, 5}) {
    StopAt first;
    Monitor monitor = first.monitor();
    const RowMap keep = [](Index, Index, double*, Index) {};
    CHECK(!completed([&] {
      stream_pass(Source<double>{.x = repeated(row)}, 1, row.values.data(), keep, n_threads,
                  monitor);
    }));
  }
}

TEST(interrupt, moments) {
  const auto row = random_matrix(1, 30, 403);
  const Matrix<double> target = random_matrix(1, 1, 404);
  const Scales none;
  StopAt first;
  Monitor monitor = first.monitor();
  const MomentsInput<double> input{.x = repeated(row), .y = repeated(target), .scales = none};
  CHECK(!completed([&] { compute_moments(input, 2, monitor); }));
}

TEST(interrupt, tiled_cholesky) {
  for (const int n_threads : {1, 2, 5}) {
    StopAt first;
    Monitor monitor = first.impatient_monitor();
    auto a = identity(600);
    CHECK(!completed([&] { cholesky(600, a.data(), 600, n_threads, monitor); }));
    PosDefSystem system(600, identity(600));
    CHECK(!completed([&] { system.factor(n_threads, monitor); }));
    CHECK_EQUAL(system.rcond(), 0.0);
  }
}

TEST(interrupt, ridge_by_every_solver) {
  const auto tall = random_case(900, 20, 1, 405);
  const auto wide = random_case(20, 900, 1, 406);
  for (const auto solver : {SolverChoice::automatic, SolverChoice::cholesky, SolverChoice::svd}) {
    const Case which("solver", static_cast<int>(solver));
    check_ridge_stops<double>(tall, solver);
    check_ridge_stops<float>(tall, solver);
    check_ridge_stops<double>(wide, solver);
    check_ridge_stops<float>(wide, solver);
  }
}

TEST(interrupt, ridge_at_any_poll) {
  auto problem = random_case(6000, 300, 1, 407);
  problem.alpha = {0.0};
  for (Index i = 0; i < 6000; ++i) problem.x(i, 1) = problem.x(i, 0) + 1e-9 * problem.x(i, 2);
  const auto wanted = solve<double>(problem);
  CHECK_EQUAL(wanted.info.status, Status::converged);
  std::vector<double> coef(300);
  double intercept = 0.0;
  Status status = Status::interrupted;
  for (int at = 1; status == Status::interrupted; ++at) {
    StopAt stop{.at = at};
    Monitor monitor = stop.impatient_monitor();
    const RidgeData<double> data{.x = problem.x.view(),
                                 .y = problem.y.view(),
                                 .alpha = problem.alpha,
                                 .penalty_factors = {},
                                 .prior_mean = {},
                                 .sample_weight = {}};
    status = ridge(data, problem.options(), monitor, coef, {&intercept, 1}).status;
    CHECK_EQUAL(status == Status::interrupted, stop.polls == at);
  }
  CHECK(same_bits(coef, wanted.coef.values));
}

TEST(interrupt, a_path_may_be_used_again) {
  for (const bool tall : {true, false}) {
    const Case which("tall", tall);
    const auto problem = tall ? random_case(900, 20, 1, 410) : random_case(20, 900, 1, 411);
    const RidgeData<double> data{.x = problem.x.view(),
                                 .y = problem.y.view(),
                                 .alpha = {},
                                 .penalty_factors = {},
                                 .prior_mean = {},
                                 .sample_weight = {}};
    const auto options = problem.options();
    check_path_survives(problem.x.cols, [&](Monitor& monitor) {
      return std::make_unique<RidgePath<double>>(data, options, monitor);
    });
  }
}

TEST(interrupt, a_path_of_moments_may_be_used_again) {
  auto problem = random_case(900, 20, 1, 412);
  for (Index i = 0; i < 900; ++i) problem.x(i, 1) = problem.x(i, 0) + 1e-5 * problem.x(i, 2);
  Moments moments(20, 1);
  moments.add(problem.x.view(), problem.y.view());
  const RidgeData<double> data{};
  const RidgeOptions options;
  check_path_survives(20, [&](Monitor& monitor) {
    return std::make_unique<RidgePath<double>>(moments, data, options, monitor);
  });
}

TEST(interrupt, ridge_splits_tall_and_wide) {
  for (const bool tall : {true, false}) {
    const auto problem = tall ? random_case(900, 20, 1, 408) : random_case(20, 900, 1, 409);
    std::vector<std::int32_t> fold(problem.x.rows);
    for (std::size_t i = 0; i < fold.size(); ++i) fold[i] = static_cast<std::int32_t>(i % 5);
    const RidgeData<double> data{.x = problem.x.view(),
                                 .y = problem.y.view(),
                                 .alpha = {},
                                 .penalty_factors = {},
                                 .prior_mean = {},
                                 .sample_weight = {}};
    std::vector<double> sse(5), weight(5), train(25, 1.0), test(25, 0.0);
    for (std::size_t f = 0; f < 5; ++f) std::swap(train[6 * f], test[6 * f]);
    const Splits splits{.group = fold, .n_groups = 5, .train = train, .test = test};
    StopAt first;
    Monitor monitor = first.impatient_monitor();
    const auto options = problem.options();
    RidgeSplits<double> core(data, splits, options, monitor);
    CHECK(!core.score(problem.alpha, sse, weight));
  }
}

}  // namespace elltwo::test
