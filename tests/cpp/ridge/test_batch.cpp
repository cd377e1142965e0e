#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "check.hpp"
#include "elltwo/batch.hpp"
#include "support/reference.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

/// A long table, cut into groups.
struct Table {
  Matrix<double> x, y;
  std::vector<Index> starts, order;
  std::vector<double> weight, alpha{1.0};

  Table(Index rows, Index p, Index t, std::vector<Index> cuts)
      : x(random_matrix(rows, p, 1601)), y(random_matrix(rows, t, 1602)), starts(std::move(cuts)) {}

  Index groups() const { return static_cast<Index>(starts.size()) - 1; }

  BatchData<double> data() const {
    return {.n_problems = groups(),
            .x = x.view(),
            .y = y.view(),
            .starts = starts,
            .order = order,
            .alpha = alpha,
            .penalty_factors = {},
            .prior_mean = {},
            .sample_weight = weight};
  }

  RidgeCase group(Index k) const {
    const Index count = starts[k + 1] - starts[k];
    RidgeCase one{.x = Matrix<double>(count, x.cols), .y = Matrix<double>(count, y.cols)};
    for (Index i = 0; i < count; ++i) {
      const Index row = order.empty() ? starts[k] + i : order[starts[k] + i];
      for (Index j = 0; j < x.cols; ++j) one.x(i, j) = x(row, j);
      for (Index u = 0; u < y.cols; ++u) one.y(i, u) = y(row, u);
      if (!weight.empty()) one.weight.push_back(weight[row]);
    }
    one.alpha = {alpha.size() == 1 ? alpha[0] : alpha[k]};
    return one;
  }
};

struct Answers {
  std::vector<double> coef, intercept, optimality, rcond;
  SolveInfo info;

  template <Real T>
  explicit Answers(const BatchData<T>& data, const RidgeOptions& options = {}) {
    Monitor monitor;
    run(data, options, monitor);
  }

  template <Real T>
  Answers(const BatchData<T>& data, const RidgeOptions& options, Monitor& monitor) {
    run(data, options, monitor);
  }

  template <Real T>
  void run(const BatchData<T>& data, const RidgeOptions& options, Monitor& monitor) {
    coef.assign(data.n_problems * data.y.cols * data.x.cols, nan);
    intercept.assign(data.n_problems * data.y.cols, nan);
    optimality.assign(data.n_problems, nan);
    rcond.assign(data.n_problems, nan);
    info = ridge_batch(data, options, monitor, {coef, intercept, optimality, rcond});
  }
};

void check_groups(const Table& table) {
  const Answers got(table.data());
  const Index t = table.y.cols, p = table.x.cols;
  for (Index k = 0; k < table.groups(); ++k) {
    const Case which("group", k);
    RidgeAnswer one{.coef = Matrix<double>(t, p), .intercept = {}, .info = {}};
    std::copy_n(got.coef.begin() + k * t * p, t * p, one.coef.values.begin());
    one.intercept.assign(got.intercept.begin() + k * t, got.intercept.begin() + (k + 1) * t);
    check_same_fit(one, solve<double>(table.group(k)), 1e-12);
    CHECK(got.optimality[k] < 1e-14);
    CHECK(got.rcond[k] > 0.0);
  }
  CHECK_EQUAL(got.info.status, Status::converged);
}

}  // namespace

TEST(batch, ragged_groups_in_place_and_gathered) {
  for (const Index p : {3, 12, 34}) {
    for (const Index t : {1, 2}) {
      Table table(300, p, t, {0, 1, 3, 60, 61, 140, 150, 290, 299, 300});
      check_groups(table);
      table.weight = random_weights(300, 1603);
      table.alpha = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0};
      check_groups(table);
      table.order.resize(300);
      std::iota(table.order.rbegin(), table.order.rend(), Index{0});
      check_groups(table);
    }
  }
}

TEST(batch, floats_have_the_digits_of_their_values) {
  const Table table(200, 5, 1, {0, 50, 100, 150, 200});
  const auto x = converted<float>(table.x);
  BatchData<float> data{.n_problems = 4, .x = x.view(), .y = table.y.view()};
  data.starts = table.starts;
  data.alpha = table.alpha;
  CHECK_CLOSE(relative_error(Answers(data).coef, Answers(table.data()).coef), 0.0, 1e-14);
}

TEST(batch, places_out_of_range_are_refused) {
  Table table(20, 2, 1, {0, 10, 20});
  const auto refused = [&](const std::string& part) {
    CHECK_THROWS(std::invalid_argument, part, Answers(table.data()));
  };
  table.starts = {0, 10, 21};
  refused("beyond the rows");
  table.starts = {1, 10, 20};
  refused("begin with 0");
  table.starts = {0, 20, 10};
  refused("group 1 has no rows");
  table.starts = {0, 10, 20};
  table.order.assign(20, 3);
  table.order[7] = 20;
  refused("rows of X");
  table.order[7] = -1;
  refused("rows of X");
  table.order.resize(19);
  refused("beyond order");
}

TEST(batch, bad_values_name_the_first_group) {
  Table table(3000, 2, 1, {0});
  for (Index k = 1; k <= 300; ++k) table.starts.push_back(10 * k);
  table.x(2995, 1) = nan;
  table.y(415, 0) = inf;
  for (const int n_threads : {1, 2, 3}) {
    const RidgeOptions options{.n_threads = n_threads};
    CHECK_THROWS(std::invalid_argument, "y of group 41 contains infinity at row 5",
                 Answers(table.data(), options));
  }
  table.weight.assign(3000, 1.0);
  std::fill_n(table.weight.begin() + 100, 10, 0.0);
  CHECK_THROWS(std::invalid_argument, "sample_weight of group 10 must not be all zero",
               Answers(table.data()));
}

TEST(batch, stops_between_problems) {
  const auto x = random_matrix(64, 8, 1604);
  const double alpha = 1.0;
  const BatchData<double> data{.n_problems = 20000,
                               .x = x.view(),
                               .y = {x.values.data(), 64, 1, 8, 1},
                               .alpha = {&alpha, 1}};
  for (const int n_threads : {1, 2}) {
    StopAt first;
    Monitor monitor = first.impatient_monitor();
    const Answers got(data, RidgeOptions{.n_threads = n_threads}, monitor);
    CHECK_EQUAL(got.info.status, Status::interrupted);
    CHECK(!first.polled_elsewhere);
    CHECK(std::isnan(got.coef.back()));
  }
}

}  // namespace elltwo::test
