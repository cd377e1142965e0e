#include <vector>

#include "check.hpp"
#include "solvers/network/pair_products.hpp"
#include "support/data.hpp"

namespace elltwo::test {
namespace {

using network::PairColumns;

/// Sums over rows and terms from their definition.
std::vector<double> slow_products(Index n, const PairColumns<double>& left,
                                  const PairColumns<double>& right) {
  const auto column = [](const PairColumns<double>& pairs, Index i, Index a, Index b) {
    double sum = 0.0;
    for (Index t = 0; t < pairs.n_terms; ++t) {
      sum += pairs.u[i * pairs.ld_u + t * pairs.next_u + a] *
             pairs.v[i * pairs.ld_v + t * pairs.next_v + b];
    }
    return sum;
  };
  const Index ld = network::pair_products_ld(right);
  std::vector<double> out(left.size() * ld);
  for (Index i = 0; i < n; ++i) {
    Index c = 0;
    for (Index a = 0; a < left.n_u; ++a) {
      for (Index b = left.upper ? a : 0; b < left.n_v; ++b, ++c) {
        Index d = 0;
        for (Index e = 0; e < right.n_u; ++e) {
          for (Index f = right.upper ? e : 0; f < right.n_v; ++f, ++d) {
            out[c * ld + d] += column(left, i, a, b) * column(right, i, e, f);
          }
        }
      }
    }
  }
  return out;
}

std::vector<double> fast_products(Index n, const PairColumns<double>& left,
                                  const PairColumns<double>& right, int n_threads) {
  std::vector<double> out(left.size() * network::pair_products_ld(right));
  Monitor nobody;
  network::add_pair_products(n, left, right, n_threads, nobody, out.data());
  return out;
}

}  // namespace

TEST(network, pair_products_are_sums_over_rows) {
  constexpr Index n = 300;
  const auto g = random_matrix(n, 2 * 23, 1);
  const auto a = random_matrix(n, 25, 2);
  const PairColumns<double> symmetric{.u = g.values.data(),
                                      .ld_u = 46,
                                      .n_u = 23,
                                      .v = g.values.data(),
                                      .ld_v = 46,
                                      .n_v = 23,
                                      .upper = true,
                                      .n_terms = 2,
                                      .next_u = 23,
                                      .next_v = 23};
  PairColumns<double> few = symmetric;
  few.n_u = few.n_v = 3;
  const PairColumns<double> wide{.u = a.values.data(),
                                 .ld_u = 25,
                                 .n_u = 25,
                                 .v = a.values.data(),
                                 .ld_v = 25,
                                 .n_v = 25,
                                 .upper = true};
  const PairColumns<double> crossed{
      .u = g.values.data(), .ld_u = 46, .n_u = 5, .v = a.values.data(), .ld_v = 25, .n_v = 7};
  const auto plain = network::plain_columns(a.values.data(), 25, 4);
  const PairColumns<double> sides[][2] = {
      {symmetric, plain}, {few, wide}, {crossed, crossed}, {plain, symmetric}, {symmetric, wide}};
  for (const auto& [left, right] : sides) {
    const auto wanted = slow_products(n, left, right);
    const auto got = fast_products(n, left, right, 1);
    CHECK(relative_error(got, wanted) < 1e-13);
    CHECK(fast_products(n, left, right, 2) == got);
  }
}

}  // namespace elltwo::test
