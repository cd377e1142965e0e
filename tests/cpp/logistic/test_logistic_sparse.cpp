#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "check.hpp"
#include "solvers/logistic_sparse/system.hpp"
#include "support/reference.hpp"
#include "support/sparse_data.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

std::vector<std::int32_t> random_labels(Index n, Index n_classes, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::int32_t> label(n);
  for (auto& value : label) value = static_cast<std::int32_t>(random.below(n_classes));
  return label;
}

// The objective and its negative gradient at b.
struct Point {
  double objective;
  std::vector<double> gradient;
};

Point point_at(SparseLogisticSystem<double>& system, const std::vector<double>& b) {
  std::vector<double> z(system.design().n() * system.n_outputs());
  system.predict(b.data(), z.data());
  const double loss = system.terms().evaluate(z.data(), 0.0, nullptr).loss;
  Point point{loss + system.penalties(b.data(), 0.0, nullptr).loss, std::vector<double>(b.size())};
  system.gradient(b.data(), point.gradient.data());
  return point;
}

}  // namespace

TEST(logistic_sparse, softmax_rows_are_the_dense_product_for_any_threads) {
  // One shape streams the rows, the other is copied by columns.
  for (const auto& [n, p, every] : {std::array<Index, 3>{3000, 40, 2}, {150, 30000, 20}}) {
    const auto dense = thin_matrix(n, p, every, 3010);
    const Compressed<double, std::int32_t> x(dense, true);
    const auto rows = checked_rows(x.view(), 1);
    const auto weight = random_weights(n, 3011);
    for (const Index k : {2, 3, 4}) {
      const Case which(n, 'x', p, "for", k);
      const auto v = random_values(p * k, 3012);
      const auto centre = random_values(k, 3013);
      auto q = random_values(n * k, 3014);
      for (double& value : q) value = std::abs(value) / static_cast<double>(k);
      std::vector<double> wanted(p * k, 0.0);
      for (Index i = 0; i < n; ++i) {
        std::vector<double> f(k);
        double mean = 0.0;
        for (Index t = 0; t < k; ++t) {
          f[t] = -centre[t];
          for (Index j = 0; j < p; ++j) f[t] += dense(i, j) * v[j * k + t];
          mean += q[i * k + t] * f[t];
        }
        for (Index j = 0; j < p; ++j) {
          for (Index t = 0; t < k; ++t)
            wanted[j * k + t] += dense(i, j) * weight[i] * q[i * k + t] * (f[t] - mean);
        }
      }
      const RowTransform transform{
          .weight = weight.data(), .centre = centre.data(), .probability = q.data()};
      for (const int n_threads : {1, 2, 5}) {
        SparsePass<double> products(rows, k, n_threads);
        std::vector<double> out(p * k), sums(k);
        Monitor monitor;
        products.run(k, v.data(), transform, monitor, out.data(), sums.data());
        CHECK_CLOSE(relative_error(out, wanted), 0.0, 1e-13);
      }
    }
  }
}

TEST(logistic_sparse, gradient_and_hessian_are_the_objectives_differences) {
  constexpr Index n = 200, p = 7;
  constexpr double h = 1e-5;
  const auto dense = thin_matrix(n, p, 2, 3020);
  const Compressed<double, std::int32_t> x(dense, true);
  const auto weight = random_weights(n, 3021);
  const auto factors = random_weights(p, 3022);
  for (const Index n_classes : {2, 3, 5}) {
    const Case which(n_classes, "classes");
    const Index k = n_classes == 2 ? 1 : n_classes;
    const auto label = random_labels(n, n_classes, 3023);
    const auto offset = random_values(n * k, 3024);
    const auto prior = random_values(p * k, 3025);
    LogisticData<double> data;
    data.label = label;
    data.n_classes = n_classes;
    data.penalty_factors = factors;
    data.prior_mean = prior;
    data.sample_weight = weight;
    data.offset = offset;
    const LogisticOptions options{.n_threads = 2};
    Monitor monitor;
    const SparseLogisticDesign<double> design(checked_rows(x.view(), 1), data, options);
    SparseLogisticSystem<double> system(design, options, monitor);
    auto b = random_values(design.size(), 3026);
    system.set_alpha(2.0, b.data());
    const auto v = random_values(design.size(), 3027);
    const auto moved = [&](double t) {
      auto c = b;
      for (Index e = 0; e < design.size(); ++e) c[e] += t * v[e];
      return point_at(system, c);
    };
    const auto ahead = moved(h), behind = moved(-h), here = moved(0.0);
    double slope = 0.0;
    for (Index e = 0; e < design.size(); ++e) slope -= here.gradient[e] * v[e];
    CHECK_CLOSE(slope, (ahead.objective - behind.objective) / (2.0 * h), 1e-6 * std::abs(slope));
    std::vector<double> product(design.size()), difference(design.size());
    system.apply(v.data(), product.data());
    for (Index e = 0; e < design.size(); ++e)
      difference[e] = (behind.gradient[e] - ahead.gradient[e]) / (2.0 * h);
    CHECK_CLOSE(relative_error(product, difference), 0.0, 1e-7);
  }
}

TEST(logistic_sparse, a_fit_stops_when_asked_to) {
  constexpr Index n = 3000, p = 60;
  const auto dense = thin_matrix(n, p, 3, 3030);
  const Compressed<double, std::int32_t> x(dense, true);
  const auto label = random_labels(n, 3, 3031);
  LogisticData<double> data;
  data.label = label;
  data.n_classes = 3;
  const std::vector<double> alphas{1.0, 0.1};
  std::vector<double> coef(2 * 3 * p), intercept(2 * 3);
  for (const auto solver : {LogisticSolver::newton_cg, LogisticSolver::newton_cholesky}) {
    StopAt first;
    Monitor monitor = first.impatient_monitor();
    const LogisticOptions options{.solver = solver, .n_threads = 2};
    const auto infos =
        sparse_logistic_path(x.view(), data, alphas, options, monitor, {}, coef, intercept);
    CHECK_EQUAL(infos.size(), alphas.size());
    for (const auto& info : infos) CHECK_EQUAL(info.status, Status::interrupted);
    CHECK(!first.polled_elsewhere);
  }
}

}  // namespace elltwo::test
