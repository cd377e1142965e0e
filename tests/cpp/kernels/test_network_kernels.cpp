#include <cmath>
#include <limits>
#include <vector>

#include "check.hpp"
#include "kernels/network.hpp"
#include "support/activations.hpp"
#include "support/data.hpp"
#include "support/levels.hpp"

namespace elltwo::test {
namespace {

template <Real T>
void check_activations(const network::Passes<T>& passes) {
  constexpr Activation all[] = {Activation::identity, Activation::logistic, Activation::tanh,
                                Activation::relu};
  std::vector<T> z;
  for (const double x : {0.0, 1e-30, 1e-8, 1e-3, 0.1, 0.3, 0.35, 0.5, 1.0, 2.5, 8.0, 20.0, 80.0}) {
    z.push_back(static_cast<T>(x));
    z.push_back(static_cast<T>(-x));
  }
  z.resize((z.size() + passes.width - 1) / passes.width * passes.width);
  for (const Activation activation : all) {
    auto got = z;
    passes.activate(activation, static_cast<Index>(z.size()), got.data());
    for (std::size_t i = 0; i < z.size(); ++i) {
      const long double wanted = activated(activation, static_cast<long double>(z[i]));
      CHECK_CLOSE(got[i], wanted, 6 * std::numeric_limits<T>::epsilon() * std::abs(wanted));
    }
  }
}

/// All three products with every number of rows, inner numbers and columns up to a few tiles.
template <Real T>
void check_products(const network::Passes<T>& passes) {
  const Index width = passes.width;
  for (const Index n : {1, 3, 8, 21}) {
    for (const Index m : {Index{1}, width - 1, width, 2 * width + 1, 7 * width}) {
      const Index k = 5, ld = (m + width - 1) / width * width,
                  ld_k = (k + width - 1) / width * width;
      const auto a = converted<T>(random_matrix(n, ld_k, 1));
      auto b = converted<T>(random_matrix(k, ld, 2));
      const auto first = converted<T>(random_matrix(1, ld, 3));
      Matrix<T> c(n, ld), turned(m, ld_k), dots(n, ld);
      for (Index j = 0; j < m; ++j)
        for (Index i = 0; i < k; ++i) turned(j, i) = b(i, j);
      passes.product({n, k, m, a.row(0), ld_k, b.row(0), ld, first.row(0), c.row(0), ld});
      passes.dots({n, k, m, a.row(0), ld_k, turned.row(0), ld_k, first.row(0), dots.row(0), ld});
      Matrix<double> sum(ld_k, ld);
      passes.outer_sum({n, k, m, a.row(0), ld_k, c.row(0), ld, sum.row(0), ld});
      for (Index j = 0; j < m; ++j) {
        for (Index i = 0; i < n; ++i) {
          long double wanted = first(0, j);
          for (Index l = 0; l < k; ++l) wanted += static_cast<long double>(a(i, l)) * b(l, j);
          const long double allowed = 20 * std::numeric_limits<T>::epsilon();
          CHECK_CLOSE(c(i, j), wanted, allowed);
          CHECK_CLOSE(dots(i, j), wanted, allowed);
        }
        for (Index i = 0; i < k; ++i) {
          long double wanted = 0.0L;
          for (Index r = 0; r < n; ++r) wanted += static_cast<long double>(a(r, i)) * c(r, j);
          CHECK_CLOSE(sum(i, j), wanted, 200 * std::numeric_limits<T>::epsilon());
        }
      }
    }
  }
}

}  // namespace

TEST(kernels, network_activations_are_accurate) {
  for_each_level([](const Kernels& level) {
    const auto& table = network::kernels_named(level.name);
    check_activations(table.f32);
    check_activations(table.f64);
  });
}

TEST(kernels, network_products_are_sums) {
  for_each_level([](const Kernels& level) {
    const auto& table = network::kernels_named(level.name);
    check_products(table.f32);
    check_products(table.f64);
  });
}

}  // namespace elltwo::test
