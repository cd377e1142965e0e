#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "linalg/float_posdef.hpp"
#include "linalg/posdef.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

/// D (I + v v^T) D with a vector v and diagonal D, lower triangle.
double entry(const std::vector<double>& v, const std::vector<double>& d, Index i, Index j) {
  return d[i] * ((i == j ? 1.0 : 0.0) + v[i] * v[j]) * d[j];
}

std::vector<double> powers_of_two(Index n, int range) {
  Random random(651);
  std::vector<double> d(n);
  for (double& v : d) v = std::ldexp(1.0, static_cast<int>(random.below(2 * range + 1)) - range);
  return d;
}

FloatPosDef begun(const std::vector<double>& v, const std::vector<double>& d) {
  const auto n = static_cast<Index>(v.size());
  std::vector<double> diagonal(n);
  for (Index j = 0; j < n; ++j) diagonal[j] = entry(v, d, j, j);
  FloatPosDef system;
  system.begin(diagonal);
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) system.set(i, j, entry(v, d, i, j));
  }
  return system;
}

}  // namespace

TEST(float_posdef, solves_whatever_the_scales) {
  Monitor monitor;
  for (const Index n : {1, 2, 90, 300}) {
    for (const int range : {0, 20, 240}) {
      const Case shape(n, "scales to 2 ^", range);
      const auto v = random_values(n, 652);
      const auto d = powers_of_two(n, range);
      auto system = begun(v, d);
      CHECK(system.factor(2, monitor));
      const auto wanted = random_values(n, 653);
      std::vector<double> z(n);  // of A z with z = D^-1 wanted
      for (Index i = 0; i < n; ++i) {
        Wide sum = 0.0L;
        for (Index j = 0; j < n; ++j) sum += entry(v, d, i, j) / d[j] * wanted[j];
        z[i] = static_cast<double>(sum);
      }
      system.solve(z.data());
      for (Index i = 0; i < n; ++i) z[i] *= d[i];
      CHECK_CLOSE(relative_error(z, wanted), 0.0, 1e-4);
    }
  }
}

TEST(float_posdef, rcond_is_near_that_in_double) {
  Monitor monitor;
  for (const Index n : {2, 40, 300}) {
    const auto v = random_values(n, 654);
    const auto d = powers_of_two(n, 5);
    auto system = begun(v, d);
    Buffer<double> lower(n * n);
    for (Index j = 0; j < n; ++j) {
      for (Index i = j; i < n; ++i) lower[j * n + i] = entry(v, d, i, j);
    }
    PosDefSystem exact(n, std::move(lower));
    CHECK(system.factor(1, monitor));
    CHECK(exact.factor(1, monitor));
    CHECK_CLOSE(std::log(system.rcond() / exact.rcond()), 0.0, 0.7);
  }
}

TEST(float_posdef, refuses_what_rounding_would_decide) {
  Monitor monitor;
  FloatPosDef system;
  const auto factors = [&](double off) {
    system.begin({1.0, 1.0});
    system.set(0, 0, 1.0);
    system.set(1, 0, off);
    system.set(1, 1, 1.0);
    return system.factor(1, monitor);
  };
  CHECK(factors(0.999));
  CHECK(!factors(0.999999));
  CHECK(!factors(1.0));
  CHECK(!factors(1.5));
}

TEST(float_posdef, bits_do_not_depend_on_threads) {
  Monitor monitor;
  const Index n = 400;
  const auto v = random_values(n, 655);
  const auto d = powers_of_two(n, 3);
  auto alone = begun(v, d), team = begun(v, d);
  CHECK(alone.factor(1, monitor));
  CHECK(team.factor(3, monitor));
  auto one = random_values(n, 656), other = one;
  alone.solve(one.data());
  team.solve(other.data());
  CHECK(one == other);
}

}  // namespace elltwo::test
