#include <algorithm>
#include <vector>

#include "check.hpp"
#include "solvers/active_set/selected_columns.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"
#include "support/sparse_data.hpp"

namespace elltwo::test {
namespace {

/// z = x / 2 - 1/4, exact for coarse values.
struct Problem {
  Matrix<double> x;
  std::vector<double> scale, shift;

  explicit Problem(Index n, Index p) : x(n, p), scale(p, 0.5), shift(p, 0.25) {
    Random random(7);
    for (double& value : x.values) value = random.below(3) == 0 ? random.coarse() : 0.0;
  }

  Wide z(Index i, Index j) const { return static_cast<Wide>(scale[j]) * x(i, j) - shift[j]; }
};

std::vector<double> values(Index count, std::uint64_t seed) {
  return random_matrix(1, count, seed).values;
}

std::vector<Index> first_places(std::size_t count) {
  std::vector<Index> places(count);
  for (std::size_t i = 0; i < count; ++i) places[i] = static_cast<Index>(i);
  return places;
}

void check_gram(SelectedColumns& columns, const Problem& problem,
                const std::vector<Index>& selected) {
  const std::vector<Index> a{4, 0, 9, 3, 7, 2, 11, 5, 1}, b{6, 10, 2, 0};
  const std::vector<Index> all = first_places(selected.size());
  const auto weight = values(problem.x.rows, 3);
  for (const auto& [rows, others] : {std::pair(&a, &b), std::pair(&a, &a), std::pair(&b, &all),
                                     std::pair(&all, &all), std::pair(&all, &a)}) {
    std::vector<double> gram(rows->size() * others->size(), nan);
    columns.gram(*rows, *others, weight.data(), gram.data());
    for (std::size_t i = 0; i < rows->size(); ++i) {
      for (std::size_t j = rows == others ? i : 0; j < others->size(); ++j) {
        Wide sum = 0.0L;
        for (Index r = 0; r < problem.x.rows; ++r) {
          sum +=
              weight[r] * problem.z(r, selected[(*rows)[i]]) * problem.z(r, selected[(*others)[j]]);
        }
        CHECK_CLOSE(gram[i * others->size() + j], sum, 1e-15L * problem.x.rows);
      }
    }
  }
}

void check_step(SelectedColumns& columns, const Problem& problem,
                const std::vector<Index>& selected, Index m) {
  const Index n = problem.x.rows;
  const Index size = columns.size();
  auto coef = values(m * size, 4);
  for (Index i = 0; i < m * size; i += 3) coef[i] = 0.0;
  const auto start = values(m * n, 5);
  auto eta = start;
  std::vector<double> r(m * n, nan), out(m * size, nan), combined(m * n, nan), products(m * size);
  std::vector<int> visits(n, 0);
  const auto evaluate = [&](Index first, Index count) {
    for (Index i = first; i < first + count; ++i) {
      ++visits[i];
      for (Index k = 0; k < m; ++k) r[k * n + i] = 2.0 * eta[k * n + i];
    }
    return static_cast<double>(count);
  };
  CHECK_EQUAL(columns.step(m, coef.data(), eta.data(), evaluate, r.data(), out.data()),
              static_cast<double>(n));
  CHECK(std::ranges::all_of(visits, [](int count) { return count == 1; }));
  columns.combine(m, coef.data(), combined.data());
  for (Index k = 0; k < m; ++k) {
    for (Index i = 0; i < n; ++i) {
      Wide sum = 0.0L;
      for (Index s = 0; s < size; ++s) sum += coef[k * size + s] * problem.z(i, selected[s]);
      CHECK_CLOSE(combined[k * n + i], sum, 1e-15L * size);
      CHECK_CLOSE(eta[k * n + i], start[k * n + i] + sum, 1e-15L * size);
    }
  }
  columns.products(m, r.data(), products.data());
  for (Index k = 0; k < m; ++k) {
    for (Index s = 0; s < size; ++s) {
      Wide sum = 0.0L;
      for (Index i = 0; i < n; ++i) sum += r[k * n + i] * problem.z(i, selected[s]);
      CHECK_CLOSE(out[k * size + s], sum, 1e-14L * n);
      CHECK_CLOSE(products[k * size + s], sum, 1e-14L * n);
    }
  }
}

void check_selection(const Columns& x, const Problem& problem) {
  Monitor nobody;
  const auto columns = x.selection(2, nobody);
  CHECK_EQUAL(columns->size(), Index{0});
  const std::vector<Index> selected{17, 3, 8, 0, 21, 5, 30, 11, 2, 26, 9, 14};
  columns->append(std::span(selected).first(5));
  columns->append(std::span(selected).subspan(5));
  CHECK_EQUAL(columns->size(), static_cast<Index>(selected.size()));
  check_gram(*columns, problem, selected);
  for (const Index m : {1, 2, 5, 9}) check_step(*columns, problem, selected, m);
  std::vector<double> column(problem.x.rows, nan);
  x.column(8, column.data());
  for (Index i = 0; i < problem.x.rows; ++i) CHECK_CLOSE(column[i], problem.z(i, 8), 0.0L);
}

std::vector<double> results(const Columns& x, int n_threads) {
  Monitor nobody;
  const auto columns = x.selection(n_threads, nobody);
  std::vector<Index> all(x.n_columns());
  for (Index j = 0; j < x.n_columns(); ++j) all[j] = j;
  columns->append(all);
  const auto weight = values(x.n_rows(), 6), coef = values(x.n_columns(), 7);
  const Index p = x.n_columns();
  std::vector<double> out(p * p + p, 0.0), eta(x.n_rows(), 0.0);
  columns->gram(all, all, weight.data(), out.data());
  columns->step(
      1, coef.data(), eta.data(), [](Index, Index) { return 0.0; }, eta.data(), out.data() + p * p);
  return out;
}

}  // namespace

TEST(active_set, selected_dense_columns) {
  Monitor nobody;
  for (const Index n : {1, 63, 64, 65, 700}) {
    const Case which(n, "rows");
    const Problem problem(n, 33);
    check_selection(
        *dense_columns<double>(problem.x.view(), problem.scale, problem.shift, 2, nobody), problem);
    const auto narrow = converted<float>(problem.x);
    check_selection(*dense_columns<float>(narrow.view(), problem.scale, problem.shift, 2, nobody),
                    problem);
  }
}

TEST(active_set, selected_sparse_columns) {
  Monitor nobody;
  for (const Index n : {1, 40, 300}) {
    const Case which(n, "rows");
    const Problem problem(n, 33);
    const Compressed<double, std::int32_t> x(problem.x, false);
    check_selection(*sparse_columns<double>(x.view(), problem.scale, problem.shift, 2, nobody),
                    problem);
  }
}

TEST(active_set, selected_columns_on_threads) {
  Monitor nobody;
  const Problem problem(3000, 200);
  const auto dense =
      dense_columns<double>(problem.x.view(), problem.scale, problem.shift, 1, nobody);
  CHECK(results(*dense, 1) == results(*dense, 2));
  CHECK(results(*dense, 1) == results(*dense, 3));
}

}  // namespace elltwo::test
