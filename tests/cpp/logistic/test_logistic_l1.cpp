#include <algorithm>
#include <cmath>
#include <vector>

#include "check.hpp"
#include "elltwo/logistic_l1.hpp"
#include "solvers/logistic_l1/design.hpp"
#include "solvers/logistic_l1/path.hpp"
#include "solvers/logistic_l1/penalty.hpp"
#include "solvers/shared/ranges.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"
#include "support/sparse_data.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

/// A problem with its oracle: the optimality conditions in extended precision, and how far a step
/// of Newton's method on the coefficients that are not held would move the answer.
struct L1Case {
  Matrix<double> x;
  std::vector<std::int32_t> label;
  Index n_classes = 2;
  double l1_ratio = 1.0;
  bool fit_intercept = true;
  std::vector<double> weight{}, factors{}, prior{}, offset{}, lower{}, upper{};

  LogisticData<double> data() const {
    return {.x = x.view(),
            .label = label,
            .n_classes = n_classes,
            .penalty_factors = factors,
            .prior_mean = prior,
            .sample_weight = weight,
            .offset = offset};
  }
  Box box() const { return {lower, upper}; }
  Index outputs() const { return n_classes == 2 ? 1 : n_classes; }
  double factor(Index j) const { return factors.empty() ? 1.0 : factors[j]; }
  double prior_of(Index e) const { return prior.empty() ? 0.0 : prior[e]; }
};

L1Case random_l1_case(Index n, Index p, Index n_classes, std::uint64_t seed) {
  L1Case problem{.x = random_matrix(n, p, seed), .label = {}, .n_classes = n_classes};
  Random random(seed + 1);
  for (Index i = 0; i < n; ++i) {
    for (Index j = 1; j < p; ++j) problem.x(i, j) += 0.5 * problem.x(i, j - 1);
    Index best = 0;
    double largest = -10.0;
    for (Index k = 0; k < n_classes; ++k) {
      const double score = 2.0 * problem.x(i, k % p) * (k % 2 == 0 ? 1.0 : -1.0) + random.uniform();
      if (score > largest) best = k;
      largest = std::max(largest, score);
    }
    problem.label.push_back(static_cast<std::int32_t>(best));
  }
  return problem;
}

struct Answer {
  std::vector<double> coef, intercept;
};

std::vector<Answer> answers_of(const L1Case& problem, const LogisticL1Path& path,
                               std::size_t n_alphas) {
  const Index p = problem.x.cols;
  const Index outputs = problem.outputs();
  std::vector<Answer> answers;
  for (std::size_t a = 0; a < n_alphas; ++a) {
    Answer answer{std::vector<double>(outputs * p, 0.0), {}};
    for (Index k = 0; k < outputs; ++k) {
      const auto row = static_cast<Index>(a) * outputs + k;
      for (auto e = path.starts[row]; e < path.starts[row + 1]; ++e) {
        answer.coef[k * p + path.features[e]] = path.values[e];
      }
      answer.intercept.push_back(path.intercept[row]);
    }
    answers.push_back(answer);
  }
  return answers;
}

/// What is not held at a kink or a bound, and the conditions of the rest.
class Optimality {
 public:
  Optimality(const L1Case& problem, double alpha, const Answer& answer)
      : problem_(problem), alpha_(alpha), answer_(answer) {
    find_probabilities();
    find_free();
  }

  /// The largest excess of a slope over its penalty among coefficients that are held, over alpha.
  Wide excess() const {
    Wide largest = 0.0L;
    const Index p = problem_.x.cols;
    for (Index e = 0; e < problem_.outputs() * p; ++e) {
      const Index j = e % p;
      if (std::isinf(problem_.factor(j)) || is_free(e)) continue;
      const Wide d = answer_.coef[e] - static_cast<Wide>(problem_.prior_of(e));
      const Wide pull = slope(e / p, j) - l2(j) * d;
      const Wide up = pull - (d >= 0.0L ? l1(j) : -l1(j));
      const Wide down = -pull - (d <= 0.0L ? l1(j) : -l1(j));
      if (problem_.upper.empty() || answer_.coef[e] < problem_.upper[j]) {
        largest = std::max(largest, up);
      }
      if (problem_.lower.empty() || answer_.coef[e] > problem_.lower[j]) {
        largest = std::max(largest, down);
      }
    }
    return largest / alpha_;
  }

  /// The largest move of a step of Newton's method on the free coefficients and intercepts.
  Wide correction() const {
    const auto m = static_cast<Index>(free_.size());
    std::vector<Wide> h(m * m), g(m);
    for (Index a = 0; a < m; ++a) {
      g[a] = pull(free_[a]);
      for (Index b = 0; b < m; ++b) h[a * m + b] = curvature(free_[a], free_[b]);
    }
    solve(m, h, g);
    Wide largest = 0.0L;
    for (const Wide move : g) largest = std::max(largest, std::abs(move));
    return largest;
  }

  std::size_t n_free() const { return free_.size(); }

 private:
  struct Parameter {
    Index output, column;  // column p: the intercept
  };

  Wide l1(Index j) const {
    return static_cast<Wide>(alpha_) * problem_.l1_ratio * problem_.factor(j);
  }
  Wide l2(Index j) const {
    return static_cast<Wide>(alpha_) * (1.0L - problem_.l1_ratio) * problem_.factor(j);
  }
  Wide weight(Index i) const { return problem_.weight.empty() ? 1.0L : problem_.weight[i]; }
  Wide value(Index i, Index j) const {
    return j == problem_.x.cols ? 1.0L : static_cast<Wide>(problem_.x(i, j));
  }

  void find_probabilities() {
    const Index n = problem_.x.rows, p = problem_.x.cols, outputs = problem_.outputs();
    probability_.assign(outputs * n, 0.0L);
    for (Index i = 0; i < n; ++i) {
      std::vector<Wide> z(outputs);
      for (Index k = 0; k < outputs; ++k) {
        z[k] = answer_.intercept[k];
        if (!problem_.offset.empty()) z[k] += problem_.offset[i * outputs + k];
        for (Index j = 0; j < p; ++j) {
          z[k] += static_cast<Wide>(answer_.coef[k * p + j]) * problem_.x(i, j);
        }
      }
      Wide sum = outputs == 1 ? 1.0L : 0.0L;
      for (const Wide v : z) sum += std::exp(v);
      for (Index k = 0; k < outputs; ++k) probability_[k * n + i] = std::exp(z[k]) / sum;
    }
  }

  void find_free() {
    const Index p = problem_.x.cols, outputs = problem_.outputs();
    for (Index k = 0; k < outputs; ++k) {
      const bool last = outputs > 1 && k + 1 == outputs;
      for (Index j = 0; j < p; ++j) {
        const bool shared = problem_.factor(j) == 0.0 && problem_.lower.empty();
        if (is_free(k * p + j) && !(last && shared)) free_.push_back({k, j});
      }
      if (problem_.fit_intercept && !last) free_.push_back({k, p});
    }
  }

  bool is_free(Index e) const {
    const Index j = e % problem_.x.cols;
    const double b = answer_.coef[e];
    if (std::isinf(problem_.factor(j))) return false;
    if (!problem_.lower.empty() && b == problem_.lower[j]) return false;
    if (!problem_.upper.empty() && b == problem_.upper[j]) return false;
    return b != problem_.prior_of(e) || problem_.factor(j) == 0.0;
  }

  Wide slope(Index k, Index j) const {
    const Index n = problem_.x.rows;
    Wide sum = 0.0L;
    for (Index i = 0; i < n; ++i) {
      const bool own = problem_.label[i] == (problem_.outputs() == 1 ? 1 : k);
      sum += weight(i) * value(i, j) * ((own ? 1.0L : 0.0L) - probability_[k * n + i]);
    }
    return sum;
  }

  Wide pull(const Parameter& at) const {
    if (at.column == problem_.x.cols) return slope(at.output, at.column);
    const Index e = at.output * problem_.x.cols + at.column;
    const Wide d = answer_.coef[e] - static_cast<Wide>(problem_.prior_of(e));
    const Wide sign = d > 0.0L ? 1.0L : -1.0L;
    return slope(at.output, at.column) - l1(at.column) * sign - l2(at.column) * d;
  }

  Wide curvature(const Parameter& a, const Parameter& b) const {
    const Index n = problem_.x.rows;
    Wide sum = 0.0L;
    for (Index i = 0; i < n; ++i) {
      const Wide pa = probability_[a.output * n + i], pb = probability_[b.output * n + i];
      const Wide v = a.output == b.output ? pa * (1.0L - pa) : -pa * pb;
      sum += weight(i) * v * value(i, a.column) * value(i, b.column);
    }
    const bool same = a.output == b.output && a.column == b.column;
    return same && a.column < problem_.x.cols ? sum + l2(a.column) : sum;
  }

  // g = h^-1 g by elimination with pivots on the diagonal.
  static void solve(Index m, std::vector<Wide>& h, std::vector<Wide>& g) {
    for (Index c = 0; c < m; ++c) {
      for (Index r = c + 1; r < m; ++r) {
        const Wide part = h[r * m + c] / h[c * m + c];
        for (Index k = c; k < m; ++k) h[r * m + k] -= part * h[c * m + k];
        g[r] -= part * g[c];
      }
    }
    for (Index c = m - 1; c >= 0; --c) {
      for (Index k = c + 1; k < m; ++k) g[c] -= h[c * m + k] * g[k];
      g[c] /= h[c * m + c];
    }
  }

  const L1Case& problem_;
  double alpha_;
  const Answer& answer_;
  std::vector<Wide> probability_;
  std::vector<Parameter> free_;
};

std::vector<double> grid_of(const L1Case& problem, int count, double least) {
  LogisticOptions options;
  options.fit_intercept = problem.fit_intercept;
  Monitor nobody;
  const double top = logistic_l1_alpha_max(problem.data(), problem.box(), options, nobody);
  std::vector<double> alphas;
  for (int a = 0; a < count; ++a) {
    alphas.push_back(top / problem.l1_ratio * std::pow(least, a / (count - 1.0)));
  }
  return alphas;
}

LogisticL1Path path_of(const L1Case& problem, const std::vector<double>& alphas,
                       int n_threads = 1) {
  LogisticOptions options;
  options.fit_intercept = problem.fit_intercept;
  options.n_threads = n_threads;
  Monitor nobody;
  return logistic_l1_path(problem.data(), problem.box(), problem.l1_ratio, alphas, options, nobody,
                          {});
}

void check_path(const L1Case& problem, int count = 12, double least = 0.02) {
  const Case which(problem.x.rows, 'x', problem.x.cols, ',', problem.n_classes, "classes, l1_ratio",
                   problem.l1_ratio);
  const auto alphas = grid_of(problem, count, least);
  const auto path = path_of(problem, alphas);
  const auto answers = answers_of(problem, path, alphas.size());
  std::size_t most_free = 0;
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    const Case point("alpha", alphas[a]);
    CHECK_EQUAL(path.infos[a].status, Status::converged);
    CHECK(path.infos[a].gap <= 1e-10);
    const Optimality optimality(problem, alphas[a], answers[a]);
    CHECK(optimality.excess() <= 1e-9L);
    CHECK_CLOSE(optimality.correction(), 0.0L, 1e-8L);
    most_free = std::max(most_free, optimality.n_free());
  }
  CHECK(most_free > 3);
}

}  // namespace

TEST(logistic_l1, two_classes) {
  for (const double ratio : {1.0, 0.5, 0.01}) {
    for (const std::uint64_t seed : {1, 2, 3}) {
      auto problem = random_l1_case(60, 6, 2, seed);
      problem.l1_ratio = ratio;
      problem.fit_intercept = seed != 2;
      check_path(problem);
    }
  }
}

TEST(logistic_l1, more_classes) {
  for (const double ratio : {1.0, 0.5}) {
    for (const Index n_classes : {3, 5}) {
      auto problem = random_l1_case(80, 7, n_classes, 11);
      problem.l1_ratio = ratio;
      check_path(problem);
      problem.fit_intercept = false;
      check_path(problem);
    }
  }
}

// Working sets of a few of the columns, and of a few entries of more classes.
TEST(logistic_l1, wide) {
  for (const Index n_classes : {2, 4}) {
    for (const double ratio : {1.0, 0.7}) {
      auto problem = random_l1_case(50, 150, n_classes, 21);
      problem.l1_ratio = ratio;
      check_path(problem, 10, 0.1);
    }
  }
}

TEST(logistic_l1, options) {
  for (const Index n_classes : {2, 3}) {
    auto problem = random_l1_case(70, 8, n_classes, 31);
    const Index outputs = problem.outputs();
    problem.weight = random_weights(70, 32);
    problem.factors = {1.0, 0.0, 2.0, infinity, 0.5, 1.0, 1.0, 1.0};
    problem.offset = random_matrix(70, outputs, 33).values;
    problem.prior = random_matrix(outputs, 8, 34).values;
    for (double& m : problem.prior) m *= 0.1;
    problem.l1_ratio = 0.8;
    check_path(problem);
  }
}

TEST(logistic_l1, bounds) {
  for (const Index n_classes : {2, 3}) {
    auto problem = random_l1_case(70, 8, n_classes, 41);
    problem.lower.assign(8, -0.1);
    problem.upper.assign(8, 0.4);
    problem.lower[2] = 0.05;  // away from zero
    problem.upper[3] = infinity;
    check_path(problem);
  }
}

TEST(logistic_l1, sparse_is_dense) {
  for (const Index n_classes : {2, 3}) {
    auto problem = random_l1_case(90, 80, n_classes, 51);
    for (double& value : problem.x.values) value = std::abs(value) > 0.8 ? value : 0.0;
    const auto alphas = grid_of(problem, 8, 0.1);
    const auto dense = answers_of(problem, path_of(problem, alphas), alphas.size());
    const Compressed<double, std::int32_t> x(problem.x, false);
    Monitor nobody;
    const auto path =
        sparse_logistic_l1_path<double>(x.view(), problem.data(), {}, 1.0, alphas, {}, nobody, {});
    const auto sparse = answers_of(problem, path, alphas.size());
    for (std::size_t a = 0; a < alphas.size(); ++a) {
      for (std::size_t e = 0; e < dense[a].coef.size(); ++e) {
        CHECK_CLOSE(sparse[a].coef[e], dense[a].coef[e], 1e-8L);
      }
    }
  }
}

TEST(logistic_l1, bits_on_threads) {
  for (const Index n_classes : {2, 3}) {
    const auto problem = random_l1_case(1500, 150, n_classes, 61);
    const auto alphas = grid_of(problem, 6, 0.1);
    const auto one = path_of(problem, alphas, 1);
    const auto two = path_of(problem, alphas, 2);
    CHECK(one.values == two.values);
    CHECK(one.features == two.features);
    CHECK(one.intercept == two.intercept);
  }
}

// The points before stay, and the others are bounded by the gap of what is there.
TEST(logistic_l1, outgrown_working_set) {
  for (const Index n_classes : {2, 3}) {
    const auto problem = random_l1_case(60, 200, n_classes, 81);
    const auto alphas = grid_of(problem, 10, 0.05);
    Monitor nobody;
    const LogisticOptions options;
    const auto design = dense_l1_design(problem.data(), options, nobody);
    const auto penalty = l1_penalty(design, problem.data(), {}, 1.0);
    const auto points = [&](Index most) {
      LogisticL1PathSolver solver(design, penalty, options, nobody);
      solver.limit_entries(most);
      solver.begin();
      return solver.solve(alphas);
    };
    const auto whole = points(20000);
    const auto limited = points(30);
    CHECK_EQUAL(limited.size(), alphas.size());
    CHECK(!limited[3].outgrown && limited.back().outgrown);
    CHECK(limited.back().gap > 1e-3);
    for (std::size_t a = 0; a < alphas.size(); ++a) {
      CHECK_EQUAL(limited[a].alpha, alphas[a]);
      const double excess = (limited[a].objective - whole[a].objective) / limited[a].objective;
      CHECK(excess <= limited[a].gap + 1e-12);
      if (!limited[a].outgrown) CHECK_CLOSE(excess, 0.0L, 1e-10L);
    }
  }
}

TEST(logistic_l1, interrupted) {
  const auto problem = random_l1_case(200, 100, 3, 71);
  const auto alphas = grid_of(problem, 6, 0.1);
  StopAt stop;
  Monitor monitor = stop.impatient_monitor();
  const auto path =
      logistic_l1_path(problem.data(), {}, 1.0, alphas, LogisticOptions{}, monitor, {});
  CHECK_EQUAL(path.infos.back().status, Status::interrupted);
}

}  // namespace elltwo::test
