#include <algorithm>
#include <cmath>

#include "check.hpp"
#include "gram/gram.hpp"
#include "gram/weighted.hpp"
#include "support/data.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

/// n rows of weighted, shifted features, targets and ones.
template <Real S>
struct Rows {
  Matrix<S> x;
  Matrix<double> y;
  std::vector<double> col_shift, row_scale, y_shift;
  bool ones;

  Rows(Index n, Index p, Index n_targets, bool with_ones)
      : x(converted<S>(random_matrix(n, p, 101))),
        y(random_matrix(n, n_targets, 102)),
        col_shift(random_values(p, 103)),
        row_scale(random_weights(n, 104)),
        y_shift(random_values(n_targets, 105)),
        ones(with_ones) {}

  Source<S> source() const {
    return {.x = x.view(),
            .col_shift = col_shift.data(),
            .row_scale = row_scale.data(),
            .y = y.view(),
            .y_shift = y_shift.data(),
            .ones = ones};
  }
};

template <Real S>
GramMatrix gram_of(const Source<S>& source, int n_threads = 2) {
  Monitor monitor;
  return gram<S, S>(source, n_threads, monitor);
}

/// Products between extra columns are promised with themselves and with the ones only.
template <Real S>
bool promised(const Source<S>& source, Index i, Index j) {
  return i < source.x.cols || i == j || (source.ones && j == source.cols() - 1);
}

template <Real S, class F>
void for_each_promised(const Source<S>& source, F f) {
  for (Index i = 0; i < source.cols(); ++i) {
    for (Index j = i; j < source.cols(); ++j) {
      if (promised(source, i, j)) f(i, j);
    }
  }
}

/// Every promised product, or every n-th, against long double, within the worst case of rounding.
template <Real S>
void check_gram(const Source<S>& source, Index every = 1) {
  const Case shape(source.rows(), 'x', source.x.cols, '+', source.y.cols, source.ones ? "+ 1" : "");
  const GramMatrix g = gram_of(source);
  Matrix<Wide> a(source.cols(), source.rows());
  for (Index c = 0; c < a.rows; ++c) {
    for (Index k = 0; k < a.cols; ++k) a(c, k) = source_value(source, k, c);
  }
  const Index roundings =
      std::same_as<S, float> ? std::min<Index>(source.rows(), 256) : source.rows();
  const double unit = std::numeric_limits<S>::epsilon() / 2.0;
  for_each_promised(source, [&](Index i, Index j) {
    if ((i + j * j) % every != 0) return;
    Wide sum = 0.0L;
    Wide size = 0.0L;
    for (Index k = 0; k < a.cols; ++k) {
      sum += a(i, k) * a(j, k);
      size += std::abs(a(i, k) * a(j, k));
    }
    const Wide packing = 24.0L * static_cast<Wide>(a.cols);  // values up to 4, rounded four times
    CHECK_CLOSE(g(i, j), sum, unit * (static_cast<Wide>(roundings) * size + packing));
  });
}

template <Real S>
bool same_gram(const Source<S>& source, const GramMatrix& a, const GramMatrix& b) {
  bool same = a.cols() == b.cols();
  for_each_promised(source, [&](Index i, Index j) { same = same && a(i, j) == b(i, j); });
  return same;
}

template <Real S>
void check_any_threads(Index n, Index p, Index n_targets) {
  const Case shape(n, 'x', p);
  const Rows<S> rows(n, p, n_targets, true);
  const auto source = rows.source();
  const GramMatrix alone = gram_of(source, 1);
  for (const int n_threads : {2, 3, 5}) {
    const Case team(n_threads, "threads");
    CHECK(same_gram(source, gram_of(source, n_threads), alone));
  }
}

}  // namespace

TEST(gram, small_shapes_of_every_kind) {
  for (Index p = 1; p <= 26; ++p) {
    for (const Index n_targets : {0, 1, 2, 9}) {
      for (const bool ones : {false, true}) {
        check_gram(Rows<double>(3, p, n_targets, ones).source());
        check_gram(Rows<float>(3, p, n_targets, ones).source());
      }
    }
  }
}

TEST(gram, any_number_of_rows) {
  for (const Index n : {1, 2, 7, 127, 128, 129, 255, 256, 257, 511, 513, 1000}) {
    check_gram(Rows<double>(n, 7, 1, true).source());
    check_gram(Rows<float>(n, 7, 1, true).source());
  }
}

TEST(gram, chunks_of_rows_with_a_matrix_each) {
  check_gram(Rows<double>(6000, 40, 2, true).source());
  check_gram(Rows<float>(6000, 40, 2, true).source());
}

TEST(gram, two_halves_of_the_rows) {
  check_gram(Rows<double>(2100, 330, 3, true).source(), 23);
  check_gram(Rows<float>(2100, 330, 3, true).source(), 23);
}

TEST(gram, one_matrix_shared_by_all_threads) {
  check_gram(Rows<double>(520, 330, 3, true).source(), 5);
  check_gram(Rows<float>(520, 330, 3, true).source(), 5);
  check_gram(Rows<double>(300, 750, 3, true).source(), 23);
  check_gram(Rows<float>(300, 750, 3, true).source(), 23);
}

TEST(gram, many_extra_columns_whose_products_are_left_out) {
  for (const Index p : {1, 24, 40}) {
    for (const Index n_targets : {190, 400, 431}) {
      for (const bool ones : {false, true}) {
        const Rows<double> rows(300, p, n_targets, ones);
        check_gram(rows.source(), 7);
        check_gram(Rows<float>(300, p, n_targets, ones).source(), 7);
        const GramMatrix g = gram_of(rows.source());
        auto twice = g.zeros_alike();
        twice.add(g, 1.0, p);
        twice.add(g.copy(), 1.0, p);
        const auto full = g.copy().with_full_rows();
        for_each_promised(rows.source(), [&](Index i, Index j) {
          CHECK_EQUAL(full.data()[i * full.ld() + j], g(i, j));
          if (i < p || j == i || ones) CHECK_EQUAL(twice(i, j), 2.0 * g(i, j));
        });
      }
    }
  }
  const Index p = 24, n_targets = 2000, cols = p + n_targets;
  CHECK(gram_of(Rows<double>(20, p, n_targets, false).source()).size() < cols * cols / 10);
  check_any_threads<double>(3000, 40, 431);
  check_any_threads<float>(3000, 40, 431);
}

TEST(gram, float_products_of_double_data) {
  const Rows<double> rows(600, 40, 1, true);
  const auto source = rows.source();
  Monitor monitor;
  const auto g = gram<double, float>(source, 2, monitor);
  const GramMatrix exact = gram_of(source);
  for_each_promised(source, [&](Index i, Index j) {
    const Wide size = std::sqrt(exact(i, i) * exact(j, j));
    CHECK_CLOSE(g(i, j), exact(i, j), 1e-6L * size);
  });
  CHECK(g(0, 1) != exact(0, 1));  // or else the products were not formed in float
}

TEST(gram, leading_dimension_that_would_share_cache_sets) {
  const Rows<double> rows(10, 511, 0, true);
  check_gram(rows.source());
  CHECK(gram_of(rows.source()).ld() % 512 != 0);
}

TEST(gram, chunked_bits_do_not_depend_on_threads) {
  for (const Index n : {3000, 20000, 33333}) {
    check_any_threads<double>(n, 40, 2);
    check_any_threads<float>(n, 40, 2);
  }
}

TEST(gram, bits_of_halves_do_not_depend_on_threads) {
  check_any_threads<double>(2100, 320, 1);
  check_any_threads<float>(2100, 320, 1);
}

TEST(gram, shared_bits_do_not_depend_on_threads) {
  check_any_threads<double>(1100, 320, 1);
  check_any_threads<float>(1100, 320, 1);
  check_any_threads<double>(300, 750, 1);
}

TEST(gram, layout_does_not_matter) {
  for (const auto& [n, p] : {std::pair<Index, Index>{300, 37}, {300, 330}}) {
    const Rows<double> rows(n, p, 2, true);
    const GramMatrix wanted = gram_of(rows.source());
    for (const auto& layout : layouts) {
      const Case which(layout.name, n, 'x', p);
      const auto x = lay_out<double>(layout, rows.x);
      const auto y = lay_out<double>(layout, rows.y);
      auto source = rows.source();
      source.x = x.view;
      source.y = y.view;
      CHECK(same_gram(source, gram_of(source), wanted));
    }
  }
}

TEST(gram, gathered_rows_equal_a_copy_of_them) {
  const Rows<float> rows(400, 21, 2, true);
  std::vector<Index> index(150);
  for (std::size_t k = 0; k < index.size(); ++k) index[k] = static_cast<Index>(k * 37 % 400);
  auto gathered = rows.source();
  gathered.x.rows = 150;
  gathered.row_index = index.data();
  Rows<float> copy(150, 21, 2, true);
  for (Index k = 0; k < 150; ++k) {
    std::copy_n(rows.x.row(index[k]), 21, &copy.x(k, 0));
    std::copy_n(rows.y.row(index[k]), 2, &copy.y(k, 0));
  }
  copy.col_shift = rows.col_shift;
  copy.row_scale = rows.row_scale;
  copy.y_shift = rows.y_shift;
  CHECK(same_gram(gathered, gram_of(gathered), gram_of(copy.source())));
}

TEST(gram, a_transposed_view_gives_the_dual) {
  const auto x = random_matrix(40, 500, 106);
  const auto shift = random_values(500, 107);
  const auto scale = random_weights(500, 108);
  const auto weight = random_weights(40, 109);
  check_gram(Source<double>{.x = x.view().transposed(),
                            .col_scale = weight.data(),
                            .row_shift = shift.data(),
                            .row_scale = scale.data()});
}

TEST(gram, sums_of_parts) {
  const Rows<double> rows(200, 9, 1, true);
  const GramMatrix whole = gram_of(rows.source());
  auto top = rows.source();
  top.x.rows = 120;
  auto bottom = rows.source();
  bottom.x = {rows.x.row(120), 80, 9, 9, 1};
  bottom.y = {rows.y.row(120), 80, 1, 1, 1};
  bottom.row_scale = rows.row_scale.data() + 120;
  GramMatrix sum = gram_of(top);
  sum.add(gram_of(bottom), 1.0, 9);
  for_each_promised(rows.source(),
                    [&](Index i, Index j) { CHECK_CLOSE(sum(i, j), whole(i, j), 1e-12 * 200.0); });
}

TEST(gram, many_row_scales_at_once) {
  for (const Index n : {1, 300, 2700, 9000}) {
    const Rows<double> rows(n, n == 300 ? 5 : 40, 0, true);
    const auto other = random_weights(n, 107);
    const std::vector<const double*> scales{rows.row_scale.data(), other.data()};
    auto source = rows.source();
    source.row_scale = nullptr;
    Monitor monitor;
    const auto alone = weighted_grams<double, double>(source, scales, 1, monitor);
    const auto together = weighted_grams<double, double>(source, scales, 3, monitor);
    for (std::size_t s = 0; s < scales.size(); ++s) {
      const Case shape(n, "rows, scale", s);
      CHECK(same_gram(source, alone[s], together[s]));
      source.row_scale = scales[s];
      const GramMatrix wanted = gram_of(source);
      source.row_scale = nullptr;
      for_each_promised(source, [&](Index i, Index j) {
        const double size = std::sqrt(wanted(i, i) * wanted(j, j));
        CHECK_CLOSE(alone[s](i, j), wanted(i, j), 1e-13 * size);
      });
    }
  }
}

}  // namespace elltwo::test
