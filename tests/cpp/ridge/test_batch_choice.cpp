#include <numeric>

#include "check.hpp"
#include "elltwo/batch_choice.hpp"
#include "elltwo/grouping.hpp"
#include "solvers/ridge_batch/choice_scores.hpp"
#include "support/data.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

/// Problems that share their rows.
BatchData<double> batch_of(MatrixView<double> x, MatrixView<double> y, Index n_problems) {
  BatchData<double> data;
  data.n_problems = n_problems;
  data.x = x;
  data.y = y;
  return data;
}

struct Chosen {
  Status status;
  std::vector<double> alpha, score, error;
};

Chosen choose(const BatchData<double>& data, const Choice& choice, int n_threads,
              Monitor monitor = {}) {
  const auto problems = static_cast<std::size_t>(data.n_problems);
  const std::size_t all = problems * choice.alphas.size();
  Chosen out{Status::converged, std::vector<double>(problems), std::vector<double>(all),
             std::vector<double>(choice.by == ChoiceBy::gcv ? 0 : all)};
  out.status = choose_alphas(data, choice, {.n_threads = n_threads}, monitor,
                             {out.alpha, {}, out.score, out.error});
  return out;
}

}  // namespace

TEST(batch_choice, small_and_general_roads_score_alike) {
  constexpr Index n = 37, p = 6, problems = 5;
  const auto x = random_values(problems * n * p, 51), y = random_values(problems * n, 52);
  const std::vector<double> alphas{0.0, 0.1, 1.0, 10.0}, no_prior(p, 0.0);
  auto data = batch_of(row_major(x.data(), n, p), row_major(y.data(), n, 1), problems);
  data.x_stride = n * p;
  data.y_stride = n;
  for (const auto by : {ChoiceBy::gcv, ChoiceBy::leave_one_out, ChoiceBy::folds}) {
    const Choice choice{.by = by, .n_folds = 4, .alphas = alphas};
    const auto small = choose(data, choice, 1);
    auto with_prior = data;
    with_prior.prior_mean = no_prior;  // SmallChoice does not take it
    const auto general = choose(with_prior, choice, 1);
    CHECK(small.alpha == general.alpha);
    for (std::size_t i = 0; i < small.score.size(); ++i) {
      CHECK_CLOSE(small.score[i], general.score[i], 1e-12);
    }
    for (std::size_t i = 0; i < small.error.size(); ++i) {
      CHECK_CLOSE(small.error[i], general.error[i], 1e-12);
    }
  }
}

TEST(batch_choice, a_request_to_stop_ends_it) {
  constexpr Index n = 60, p = 40, problems = 20000;
  const auto x = random_values(n * p, 53), y = random_values(n, 54);
  const std::vector<double> alphas{0.1, 1.0};
  const auto data = batch_of(row_major(x.data(), n, p), row_major(y.data(), n, 1), problems);
  for (const int n_threads : {1, 2}) {
    Monitor monitor([](void*) noexcept { return true; }, nullptr);
    const auto chosen = choose(data, {.alphas = alphas}, n_threads, monitor);
    CHECK_EQUAL(chosen.status, Status::interrupted);
  }
}

TEST(batch_choice, rows_too_few_are_named) {
  const std::vector<double> x{1.0, 2.0, 3.0}, alphas{1.0};
  const std::vector<Index> starts{0, 2, 3};
  auto data = batch_of(row_major(x.data(), 3, 1), row_major(x.data(), 3, 1), 2);
  data.starts = starts;
  CHECK_THROWS(std::invalid_argument, "X of group 1 has 1 row(s), while cross-validation needs",
               choose(data, {.alphas = alphas}, 1));
  CHECK_THROWS(std::invalid_argument, "X of group 0 has 2 row(s), while 3 folds need 3",
               choose(data, {.by = ChoiceBy::folds, .n_folds = 3, .alphas = alphas}, 1));
  CHECK_THROWS(std::invalid_argument, "n_folds must be at least 2",
               choose(data, {.by = ChoiceBy::folds, .n_folds = 1, .alphas = alphas}, 1));
}

TEST(batch_choice, folds_are_contiguous_and_the_first_are_longer) {
  CHECK(fold_starts(11, 4) == (std::vector<Index>{0, 3, 6, 9, 11}));
  CHECK(fold_starts(4, 4) == (std::vector<Index>{0, 1, 2, 3, 4}));
}

TEST(grouping, codes_are_ordered_stably) {
  const std::vector<Index> codes{2, 0, 2, 3, 0};
  std::vector<Index> order(5), starts(5);
  order_by_code(codes, 4, order, starts);
  CHECK(order == (std::vector<Index>{1, 4, 0, 2, 3}));
  CHECK(starts == (std::vector<Index>{0, 2, 2, 4, 5}));
  CHECK_THROWS(std::invalid_argument, "codes must be in [0, 3), got 3",
               order_by_code(codes, 3, order, starts));
}

TEST(grouping, keys_are_numbered_by_their_first_appearance) {
  constexpr Index n = 20000;
  for (const Index size : {1, 2, 4, 8, 12, 40}) {
    const Case which("keys of", size, "bytes");
    Random random(55);
    const Index kinds = size == 1 ? 100 : 5000;
    std::vector<std::byte> keys(static_cast<std::size_t>(n * size));
    std::vector<Index> kind, numbers(n);
    for (Index i = 0; i < n; ++i) {
      kind.push_back(random.below(kinds));
      for (Index b = 0; b < std::min<Index>(2, size); ++b) {  // their ends differ
        keys[static_cast<std::size_t>((i + 1) * size - 1 - b)] =
            static_cast<std::byte>(kind.back() >> (8 * b));
      }
    }
    const auto first = number_keys(keys, size, numbers);
    std::vector<Index> number_of(static_cast<std::size_t>(kinds), -1), first_of;
    for (Index i = 0; i < n; ++i) {
      Index& number = number_of[static_cast<std::size_t>(kind[static_cast<std::size_t>(i)])];
      if (number < 0) {
        number = static_cast<Index>(first_of.size());
        first_of.push_back(i);
      }
      CHECK_EQUAL(numbers[static_cast<std::size_t>(i)], number);
    }
    CHECK(first == first_of);
  }
}

}  // namespace elltwo::test
