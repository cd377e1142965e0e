#include <algorithm>
#include <cmath>
#include <limits>

#include "check.hpp"
#include "model/logistic_loss.hpp"
#include "support/data.hpp"
#include "support/levels.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Error in units of the last place of a double near `wanted`.
Wide ulps(double got, Wide wanted) {
  if (static_cast<Wide>(got) == wanted) return 0.0L;
  const Wide unit = std::max(std::scalbn(1.0L, std::ilogb(wanted) - 52), std::scalbn(1.0L, -1074));
  const Wide error = std::abs(static_cast<Wide>(got) - wanted) / unit;
  return std::isnan(error) ? std::numeric_limits<Wide>::infinity() : error;
}

/// Both signs of every size that a double has, dense where the functions bend.
std::vector<double> predictors() {
  Random random(301);
  std::vector<double> z{0.0,   -0.0,  0.3465735, 1e-320, 708.4,   745.1,
                        745.2, 746.5, 1e9,       1e308,  infinity};
  for (int i = 0; i < 20000; ++i) z.push_back(random.uniform());
  for (int i = 0; i < 20000; ++i) z.push_back(40.0 * random.uniform());
  for (int i = 0; i < 5000; ++i) z.push_back(750.0 * random.uniform());
  for (int i = 0; i < 2000; ++i) z.push_back(std::exp(700.0 * random.uniform()));
  for (const double x : std::vector<double>(z)) z.push_back(-x);
  return z;
}

Wide softplus_of_minus(Wide z) { return std::max(-z, 0.0L) + std::log1p(std::exp(-std::abs(z))); }

struct Worst {
  Wide other = 0.0L, softplus = 0.0L, variance = 0.0L;
};

Worst logistic_errors(const Kernels& kernels, const std::vector<double>& z) {
  const Index n = static_cast<Index>(z.size());
  std::vector<double> other(z.size()), softplus(z.size()), variance(z.size());
  kernels.logistic(n, z.data(), other.data(), softplus.data(), variance.data());
  Worst worst;
  for (Index i = 0; i < n; ++i) {
    const Wide small = std::exp(-std::abs(static_cast<Wide>(z[i])));
    const Wide p = (z[i] > 0.0 ? small : 1.0L) / (1.0L + small);
    worst.other = std::max(worst.other, ulps(other[i], p));
    worst.softplus = std::max(worst.softplus, ulps(softplus[i], softplus_of_minus(z[i])));
    worst.variance =
        std::max(worst.variance, ulps(variance[i], small / ((1.0L + small) * (1.0L + small))));
  }
  return worst;
}

/// A problem of n rows whose predictors, transposed, have leading dimension n + 3. For spreads that
/// are powers of two differences of predictors are exact, so that exp has no rounded argument.
struct Softmax {
  Index n_classes, n, ld;
  std::vector<double> z, weight;
  std::vector<std::int32_t> label;

  Softmax(Index classes, Index rows, double spread, std::uint64_t seed)
      : n_classes(classes), n(rows), ld(rows + 3), z(classes * (rows + 3)) {
    Random random(seed);
    for (double& value : z) value = spread * random.coarse();
    for (Index i = 0; i < n; ++i) {
      weight.push_back(1.0 + 0.5 * random.uniform());
      label.push_back(static_cast<std::int32_t>(random.below(classes)));
    }
  }

  double at(Index k, Index i) const { return z[k * ld + i]; }

  /// sum_{l != k} exp(z_l - z_own) of row i.
  Wide others(Index k, Index i) const {
    Wide sum = 0.0L;
    for (Index l = 0; l < n_classes; ++l) {
      if (l != k) sum += std::exp(static_cast<Wide>(at(l, i)) - static_cast<Wide>(at(k, i)));
    }
    return sum;
  }
};

void check_softmax(const Softmax& problem, bool with_probability) {
  const Case shape(problem.n_classes, "classes,", problem.n, "rows");
  std::vector<double> r = problem.z;
  std::vector<double> probability(problem.n_classes * problem.n);
  const double loss = multinomial_terms(problem.n_classes, problem.n, r.data(), problem.ld,
                                        problem.label.data(), problem.weight.data(),
                                        with_probability ? probability.data() : nullptr, problem.n);
  Wide wanted_loss = 0.0L;
  Wide worst = 0.0L;
  for (Index i = 0; i < problem.n; ++i) {
    const Wide w = problem.weight[i];
    wanted_loss += w * std::log1p(problem.others(problem.label[i], i));
    for (Index k = 0; k < problem.n_classes; ++k) {
      const Wide others = problem.others(k, i);
      const Wide p = 1.0L / (1.0L + others);
      const Wide wanted = k == problem.label[i] ? w * others * p : -w * p;
      worst = std::max(worst, ulps(r[k * problem.ld + i], wanted));
      if (with_probability) worst = std::max(worst, ulps(probability[k * problem.n + i], p));
    }
  }
  CHECK_CLOSE(worst, 0.0L, 6.0L + static_cast<Wide>(problem.n_classes) / 200.0L);
  CHECK_CLOSE(loss, wanted_loss, 4.0L * eps * wanted_loss);
  for (Index k = 0; k < problem.n_classes; ++k) {
    for (Index i = problem.n; i < problem.ld; ++i)
      CHECK_EQUAL(r[k * problem.ld + i], problem.at(k, i));
  }
}

}  // namespace

TEST(logistic_loss, logistic_function_to_the_last_places) {
  const auto z = predictors();
  for_each_level([&](const Kernels& kernels) {
    const Worst worst = logistic_errors(kernels, z);
    CHECK_CLOSE(worst.other, 0.0L, 3.0L);
    CHECK_CLOSE(worst.softplus, 0.0L, 2.0L);
    CHECK_CLOSE(worst.variance, 0.0L, 4.5L);
  });
}

TEST(logistic_loss, ends_of_a_block_are_like_its_middle) {
  const auto z = random_values(19, 302);
  for_each_level([&](const Kernels& kernels) {
    std::vector<double> whole(19), other(20, 7.0), softplus(20, 7.0), variance(20, 7.0);
    for (Index n = 0; n < 19; ++n) {
      kernels.logistic(19, z.data(), whole.data(), softplus.data(), nullptr);
      std::ranges::fill(other, 7.0);
      kernels.logistic(n, z.data(), other.data(), softplus.data(), variance.data());
      CHECK(std::equal(other.begin(), other.begin() + n, whole.begin()));
      CHECK_EQUAL(other[n], 7.0);
      CHECK_EQUAL(variance[n], 7.0);
    }
  });
}

TEST(logistic_loss, softmax_to_the_last_places) {
  for_each_level([](const Kernels& kernels) {
    for (const Index n_classes : {2, 3, 10, 17, 300}) {
      Softmax problem(n_classes, 21, 32.0, 303);
      std::vector<double> z = problem.z;
      std::vector<double> top(22, 7.0), log_sum(22, 7.0), others(22, 7.0);
      kernels.softmax(n_classes, 21, z.data(), problem.ld, nullptr, top.data(), log_sum.data(),
                      others.data());
      Wide worst = 0.0L;
      for (Index i = 0; i < 21; ++i) {
        Index best = 0;
        for (Index k = 0; k < n_classes; ++k)
          best = problem.at(k, i) > problem.at(best, i) ? k : best;
        const Wide rest = problem.others(best, i);
        CHECK_EQUAL(top[i], problem.at(best, i));
        worst = std::max(worst, ulps(log_sum[i], std::log1p(rest)));
        worst = std::max(worst, ulps(others[i], rest / (1.0L + rest)));
        for (Index k = 0; k < n_classes; ++k) {
          const Wide p = 1.0L / (1.0L + problem.others(k, i));
          worst = std::max(worst, ulps(z[k * problem.ld + i], p));
        }
      }
      CHECK_CLOSE(worst, 0.0L, 5.0L);
      CHECK_EQUAL(top[21], 7.0);
      CHECK_EQUAL(others[21], 7.0);
    }
  });
}

TEST(logistic_loss, two_classes) {
  for (const Index n : {1, 7, 256, 257, 3000}) {
    for (const bool weighted : {false, true}) {
      const Case shape(n, "rows", weighted ? "weighted" : "");
      Softmax problem(2, n, 40.0, 304);
      std::vector<double> z(problem.z.begin(), problem.z.begin() + n), curvature(n);
      const double loss =
          binomial_terms(n, z.data(), problem.label.data(),
                         weighted ? problem.weight.data() : nullptr, curvature.data());
      Wide wanted = 0.0L;
      for (Index i = 0; i < n; ++i) {
        const Wide w = weighted ? problem.weight[i] : 1.0;
        const Wide sign = problem.label[i] == 1 ? 1.0L : -1.0L;
        const Wide odds = std::exp(-sign * static_cast<Wide>(problem.z[i]));
        wanted += w * std::log1p(odds);
        CHECK(ulps(z[i], sign * w * odds / (1.0L + odds)) <= 3.5L);
        CHECK(ulps(curvature[i], w * odds / ((1.0L + odds) * (1.0L + odds))) <= 5.5L);
      }
      CHECK_CLOSE(loss, wanted, 4.0L * eps * wanted);
    }
  }
}

TEST(logistic_loss, more_classes) {
  for (const Index n_classes : {2, 3, 10, 1000}) {
    for (const Index n : {1, 9, 300}) {
      if (n_classes * n > 10000) continue;
      check_softmax(Softmax(n_classes, n, 16.0, 305), false);
      check_softmax(Softmax(n_classes, n, 16.0, 306), true);
      check_softmax(Softmax(n_classes, n, 0.0, 307), true);  // all classes tie
      check_softmax(Softmax(n_classes, n, 512.0, 308), false);
    }
  }
}

TEST(logistic_loss, sure_rows_keep_their_small_loss) {
  std::vector<double> z{60.0, 0.0, -3.0};
  const std::int32_t label = 0;
  const Wide odds = std::exp(-60.0L) + std::exp(-63.0L);
  const double loss = multinomial_terms(3, 1, z.data(), 1, &label, nullptr, nullptr, 0);
  CHECK(ulps(loss, std::log1p(odds)) <= 3.0L);
  CHECK(ulps(z[0], odds / (1.0L + odds)) <= 3.0L);
}

TEST(logistic_loss, extremes) {
  const std::int32_t label = 1;
  double z = -1e308;
  CHECK_EQUAL(binomial_terms(1, &z, &label, nullptr, nullptr), 1e308);
  CHECK_EQUAL(z, 1.0);
  std::vector<double> far{1e308, -1e308, 0.0};
  CHECK_EQUAL(multinomial_terms(3, 1, far.data(), 1, &label, nullptr, nullptr, 0), infinity);
  CHECK(far == std::vector<double>({-1.0, 1.0, 0.0}));
}

TEST(logistic_loss, nan_is_not_hidden) {
  for (Index at = 0; at < 9; ++at) {
    const std::vector<std::int32_t> label(9, 1);
    std::vector<double> z(9, 0.5);
    z[at] = not_a_number;
    CHECK(std::isnan(binomial_terms(9, z.data(), label.data(), nullptr, nullptr)));
    CHECK(std::isnan(z[at]) && z[(at + 1) % 9] < 1.0);
    std::vector<double> three(27, 0.5);
    for (const Index k : {0, 1, 2}) {
      std::ranges::fill(three, 0.5);
      three[k * 9 + at] = not_a_number;
      CHECK(
          std::isnan(multinomial_terms(3, 9, three.data(), 9, label.data(), nullptr, nullptr, 0)));
    }
  }
}

}  // namespace elltwo::test
