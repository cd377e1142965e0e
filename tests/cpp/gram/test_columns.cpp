#include <algorithm>
#include <cmath>

#include "check.hpp"
#include "gram/columns.hpp"
#include "parallel/interruption.hpp"
#include "support/data.hpp"
#include "support/layouts.hpp"
#include "support/levels.hpp"
#include "support/reference.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

struct Described {
  std::vector<Index> rows;
  std::vector<double> shift, scale, weight;

  Described(Index n_all, Index n, Index p)
      : shift(random_values(p, 601)), scale(random_values(p, 602)), weight(random_weights(n, 603)) {
    for (Index k = 0; k < n; ++k) rows.push_back((k * 7 + 3) % n_all);
  }

  template <Real S>
  Source<S> source(MatrixView<S> x) const {
    x.rows = static_cast<Index>(rows.size());
    return {.x = x,
            .row_index = rows.data(),
            .col_shift = shift.data(),
            .col_scale = scale.data(),
            .ones = true};
  }
};

template <Real S>
void check_sums(const Source<S>& source, const double* weight, const ColumnSums& got) {
  for (Index c = 0; c < source.cols(); ++c) {
    Wide sum = 0.0L, squares = 0.0L, largest = 0.0L, size = 0.0L;
    for (Index k = 0; k < source.rows(); ++k) {
      const Wide w = weight != nullptr ? weight[k] : 1.0;
      const Wide value = source_value(source, k, c);
      sum += w * value;
      size += w * std::abs(value);
      squares += w * value * value;
      largest = std::max(largest, std::abs(value));
    }
    CHECK_CLOSE(got.sum[c], sum, 1e-14L * size);
    CHECK_CLOSE(got.squares[c], squares, 1e-14L * squares);
    CHECK_CLOSE(got.largest[c], largest, 1e-15L * largest);
  }
}

}  // namespace

TEST(columns, sums_in_every_layout) {
  const auto x = random_matrix(53, 11, 604);
  const Described described(53, 37, 11);
  for (const auto& layout : layouts) {
    const Case which(layout.name);
    const auto wide = lay_out<double>(layout, x);
    const auto narrow = lay_out<float>(layout, x);
    Monitor monitor;
    for (const double* weight : {static_cast<const double*>(nullptr), described.weight.data()}) {
      const auto of_wide = column_sums(described.source(wide.view), weight, 1, monitor);
      check_sums(described.source(wide.view), weight, of_wide);
      const auto of_narrow = column_sums(described.source(narrow.view), weight, 1, monitor);
      check_sums(described.source(narrow.view), weight, of_narrow);
    }
  }
}

TEST(columns, bits_do_not_depend_on_threads) {
  const auto x = random_matrix(40000, 67, 605);
  Monitor monitor;
  const auto one = column_sums(Source<double>{.x = x.view()}, nullptr, 1, monitor);
  for (const int n_threads : {2, 3}) {
    const auto many = column_sums(Source<double>{.x = x.view()}, nullptr, n_threads, monitor);
    CHECK(same_bits(one.sum, many.sum));
    CHECK(same_bits(one.squares, many.squares));
    CHECK(same_bits(one.largest, many.largest));
  }
}

TEST(columns, nan_and_infinity_show) {
  for (const double bad : {nan, inf, -inf}) {
    auto x = random_matrix(70, 9, 606);
    x(69, 4) = bad;
    Monitor monitor;
    const auto sums = column_sums(Source<double>{.x = x.view()}, nullptr, 2, monitor);
    for (Index c = 0; c < 9; ++c) CHECK_EQUAL(std::isfinite(sums.sum[c]), c != 4);
  }
}

TEST(columns, stops) {
  const auto row = random_matrix(1, 5, 607);
  StopAt first;
  Monitor monitor = first.monitor();
  const MatrixView<double> endless{row.values.data(), Index{1} << 40, 5, 0, 1};
  CHECK(!completed([&] { column_sums(Source<double>{.x = endless}, nullptr, 2, monitor); }));
  CHECK(!first.polled_elsewhere);
}

}  // namespace elltwo::test
