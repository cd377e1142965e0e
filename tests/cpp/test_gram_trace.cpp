#include <stdexcept>

#include "check.hpp"
#include "elltwo/cross_validation.hpp"
#include "reference.hpp"

namespace elltwo::test {
namespace {

Wide reference_trace(const Matrix<double>& x, const std::vector<double>& weight, bool centred) {
  Wide total = 0.0L;
  Wide trace = 0.0L;
  for (const double w : weight) total += w;
  for (Index j = 0; j < x.cols; ++j) {
    Wide mean = 0.0L;
    for (Index i = 0; centred && i < x.rows; ++i) mean += weight[i] * Wide(x(i, j)) / total;
    for (Index i = 0; i < x.rows; ++i) trace += weight[i] * (x(i, j) - mean) * (x(i, j) - mean);
  }
  return trace;
}

}  // namespace

TEST(gram_trace, sum_of_weighted_squares) {
  const auto x = random_matrix(80, 6, 1601);
  const auto single = converted<float>(x);
  const auto weight = random_weights(80, 1602);
  for (const bool centred : {true, false}) {
    const Wide wanted = reference_trace(x, weight, centred);
    CHECK_CLOSE(gram_trace(x.view(), weight, centred), wanted, 1e-13L * wanted);
    CHECK_CLOSE(gram_trace(single.view(), weight, centred), wanted, 1e-13L * wanted);
    const Wide plain = reference_trace(x, std::vector<double>(80, 1.0), centred);
    CHECK_CLOSE(gram_trace(x.view(), {}, centred), plain, 1e-13L * plain);
  }
}

TEST(gram_trace, a_mean_of_a_million_costs_few_digits) {
  auto x = random_matrix(80, 6, 1603);
  const auto weight = random_weights(80, 1604);
  const Wide wanted = reference_trace(x, weight, true);
  for (double& v : x.values) v += 1e6;  // exact
  CHECK_CLOSE(gram_trace(x.view(), weight, true), wanted, 1e-9L * wanted);
}

TEST(gram_trace, invalid_data) {
  auto x = random_matrix(5, 3, 1605);
  const std::vector<double> zeros(5, 0.0);
  CHECK_THROWS(std::invalid_argument, "sample_weight must not be all zero",
               gram_trace(x.view(), zeros, true));
  x(1, 2) = nan;
  CHECK_THROWS(std::invalid_argument, "X contains NaN at row 1, column 2",
               gram_trace(x.view(), {}, true));
}

}  // namespace elltwo::test
