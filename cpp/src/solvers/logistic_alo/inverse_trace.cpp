#include "solvers/logistic_alo/inverse_trace.hpp"

#include <algorithm>
#include <cmath>

#include "gram/stream.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/logistic/conjugate_gradients.hpp"
#include "solvers/logistic/objective.hpp"
#include "solvers/shared/split_mix.hpp"

namespace elltwo {
namespace {

/// Vectors of random signs: as many as keep the products of all rows with one point of each within
/// most_probe_work, between these numbers. They serve both traces, whose ratio varies by 1 to 5 %
/// with each of them on 600 to 2 000 rows.
constexpr Index least_probes = 8;
constexpr Index most_probes = 16;
constexpr double most_probe_work = 3e8;

/// Numbers in the points of all probes: 128 MB.
constexpr Index most_probe_numbers = Index{1} << 24;

/// Accuracy of H^-1 v: v^T H^-1 v is better by its square, but for the condition in the metric.
constexpr double accuracy = 0.02;
constexpr int most_iterations = 40;

template <Real T>
class Probes {
 public:
  Probes(const GramDirections<T>& directions, const MeanCurvature& mean, double alpha,
         const std::vector<double>& probability)
      : directions_(directions),
        problem_(directions.problem()),
        mean_(mean),
        alpha_(alpha),
        probability_(probability),
        n_probes_(number_of_probes()) {}

  double ratio(const std::vector<double>& residual) const {
    const Index size = n_probes_ * problem_.size();
    const auto v = signed_sums(residual);
    Buffer<double> solved(size);
    directions_.solve(mean_, alpha_, n_probes_, v.data(), solved.data());
    const double of_product = dot(v, solved);
    ConjugateGradients cg(size);
    cg.solve(
        v.data(), accuracy, most_iterations, solved.data(),
        [&](const double* x, Buffer<double>& out) { multiply(x, out); },
        [&](const double* r, double* z) { directions_.solve(mean_, alpha_, n_probes_, r, z); });
    const double ratio = dot(v, solved) / of_product;
    return std::isfinite(ratio) && ratio > 0.0 ? ratio : 1.0;
  }

 private:
  Index number_of_probes() const {
    const auto rows = static_cast<double>(problem_.rows().n);
    const auto size = static_cast<double>(problem_.size());
    const auto affordable = static_cast<Index>(most_probe_work / (rows * size));
    const Index wanted = std::clamp(affordable, least_probes, most_probes);
    return std::clamp<Index>(most_probe_numbers / problem_.size(), 1, wanted);
  }

  /// v of all probes, with zeros where nothing is fitted.
  Buffer<double> signed_sums(const std::vector<double>& residual) const {
    const Index classes = problem_.n_outputs(), n = problem_.rows().n;
    const std::vector<double> zeros(n_probes_ * problem_.size(), 0.0);
    const auto set_signed = [&](Index k0, Index kc, double* f, Index ld) {
      for (Index i = 0; i < kc; ++i) {
        const std::uint64_t bits = split_mix(static_cast<std::uint64_t>(k0 + i) * split_mix_step);
        for (Index t = 0; t < n_probes_ * classes; ++t) {
          const double r = residual[(t % classes) * n + k0 + i];
          f[t * ld + i] = (bits >> (t / classes)) & 1 ? r : -r;
        }
      }
    };
    auto v = stream_pass(problem_.source(problem_.rows()), n_probes_ * classes, zeros.data(),
                         set_signed, problem_.options().n_threads, problem_.monitor());
    for (Index e = 0; e < v.size(); ++e) {
      if (!is_fitted(e)) v[e] = 0.0;
    }
    return v;
  }

  /// out = H x of all probes.
  void multiply(const double* x, Buffer<double>& out) const {
    const Index classes = problem_.n_outputs();
    const auto by_curvature = [&](Index k0, Index kc, double* f, Index ld) {
      for (Index q = 0; q < n_probes_; ++q) {
        multiply_by_curvature(problem_.rows(), classes, probability_.data(), k0, kc,
                              f + q * classes * ld, ld);
      }
    };
    out = stream_pass(problem_.source(problem_.rows()), n_probes_ * classes, x, by_curvature,
                      problem_.options().n_threads, problem_.monitor());
    for (Index e = 0; e < out.size(); ++e) {
      out[e] = is_fitted(e) ? out[e] + problem_.column_penalty(e % problem_.cols()) * x[e] : 0.0;
    }
  }

  bool is_fitted(Index e) const {
    const Index j = e % problem_.cols();
    return j == problem_.n_features() || problem_.moves(j);
  }

  const GramDirections<T>& directions_;
  const LogisticProblem<T>& problem_;
  const MeanCurvature& mean_;
  double alpha_;
  const std::vector<double>& probability_;
  Index n_probes_;
};

}  // namespace

template <Real T>
double inverse_trace_ratio(const GramDirections<T>& directions, const MeanCurvature& mean,
                           double alpha, const std::vector<double>& residual,
                           const std::vector<double>& probability) {
  return Probes<T>(directions, mean, alpha, probability).ratio(residual);
}

template double inverse_trace_ratio<double>(const GramDirections<double>&, const MeanCurvature&,
                                            double, const std::vector<double>&,
                                            const std::vector<double>&);
template double inverse_trace_ratio<float>(const GramDirections<float>&, const MeanCurvature&,
                                           double, const std::vector<double>&,
                                           const std::vector<double>&);

}  // namespace elltwo
