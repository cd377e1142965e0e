#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "solvers/elastic_net/block_slopes.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

constexpr Index n = 24;
constexpr Index p = 150;

/// Columns with weights, of which one in six is zero, and W v of three vectors whose products are
/// known.
struct SlopeCase {
  Matrix<double> x = random_matrix(p, n, 51);  // by columns
  std::vector<double> weight = random_weights(n, 52);
  std::vector<double> lower = std::vector<double>(p, -infinity);
  Monitor nobody{};
  std::unique_ptr<Columns> columns;
  std::vector<double> norms;
  Matrix<double> sides = random_matrix(3, n, 53);
  std::vector<double> products;

  SlopeCase() {
    for (Index i = 0; i < n; i += 6) weight[i] = 0.0;
    for (Index j = 0; j < p; j += 4) lower[j] = 0.0;
    columns = dense_columns<double>({x.values.data(), n, p, 1, n}, {}, {}, 1, nobody);
    for (Index j = 0; j < p; ++j) {
      double square = 0.0;
      for (Index i = 0; i < n; ++i) square += weight[i] * x(j, i) * x(j, i);
      norms.push_back(std::sqrt(square));
    }
    for (Index k = 0; k < 3; ++k) weigh(sides.row(k));
    products.resize(3 * p);
    columns->products(3, sides.values.data(), products.data());
  }

  void weigh(double* v) const {
    for (Index i = 0; i < n; ++i) v[i] *= weight[i];
  }

  /// W of a combination of the three and of `part` of another vector.
  std::vector<double> side(double part) const {
    auto v = random_values(n, 54);
    weigh(v.data());
    for (Index i = 0; i < n; ++i) {
      v[i] = part * v[i] + 0.7 * sides(0, i) - 1.5 * sides(1, i) + 0.2 * sides(2, i);
    }
    return v;
  }
};

/// How many features are uncertain; none of the others violates.
Index check_estimate(SlopeCase& data, double part) {
  const Case which("part", part);
  const std::vector<char> pinned(p, 0);
  std::vector<double> upper(p, infinity);
  const NetPenalty penalty({1.0, {}, {}, {data.lower, upper}}, {}, pinned, 0);
  const WideRows rows{*data.columns, data.weight, false};
  const std::vector<double> c(p, 0.0);
  WorkingSet set(rows, penalty, c, data.nobody);
  set.extend(std::vector<Index>{3, 8});
  KnownSlopes known(rows);
  for (Index k = 0; k < 3; ++k) known.add(data.sides.row(k), data.products.data() + k * p);
  known.add(data.sides.row(1), data.products.data() + p);  // depends on what is known
  const auto side = data.side(part);
  std::vector<double> exact(p);
  data.columns->products(1, side.data(), exact.data());
  std::vector<double> sizes;
  for (const double value : exact) sizes.push_back(std::abs(value));
  std::ranges::sort(sizes);
  const double alpha = sizes[p - 20];
  const auto uncertain = known.uncertain({side.data(), alpha}, penalty, set, data.norms);
  CHECK(std::ranges::is_sorted(uncertain));
  for (Index j = 0; j < p; ++j) {
    if (set.has(j)) continue;
    const bool violates = data.lower[j] < 0.0 ? std::abs(exact[j]) >= alpha : exact[j] >= alpha;
    if (violates) CHECK(std::ranges::binary_search(uncertain, j));
  }
  return static_cast<Index>(uncertain.size());
}

}  // namespace

TEST(elastic_net, known_slopes_miss_no_feature_that_violates) {
  SlopeCase data;
  const Index near = check_estimate(data, 1e-9);
  CHECK(near >= 10 && near <= 21);
  const Index apart = check_estimate(data, 0.01);
  CHECK(apart >= near && apart < p / 2);
  CHECK(check_estimate(data, 3.0) > p / 2);
}

TEST(elastic_net, nothing_is_certain_where_nothing_is_known) {
  SlopeCase data;
  const std::vector<char> pinned(p, 0);
  const NetPenalty penalty({}, {}, pinned, 0);
  const WideRows rows{*data.columns, data.weight, false};
  const std::vector<double> c(p, 0.0), zeros(n, 0.0);
  const WorkingSet set(rows, penalty, c, data.nobody);
  KnownSlopes known(rows);
  known.add(zeros.data(), c.data());
  const auto side = data.side(1.0);
  const auto uncertain = known.uncertain({side.data(), 1e-3}, penalty, set, data.norms);
  CHECK_EQUAL(static_cast<Index>(uncertain.size()), p);
}

TEST(elastic_net, slopes_of_a_block_are_exact_where_they_matter) {
  SlopeCase data;
  const std::vector<char> pinned(p, 0);
  const NetPenalty penalty({1.0, {}, {}, {}}, {}, pinned, 0);
  const WideRows rows{*data.columns, data.weight, false};
  const std::vector<double> c(p, 0.0);
  WorkingSet set(rows, penalty, c, data.nobody);
  set.extend(std::vector<Index>{90, 4});
  BlockSlopes block(rows, penalty, set, data.norms);
  CHECK(block.pays());
  KnownSlopes known(rows);
  for (Index k = 0; k < 3; ++k) known.add(data.sides.row(k), data.products.data() + k * p);
  for (const double part : {1e-9, 3.0}) {
    const Case which("part", part);
    Matrix<double> sides(2, n);
    std::ranges::copy(data.side(part), sides.row(0));
    std::ranges::copy(data.side(2.0 * part), sides.row(1));
    std::vector<double> exact(2 * p);
    data.columns->products(2, sides.values.data(), exact.data());
    const std::vector<BetweenPoint> points{{sides.row(0), 8.0}, {sides.row(1), 7.5}};
    const double* got = block.fill(points, known, data.products.data() + p);
    for (Index k = 0; k < 2; ++k) {
      const auto notable = block.notable(k);
      CHECK(std::ranges::is_sorted(notable));
      CHECK(std::ranges::binary_search(notable, 4) && std::ranges::binary_search(notable, 90));
      for (const Index j : notable) CHECK_CLOSE(got[k * p + j], exact[k * p + j], 1e-12);
    }
    for (Index j = 0; j < 2 * p; ++j) CHECK(got[2 * p + j] == data.products[p + j]);
    CHECK_EQUAL(static_cast<Index>(block.notable(2).size()), p);
    CHECK(block.pays() == (part < 1.0));
  }
  block.clear();
  CHECK_EQUAL(static_cast<Index>(block.notable(0).size()), p);
}

}  // namespace elltwo::test
