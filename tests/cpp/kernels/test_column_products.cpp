#include <vector>

#include "check.hpp"
#include "support/data.hpp"
#include "support/levels.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

/// Vectors of n values, then zeros up to the next multiple of 8, then NaN.
Matrix<double> padded_vectors(Index m, Index n, std::uint64_t seed) {
  auto v = random_matrix(m, (n + 7) / 8 * 8 + 1, seed);
  for (Index t = 0; t < m; ++t) {
    for (Index i = n; i < v.cols; ++i) v(t, i) = i + 1 < v.cols ? 0.0 : nan;
  }
  return v;
}

template <Real T>
void check_products(const Kernels& kernels, Index n, Index n_columns, Index m) {
  const Case shape(n, "rows,", n_columns, "columns,", m, "vectors");
  const auto x = converted<T>(random_matrix(n_columns, n + 2, 71));
  const auto shift = random_values(n_columns, 72);
  const auto v = padded_vectors(m, n, 73);
  const auto before = random_matrix(m, n_columns + 3, 74);
  auto out = before;
  kernels.column_products<T>()(n, x.values.data(), x.cols, n_columns, shift.data(), v.values.data(),
                               v.cols, m, out.values.data(), out.cols);
  for (Index t = 0; t < m; ++t) {
    for (Index j = 0; j < out.cols; ++j) {
      Wide sum = before(t, j);
      for (Index i = 0; j < n_columns && i < n; ++i) {
        sum += (static_cast<Wide>(x(j, i)) - shift[j]) * v(t, i);
      }
      CHECK_CLOSE(out(t, j), sum, j < n_columns ? 4.0 * static_cast<double>(n + 1) * eps : 0.0);
    }
  }
}

void check_combination(const Kernels& kernels, Index n, Index n_places, Index m) {
  const Case shape(n, "rows,", n_places, "places,", m, "combinations");
  const auto x = random_matrix(2 * n_places + 1, n + 8, 75);
  std::vector<Index> places(n_places);
  for (Index c = 0; c < n_places; ++c) places[c] = 2 * (n_places - c);
  const auto coef = random_matrix(m, n_places + 1, 76);
  const auto before = random_matrix(m, n + 3, 77);
  auto out = before;
  kernels.column_combination(n, x.values.data(), x.cols, n_places, places.data(),
                             coef.values.data(), coef.cols, m, out.values.data(), out.cols);
  for (Index t = 0; t < m; ++t) {
    for (Index i = 0; i < out.cols; ++i) {
      Wide sum = before(t, i);
      for (Index c = 0; i < n && c < n_places; ++c) {
        sum += static_cast<Wide>(coef(t, c)) * x(places[c], i);
      }
      CHECK_CLOSE(out(t, i), sum, i < n ? 4.0 * static_cast<double>(n_places + 1) * eps : 0.0);
    }
  }
}

void check_added(const Kernels& kernels, Index n, Index n_places) {
  const Case shape(n, "rows,", n_places, "places");
  const auto x = random_matrix(2 * n_places + 1, n + 2, 78);
  std::vector<Index> places(n_places);
  for (Index c = 0; c < n_places; ++c) places[c] = 2 * (n_places - c);
  const auto coef = random_values(n_places, 79);
  const auto before = random_values(n + 1, 80);
  auto out = before;
  kernels.add_columns(n, x.values.data(), x.cols, n_places, places.data(), coef.data(), out.data());
  for (Index i = 0; i <= n; ++i) {
    Wide sum = before[i];
    for (Index c = 0; i < n && c < n_places; ++c) {
      sum += static_cast<Wide>(coef[c]) * x(places[c], i);
    }
    CHECK_CLOSE(out[i], sum, i < n ? 4.0 * static_cast<double>(n_places + 1) * eps : 0.0);
  }
}

}  // namespace

TEST(kernels, added_columns) {
  for_each_level([](const Kernels& kernels) {
    for (const Index n : {1, 7, 8, 40, 129}) {
      for (const Index n_places : {0, 1, 7, 8, 9, 31}) check_added(kernels, n, n_places);
    }
  });
}

TEST(kernels, products_with_columns) {
  for_each_level([](const Kernels& kernels) {
    for (const Index n : {1, 7, 8, 29, 200}) {
      for (const Index n_columns : {1, 2, 3, 4, 9}) {
        for (const Index m : {1, 2, 3, 4, 5, 6, 7, 13}) {
          check_products<double>(kernels, n, n_columns, m);
          check_products<float>(kernels, n, n_columns, m);
        }
      }
    }
  });
}

TEST(kernels, combinations_of_columns) {
  for_each_level([](const Kernels& kernels) {
    for (const Index n : {8, 16, 40, 128}) {
      for (const Index n_places : {0, 1, 5, 30}) {
        for (const Index m : {1, 2, 3, 4, 5, 6, 8, 13}) {
          check_combination(kernels, n, n_places, m);
        }
      }
    }
  });
}

}  // namespace elltwo::test
