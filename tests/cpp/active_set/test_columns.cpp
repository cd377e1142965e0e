#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "parallel/interruption.hpp"
#include "solvers/active_set/columns.hpp"
#include "support/data.hpp"
#include "support/layouts.hpp"
#include "support/reference.hpp"
#include "support/sparse_data.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

/// The columns scale_j x_j - shift_j, in extended precision.
struct Reference {
  Matrix<Wide> z;
  std::vector<Wide> norms;

  Reference(const Matrix<double>& x, const std::vector<double>& scale,
            const std::vector<double>& shift)
      : z(x.rows, x.cols), norms(x.cols, 0.0L) {
    for (Index i = 0; i < x.rows; ++i) {
      for (Index j = 0; j < x.cols; ++j) {
        z(i, j) = static_cast<Wide>(scale[j]) * x(i, j) - shift[j];
        norms[j] += z(i, j) * z(i, j);
      }
    }
    for (Wide& norm : norms) norm = std::sqrt(norm);
  }

  Wide dot(Index j, const double* v) const {
    Wide sum = 0.0L;
    for (Index i = 0; i < z.rows; ++i) sum += z(i, j) * v[i];
    return sum;
  }

  Wide norm(Index j) const { return norms[j]; }
};

struct Units {
  std::vector<double> scale;
  std::vector<double> shift;
};

/// Powers of two, and the means of the scaled columns.
Units units_of(const Matrix<double>& x) {
  Units units{std::vector<double>(x.cols), std::vector<double>(x.cols)};
  for (Index j = 0; j < x.cols; ++j) {
    Wide sum = 0.0L;
    for (Index i = 0; i < x.rows; ++i) sum += x(i, j);
    units.scale[j] = std::ldexp(1.0, static_cast<int>(j % 5) - 2);
    units.shift[j] = static_cast<double>(units.scale[j] * sum / x.rows);
  }
  return units;
}

void check_products(Columns& columns, const Reference& wanted, Index m) {
  const Case which(m, "vectors");
  const Index n = columns.n_rows();
  const Index p = columns.n_columns();
  const auto v = random_matrix(m, n, 81);
  std::vector<double> out(m * p, nan);
  columns.products(m, v.values.data(), out.data());
  for (Index k = 0; k < m; ++k) {
    for (Index j = 0; j < p; ++j) {
      const Wide size = wanted.norm(j) * std::sqrt(static_cast<Wide>(n));
      CHECK_CLOSE(out[k * p + j], wanted.dot(j, v.row(k)), 16.0 * eps * size);
    }
  }
  const std::vector<Index> some{p - 1, 0, p / 2};
  std::vector<double> of_some(some.size(), nan);
  columns.products_of(some, v.row(m - 1), of_some.data());
  for (std::size_t s = 0; s < some.size(); ++s) {
    const Wide size = wanted.norm(some[s]) * std::sqrt(static_cast<Wide>(n));
    CHECK_CLOSE(of_some[s], wanted.dot(some[s], v.row(m - 1)), 16.0 * eps * size);
  }
}

void check_gram(Columns& columns, const Reference& wanted, const std::vector<Index>& selected,
                const double* weight) {
  const auto size = static_cast<Index>(selected.size());
  const Index first = size / 3;
  const Index ld = size + 2;
  std::vector<double> gram(ld * size, nan);
  columns.gram(0, first, weight, gram.data(), ld);
  columns.gram(first, size, weight, gram.data(), ld);
  for (Index h = 0; h < size; ++h) {
    for (Index i = 0; i < (h < first ? first : size); ++i) {
      Wide sum = 0.0L;
      for (Index r = 0; r < columns.n_rows(); ++r) {
        sum += (weight != nullptr ? weight[r] : 1.0L) * wanted.z(r, selected[i]) *
               wanted.z(r, selected[h]);
      }
      const Wide scale = 2.0L * wanted.norm(selected[i]) * wanted.norm(selected[h]);
      CHECK_CLOSE(gram[h * ld + i], sum, 64.0 * eps * scale);
      if (i >= first && h >= first) CHECK(gram[h * ld + i] == gram[i * ld + h]);
    }
  }
}

void check_selected(Columns& columns, const Reference& wanted, const std::vector<Index>& selected,
                    Index m) {
  const Index n = columns.n_rows();
  const auto size = static_cast<Index>(selected.size());
  const auto v = random_matrix(m, n, 82);
  std::vector<double> out(m * size, nan);
  columns.selected_products(m, v.values.data(), out.data());
  for (Index k = 0; k < m; ++k) {
    for (Index i = 0; i < size; ++i) {
      const Wide scale = wanted.norm(selected[i]) * std::sqrt(static_cast<Wide>(n));
      CHECK_CLOSE(out[k * size + i], wanted.dot(selected[i], v.row(k)), 16.0 * eps * scale);
    }
  }
  std::vector<Index> places;
  for (Index i = size - 1; i >= 0; i -= 2) places.push_back(i);
  const auto coef = random_matrix(m, static_cast<Index>(places.size()), 83);
  std::vector<double> sums(m * n, nan);
  columns.combine(places, m, coef.values.data(), sums.data());
  for (Index k = 0; k < m; ++k) {
    for (Index r = 0; r < n; ++r) {
      Wide sum = 0.0L;
      Wide scale = 0.0L;
      for (Index i = 0; i < coef.cols; ++i) {
        const Index j = selected[places[i]];
        sum += coef(k, i) * wanted.z(r, j);
        scale += std::abs(coef(k, i)) * wanted.norm(j);
      }
      CHECK_CLOSE(sums[k * n + r], sum, 16.0 * eps * scale);
    }
  }
}

void check_all(Columns& columns, const Reference& wanted) {
  for (const Index m : {1, 2, 3, 5, 6, 7, 13}) check_products(columns, wanted, m);
  std::vector<Index> selected;
  for (Index j = 0; j < columns.n_columns(); j += 2) selected.push_back(j);
  std::reverse(selected.begin(), selected.end());
  columns.select(std::span(selected).first(3));
  columns.select(std::span(selected).subspan(3));
  CHECK_EQUAL(columns.n_selected(), static_cast<Index>(selected.size()));
  const auto weight = random_weights(columns.n_rows(), 84);
  check_gram(columns, wanted, selected, nullptr);
  check_gram(columns, wanted, selected, weight.data());
  for (const Index m : {1, 4, 6, 9}) check_selected(columns, wanted, selected, m);
  std::vector<Index> places;
  std::vector<Index> kept;
  for (Index i = 1; i < columns.n_selected(); i += 3) {
    places.push_back(i);
    kept.push_back(selected[i]);
  }
  columns.keep(places);
  check_gram(columns, wanted, kept, nullptr);
  check_selected(columns, wanted, kept, 2);
}

template <Real T>
void check_dense(const Matrix<double>& x) {
  const Units units = units_of(x);
  const Reference wanted(x, units.scale, units.shift);
  Monitor nobody;
  for (const Layout& layout : layouts) {
    const Case which(layout.name);
    const auto laid = lay_out<T>(layout, x);
    const auto columns = dense_columns<T>(laid.view, units.scale, units.shift, 2, nobody);
    check_all(*columns, wanted);
  }
}

template <Real T>
void check_sparse(const Matrix<double>& x) {
  const Units units = units_of(x);
  const Reference wanted(x, units.scale, units.shift);
  Monitor nobody;
  for (const bool by_rows : {false, true}) {
    const Case which(by_rows ? "by rows" : "by columns");
    const Compressed<T, std::int32_t> narrow(x, by_rows);
    check_all(*sparse_columns<T>(narrow.view(), units.scale, units.shift, 2, nobody), wanted);
    const Compressed<T, std::int64_t> wide(x, by_rows);
    check_all(*sparse_columns<T>(wide.view(), units.scale, units.shift, 2, nobody), wanted);
  }
}

/// Values whose means are a million times the deviations from them.
Matrix<double> far_matrix(Index n, Index p, std::uint64_t seed) {
  auto x = random_matrix(n, p, seed);
  for (double& value : x.values) value = value / 16.0 + 65536.0;
  return x;
}

/// All results of columns on a number of threads, one after the other.
std::vector<double> all_results(Columns& columns) {
  const Index n = columns.n_rows();
  const Index p = columns.n_columns();
  const auto v = random_matrix(7, n, 91);
  std::vector<Index> selected;
  for (Index j = 0; j < p; j += 2) selected.push_back(j);
  columns.select(selected);
  const auto size = static_cast<Index>(selected.size());
  const auto coef = random_matrix(7, size, 92);
  std::vector<double> results(7 * p + 7 * size + size * size + 7 * n);
  double* to = results.data();
  columns.products(7, v.values.data(), to);
  columns.selected_products(7, v.values.data(), to + 7 * p);
  columns.gram(0, size, v.values.data(), to + 7 * p + 7 * size, size);
  std::vector<Index> places(size);
  for (Index i = 0; i < size; ++i) places[i] = i;
  columns.combine(places, 7, coef.values.data(), to + 7 * p + 7 * size + size * size);
  return results;
}

}  // namespace

TEST(active_set, dense_columns) {
  for (const Index n : {1, 5, 8, 37}) {
    check_dense<double>(random_matrix(n, 21, 1));
    check_dense<float>(random_matrix(n, 21, 2));
  }
}

TEST(active_set, long_dense_columns) { check_dense<double>(random_matrix(2500, 40, 3)); }

TEST(active_set, dense_columns_far_from_zero) {
  check_dense<double>(far_matrix(60, 21, 4));
  check_dense<float>(converted<double>(converted<float>(far_matrix(60, 21, 4))));
}

TEST(active_set, many_dense_columns) {
  const auto x = random_matrix(30, 600, 5);
  const Units units = units_of(x);
  Monitor nobody;
  const auto laid = lay_out<double>(layouts[5], x);
  const auto columns = dense_columns<double>(laid.view, units.scale, units.shift, 2, nobody);
  check_all(*columns, Reference(x, units.scale, units.shift));
}

TEST(active_set, columns_without_units) {
  const auto x = random_matrix(20, 9, 6);
  const Reference wanted(x, std::vector<double>(9, 1.0), std::vector<double>(9, 0.0));
  Monitor nobody;
  check_all(*dense_columns<double>(x.view(), {}, {}, 1, nobody), wanted);
  const Compressed<double, std::int32_t> sparse(x, false);
  check_all(*sparse_columns<double>(sparse.view(), {}, {}, 1, nobody), wanted);
}

TEST(active_set, sparse_columns) {
  check_sparse<double>(thin_matrix(83, 21, 6, 7));
  check_sparse<float>(thin_matrix(83, 21, 6, 8));
  check_sparse<double>(thin_matrix(3000, 17, 30, 9));
}

TEST(active_set, full_sparse_columns_far_from_zero) {
  auto x = thin_matrix(60, 21, 4, 10);
  const auto far = far_matrix(60, 21, 11);
  for (Index i = 0; i < x.rows; ++i) {
    for (Index j = 0; j < x.cols; j += 3) x(i, j) = far(i, j);
  }
  check_sparse<double>(x);
}

TEST(active_set, columns_on_threads) {
  const auto x = random_matrix(1500, 700, 12);
  const Units units = units_of(x);
  const auto thin = thin_matrix(9000, 1500, 12, 13);
  const Units thin_units = units_of(thin);
  const Compressed<double, std::int32_t> sparse(thin, true);
  std::vector<std::vector<double>> dense_results, sparse_results;
  for (const int n_threads : {1, 2, 3}) {
    Monitor nobody;
    dense_results.push_back(
        all_results(*dense_columns<double>(x.view(), units.scale, units.shift, n_threads, nobody)));
    sparse_results.push_back(all_results(*sparse_columns<double>(
        sparse.view(), thin_units.scale, thin_units.shift, n_threads, nobody)));
    CHECK(same_bits(dense_results.back(), dense_results.front()));
    CHECK(same_bits(sparse_results.back(), sparse_results.front()));
  }
}

TEST(active_set, columns_are_interrupted) {
  const auto x = random_matrix(100, 50, 14);
  const auto v = random_values(100, 15);
  std::vector<double> out(50);
  StopAt stop;
  auto monitor = stop.impatient_monitor();
  const auto columns =
      dense_columns<double>({x.values.data(), 100, 50, 1, 100}, {}, {}, 1, monitor);
  bool interrupted = false;
  try {
    columns->products(1, v.data(), out.data());
  } catch (const Interrupted&) {
    interrupted = true;
  }
  CHECK(interrupted);
}

}  // namespace elltwo::test
