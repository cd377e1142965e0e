#include <algorithm>
#include <cmath>
#include <limits>

#include "check.hpp"
#include "linalg/posdef.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

/// D (n I + R) D with R random and symmetric, for a given diagonal D; lower triangle, NaN above.
Buffer<double> scaled_matrix(Index n, const std::vector<double>& d) {
  const auto r = random_matrix(n, n, 601);
  Buffer<double> a(n * n);
  std::fill(a.begin(), a.end(), nan);
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) {
      const double core = i == j ? static_cast<double>(n) : r(i, j);
      a[j * n + i] = d[i] * core * d[j];
    }
  }
  return a;
}

/// Powers of two from 2^-range to 2^range.
std::vector<double> wild_scales(Index n, int range) {
  Random random(602);
  std::vector<double> d(n);
  for (double& v : d) v = std::ldexp(1.0, static_cast<int>(random.below(2 * range + 1)) - range);
  return d;
}

PosDefSystem factored(Index n, Buffer<double> a) {
  PosDefSystem system(n, std::move(a));
  CHECK_EQUAL(system.rcond(), 0.0);
  Monitor monitor;
  CHECK(system.factor(2, monitor));
  return system;
}

Buffer<double> copy_of(const Buffer<double>& a) {
  Buffer<double> copy(a.size());
  std::copy(a.begin(), a.end(), copy.begin());
  return copy;
}

/// 1 / (|A| |A^-1|) in the 1-norm for [[1, r], [r, 1]].
double rcond_of_pair(double r) { return (1.0 - r) / (1.0 + r); }

double rcond_of_2x2(double a, double b, double c) {
  Buffer<double> m(4);
  m[0] = a;
  m[1] = b;
  m[2] = nan;
  m[3] = c;
  return factored(2, std::move(m)).rcond();
}

}  // namespace

TEST(posdef, solves_whatever_the_scales) {
  for (const Index n : {1, 2, 17, 90, 300}) {
    for (const int range : {0, 20, 240}) {
      const Case shape(n, "scales to 2 ^", range);
      const auto d = wild_scales(n, range);
      const auto a = scaled_matrix(n, d);
      const auto system = factored(n, copy_of(a));
      const auto wanted = random_values(n, 603);
      Buffer<double> z(n);  // of A z with z = D^-1 wanted
      for (Index i = 0; i < n; ++i) {
        Wide sum = 0.0L;
        for (Index j = 0; j < n; ++j) {
          const Wide entry = a[std::min(i, j) * n + std::max(i, j)];
          sum += entry / d[j] * wanted[j];
        }
        z[i] = static_cast<double>(sum);
      }
      system.solve(z.data(), 1, n, 1);
      for (Index i = 0; i < n; ++i) z[i] *= d[i];
      CHECK_CLOSE(relative_error({z.data(), wanted.size()}, wanted), 0.0,
                  1e-14 * static_cast<double>(n));
      CHECK(system.rcond() > 0.05);
    }
  }
}

TEST(posdef, many_right_hand_sides) {
  const Index n = 230;
  const auto d = wild_scales(n, 10);
  const auto system = factored(n, scaled_matrix(n, d));
  for (const Index n_rhs : {1, 31, 32, 33, 200}) {
    const Index ld = n + 5;
    const auto rhs = random_values(ld * n_rhs, 604);
    auto alone = rhs;
    system.solve(alone.data(), n_rhs, ld, 1);
    for (const int n_threads : {2, 3, 5}) {
      auto got = rhs;
      system.solve(got.data(), n_rhs, ld, n_threads);
      CHECK(same_bits(got, alone));
    }
    for (Index t = 0; t < n_rhs; ++t) {
      std::vector<double> one(rhs.begin() + t * ld, rhs.begin() + t * ld + n);
      system.solve(one.data(), 1, n, 1);
      CHECK_CLOSE(relative_error({alone.data() + t * ld, one.size()}, one), 0.0, 1e-12);
      CHECK(std::equal(alone.begin() + t * ld + n, alone.begin() + (t + 1) * ld,
                       rhs.begin() + t * ld + n));
    }
  }
}

TEST(posdef, rcond_is_of_the_equilibrated_matrix) {
  CHECK_CLOSE(rcond_of_2x2(1.0, 0.5, 1.0), rcond_of_pair(0.5), 1e-15);
  const double r = 1.0 - 1e-9;
  CHECK_CLOSE(rcond_of_2x2(1.0, r, 1.0) / rcond_of_pair(r), 1.0, 1e-6);
  CHECK_CLOSE(rcond_of_2x2(0x1p-200, r * 0x1p+50, 0x1p+300) / rcond_of_pair(r), 1.0, 1e-6);
  CHECK_CLOSE(rcond_of_2x2(0x1p-1000, 0.0, 0x1p+1000), 1.0, 1e-15);
}

TEST(posdef, rcond_is_in_the_one_norm) {
  // [[1, 0, a], [0, 1, a], [a, a, 1]] has columns of sums 1 + a, 1 + a, 1 + 2 a; its inverse those
  // of [[b, a^2, -a], [a^2, b, -a], [-a, -a, 1]] / d with d = 1 - 2 a^2, b = 1 - a^2.
  const double a = 0.5;
  const double d = 1.0 - 2.0 * a * a;
  Buffer<double> m(9);
  const double lower[] = {1.0, 0.0, a, nan, 1.0, a, nan, nan, 1.0};
  std::copy(std::begin(lower), std::end(lower), m.begin());
  const double inverse_norm = std::max(1.0 + a, 1.0 + 2.0 * a) / d;
  CHECK_CLOSE(factored(3, std::move(m)).rcond(), 1.0 / ((1.0 + 2.0 * a) * inverse_norm), 1e-14);
}

TEST(posdef, singular_and_indefinite_are_told) {
  Monitor monitor;
  for (const Index n : {2, 300}) {
    auto a = scaled_matrix(n, std::vector<double>(n, 1.0));
    a[1] = 3.0 * static_cast<double>(n);
    PosDefSystem system(n, std::move(a));
    CHECK(!system.factor(2, monitor));
    CHECK_EQUAL(system.rcond(), 0.0);
  }
}

TEST(posdef, power_of_two_brings_the_root_into_one_two) {
  Random random(605);
  std::vector<double> values{1.0,
                             2.0,
                             3.999,
                             4.0,
                             0.25,
                             std::numeric_limits<double>::min(),
                             std::numeric_limits<double>::denorm_min(),
                             std::numeric_limits<double>::max()};
  for (int i = 0; i < 500; ++i) {
    values.push_back(
        std::ldexp(1.5 + 0.5 * random.uniform(), static_cast<int>(random.below(2000)) - 1000));
  }
  for (const double x : values) {
    const double s = inverse_sqrt_power_of_two(x);
    int exponent = 0;
    CHECK_EQUAL(std::frexp(s, &exponent), 0.5);
    const double root = s * std::sqrt(x);
    CHECK(root >= 1.0 && root < 2.0);
  }
}

TEST(posdef, inverse_factor_of_the_matrix_that_was_taken) {
  for (const Index n : {1, 5, 64, 150}) {
    const auto d = wild_scales(n, 40);
    const auto system = factored(n, scaled_matrix(n, d));
    Monitor nobody;
    const auto v = system.inverse_factor(2, nobody);
    Buffer<double> unit(n);
    for (const Index c : {Index{0}, n / 2, n - 1}) {
      const Case shape(n, "column", c);
      unit.fill_zero();
      unit[c] = 1.0;
      system.solve(unit.data(), 1, n, 1);
      for (Index i = 0; i < n; ++i) {
        Wide sum = 0.0L;
        for (Index k = 0; k < n; ++k) sum += static_cast<Wide>(v[i * n + k]) * v[c * n + k];
        CHECK_CLOSE(static_cast<double>(sum) * d[i] * d[c], unit[i] * d[i] * d[c], 1e-14);
      }
      for (Index k = 0; k < c; ++k) CHECK_EQUAL(v[c * n + k], 0.0);
    }
  }
}

}  // namespace elltwo::test
