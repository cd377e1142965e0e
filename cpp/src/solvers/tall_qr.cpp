#include "solvers/tall_qr.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "gram/kernels.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index max_row_groups = 8;
constexpr double group_operations = 5e7;

}  // namespace

template <Real T>
TallQr<T>::TallQr(const Problem<T>& problem, const Moments& moments, std::vector<Index> active)
    : problem_(problem), moments_(moments), active_(std::move(active)) {
  for (Index j = 0; j < problem.n_features(); ++j) {
    if (!std::binary_search(active_.begin(), active_.end(), j)) pinned_.push_back(j);
  }
}

// Features that are not solved for stand at their prior means: the targets lose what they explain.
template <Real T>
void TallQr<T>::subtract_pinned(Index k0, Index rows, Index t, Index j, double* column) const {
  const double b = problem_.prior(t, j);
  if (b == 0.0) return;
  const double scale = problem_.x_scale(j);
  const double mean = moments_.x_mean[static_cast<std::size_t>(j)];
  for (Index k = 0; k < rows; ++k) {
    const double x = scale * static_cast<double>(problem_.data().x(k0 + k, j)) - mean;
    const double w = problem_.sqrt_weight() != nullptr ? problem_.sqrt_weight()[k0 + k] : 1.0;
    column[k] -= w * x * b;
  }
}

// Rows [k0, k0 + rows) of the scaled data go below the triangle, which then swallows them.
template <Real T>
void TallQr<T>::fold_chunk(Index k0, Index rows, double* stack, Index ld) const {
  const auto* weight = problem_.sqrt_weight();
  for (Index a = 0; a < p(); ++a) {
    const Index j = active_[static_cast<std::size_t>(a)];
    const double scale = problem_.x_scale(j);
    const double shift = moments_.x_mean[static_cast<std::size_t>(j)] / scale;
    double* column = stack + a * ld + p();
    for (Index k = 0; k < rows; ++k) {
      const double x = scale * (static_cast<double>(problem_.data().x(k0 + k, j)) - shift);
      column[k] = weight != nullptr ? weight[k0 + k] * x : x;
    }
  }
  for (Index t = 0; t < problem_.n_targets(); ++t) {
    double* column = stack + (p() + t) * ld + p();
    const double mean = moments_.y_mean[static_cast<std::size_t>(t)];
    for (Index k = 0; k < rows; ++k) column[k] = problem_.weighted_target(k0 + k, t, mean);
    for (const Index j : pinned_) subtract_pinned(k0, rows, t, j, column);
  }
  fold_rows(p(), rows, problem_.n_targets(), stack, ld);
}

template <Real T>
bool TallQr<T>::factor() {
  const Index n = problem_.n_samples();
  const Index cols = p() + problem_.n_targets();
  const Index chunk = std::min(n, std::max<Index>(256, 3 * p()));
  const Index ld = p() + std::max(chunk, p());
  const double work = 2.0 * static_cast<double>(n) * p() * cols;
  const Index n_groups = std::clamp<Index>(
      std::min(static_cast<Index>(work / group_operations), n / (4 * chunk)), 1, max_row_groups);
  std::vector<Buffer<double>> tops(static_cast<std::size_t>(n_groups));
  TaskCounter groups(n_groups);
  std::atomic<bool> stop{false};
  const int team = threads_for(problem_.options().n_threads, work);
  run_team(static_cast<int>(std::min<Index>(team, n_groups)), [&](TeamMember& member) {
    for (Index g = 0; groups.next(g) && !stop;) {
      auto& stack = tops[static_cast<std::size_t>(g)];
      stack = Buffer<double>::zeros(ld * cols);
      const Index last = (g + 1) * n / n_groups;
      for (Index k = g * n / n_groups; k < last && !stop; k += chunk) {
        fold_chunk(k, std::min(chunk, last - k), stack.data(), ld);
        if (member.rank() == 0 && problem_.monitor().should_stop()) stop = true;
      }
    }
  });
  if (stop) return false;
  for (Index g = 1; g < n_groups; ++g) {
    for (Index c = 0; c < cols; ++c) {
      std::copy_n(tops[static_cast<std::size_t>(g)].data() + c * ld, p(),
                  tops[0].data() + c * ld + p());
    }
    fold_rows(p(), p(), problem_.n_targets(), tops[0].data(), ld);
  }
  top_ = Buffer<double>(p() * cols);
  for (Index c = 0; c < cols; ++c) std::copy_n(tops[0].data() + c * ld, p(), top_.data() + c * p());
  return true;
}

template <Real T>
TriangularFit TallQr<T>::solve(const TargetGroup& group, double kappa, bool force_svd,
                               double* coef) const {
  const Index m = p();
  const auto t = static_cast<Index>(group.targets.size());
  const Index ld = 2 * m + 1;
  auto stack = Buffer<double>::zeros(ld * (m + t));
  for (Index c = 0; c < m; ++c) std::copy_n(top_.data() + c * m, c + 1, stack.data() + c * ld);
  bool penalised = kappa > 0.0;
  for (Index a = 0; a < m; ++a) {
    const Index j = active_[static_cast<std::size_t>(a)];
    const double penalty = problem_.penalty(j, group.alpha);
    penalised |= penalty > 0.0;
    stack[a * ld + m + a] = std::sqrt(penalty);
    stack[a * ld + 2 * m] = std::sqrt(kappa) * moments_.x_mean[static_cast<std::size_t>(j)];
  }
  for (Index u = 0; u < t; ++u) {
    const Index target = group.targets[static_cast<std::size_t>(u)];
    const double* b = coef + u * problem_.n_features();
    double* c = stack.data() + (m + u) * ld;
    std::copy_n(top_.data() + (m + target) * m, m, c);
    double mean = moments_.y_mean[static_cast<std::size_t>(target)];
    for (Index j = 0; j < problem_.n_features(); ++j)
      mean -= moments_.x_mean[static_cast<std::size_t>(j)] * b[j];
    c[2 * m] = std::sqrt(kappa) * mean;
    for (Index a = 0; a < m; ++a) {
      const double prior = b[active_[static_cast<std::size_t>(a)]];
      for (Index i = 0; i <= a; ++i) c[i] -= stack[a * ld + i] * prior;
    }
  }
  if (penalised) fold_rows(m, m + 1, t, stack.data(), ld);
  double* c = stack.data() + m * ld;
  std::vector<double> units;  // of b in terms of its scaled self, for the norm that is minimised
  for (const Index j : active_) units.push_back(problem_.x_scale(j));
  const auto fit =
      solve_triangle(m, stack.data(), ld, problem_.n_samples(), force_svd, units.data(), c, t, ld);
  for (Index u = 0; u < t; ++u) {
    for (Index a = 0; a < m; ++a) {
      coef[u * problem_.n_features() + active_[static_cast<std::size_t>(a)]] += c[u * ld + a];
    }
  }
  return fit;
}

template class TallQr<double>;
template class TallQr<float>;

}  // namespace elltwo
