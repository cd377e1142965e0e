#include <cmath>
#include <limits>
#include <numeric>

#include "check.hpp"
#include "solvers/ridge_batch/small_path.hpp"
#include "support/data.hpp"

namespace elltwo::test {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// G = A^T A + 1 with p columns, both triangles.
std::vector<double> gram_of(Index p, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> a(static_cast<std::size_t>(2 * p * p)), g(static_cast<std::size_t>(p * p));
  for (double& v : a) v = random.uniform();
  for (Index i = 0; i < p; ++i) {
    for (Index j = 0; j < p; ++j) {
      double sum = i == j ? 1.0 : 0.0;
      for (Index k = 0; k < 2 * p; ++k) {
        sum += a[static_cast<std::size_t>(k * p + i)] * a[static_cast<std::size_t>(k * p + j)];
      }
      g[static_cast<std::size_t>(i * p + j)] = sum;
    }
  }
  return g;
}

std::vector<double> decomposed(SmallPath& path, Index p, std::vector<double> g,
                               const std::vector<double>& c, const std::vector<double>& alphas) {
  path.decompose(p, g.data(), c.data(), true);
  path.shift(alphas);
  std::vector<double> b(alphas.size() * static_cast<std::size_t>(p));
  path.coefficients(b.data(), p);
  return b;
}

const std::vector<double> shifts{0.0, 1e-3, 0.5,  1.0, 7.0, 1e3, 1e9, infinite, 2.0,
                                 3.0, 4.0,  40.0, 0.1, 0.2, 0.3, 0.4, 0.5};

}  // namespace

TEST(small_path, coefficients_solve_every_shift) {
  for (const Index p : {1, 2, 3, 4, 9, 31, 32}) {
    const Case which(p, "features");
    const auto g = gram_of(p, 41);
    Random random(42);
    std::vector<double> c;
    for (Index j = 0; j < p; ++j) c.push_back(random.uniform());
    SmallPath path;
    const auto b = decomposed(path, p, g, c, shifts);
    for (std::size_t s = 0; s < shifts.size(); ++s) {
      const double* x = b.data() + static_cast<Index>(s) * p;
      for (Index i = 0; i < p; ++i) {
        if (std::isinf(shifts[s])) {
          CHECK_EQUAL(x[i], 0.0);
          continue;
        }
        double left = shifts[s] * x[i];
        for (Index j = 0; j < p; ++j) left += g[static_cast<std::size_t>(i * p + j)] * x[j];
        CHECK_CLOSE(left, c[static_cast<std::size_t>(i)], 1e-12);
      }
    }
  }
}

TEST(small_path, measures_are_those_of_the_coefficients) {
  for (const Index p : {1, 2, 5, 32}) {
    const Case which(p, "features");
    const auto g = gram_of(p, 43);
    std::vector<double> c(static_cast<std::size_t>(p), 0.5), trace(shifts.size(), 0.0);
    for (Index j = 0; j < p; ++j) {  // tr (G + alpha)^-1, a column at a time
      std::vector<double> unit(static_cast<std::size_t>(p), 0.0);
      unit[static_cast<std::size_t>(j)] = 1.0;
      SmallPath path;
      const auto column = decomposed(path, p, g, unit, shifts);
      for (std::size_t s = 0; s < shifts.size(); ++s) {
        trace[s] += column[s * static_cast<std::size_t>(p) + static_cast<std::size_t>(j)];
      }
    }
    SmallPath path;
    const auto b = decomposed(path, p, g, c, shifts);
    double edf[SmallPath::max_alphas], rss[SmallPath::max_alphas];
    const double yy = 10.0 * static_cast<double>(p);
    CHECK(path.measures(yy, 0.0, edf, rss));
    for (std::size_t s = 0; s < shifts.size(); ++s) {
      const bool none = std::isinf(shifts[s]);
      CHECK_CLOSE(edf[s], none ? 0.0 : static_cast<double>(p) - shifts[s] * trace[s], 1e-6);
      if (!none) CHECK_CLOSE(path.inverse_trace(shifts[s]), trace[s], 1e-12);
      double direct = yy;
      for (Index i = 0; i < p; ++i) {
        const double* x = b.data() + static_cast<Index>(s) * p;
        direct -= 2.0 * c[static_cast<std::size_t>(i)] * x[i];
        for (Index j = 0; j < p; ++j)
          direct += x[i] * g[static_cast<std::size_t>(i * p + j)] * x[j];
      }
      CHECK_CLOSE(rss[s], direct, 1e-12 * yy);
    }
    CHECK(!path.measures(1e-9, 0.0, edf, rss));  // less than c^T G^-1 c
  }
}

TEST(small_path, poor_conditioning_is_seen) {
  std::vector<double> g{1.0, 1.0, 1.0, 1.0 + 1e-8}, c{1.0, 2.0};
  SmallPath path;
  path.decompose(2, g.data(), c.data(), false);
  CHECK(!path.well_conditioned(0.0));
  CHECK(path.well_conditioned(1e-2));
  CHECK(path.well_conditioned(infinite));
}

}  // namespace elltwo::test
