#include "solvers/logistic/classwise_hessian.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/logistic/damped_factor.hpp"
#include "solvers/logistic/drawn_rows.hpp"
#include "solvers/logistic/probability_sums.hpp"
#include "solvers/logistic/thresholds.hpp"

namespace elltwo {
namespace {

/// One block serves all classes while the variance of probabilities between rows is at most this
/// part of the variance of the class indicators.
constexpr double flat_probabilities = 0.05;

/// Numbers in the factors of all blocks: 1 GB.
constexpr Index most_factor_numbers = Index{1} << 27;

/// Numbers in the Gram matrices that are kept for other penalties: 64 MB.
constexpr Index most_kept_numbers = Index{1} << 23;

/// Rows drawn for a block, times columns, over rows: their products cost a few passes over the
/// data.
constexpr double draws_for_few_passes = 24.0;

/// The same for the one mean block, over classes and rows: their products cost two passes at most.
/// Digits, 1 797 x 64: a step with all rows leaves a gap of 2, with 8 rows a column of 17.
constexpr double mean_draws_for_few_passes = 8.0;

/// Bounds of the rows drawn for a block, in rows for each column.
constexpr Index least_draws = 2;
constexpr Index most_draws = 8;

}  // namespace

template <Real T>
ClasswiseHessian<T>::ClasswiseHessian(const LogisticProblem<T>& problem)
    : problem_(problem), in_float_(problem.cols() >= least_columns_for_float) {}

template <Real T>
Index ClasswiseHessian<T>::rows_to_draw(Index n_rows) const {
  const Index m = problem_.cols();
  const double wanted = draws_for_few_passes * static_cast<double>(n_rows) / static_cast<double>(m);
  return std::clamp(static_cast<Index>(std::min(wanted, 1e15)), least_draws * m, most_draws * m);
}

template <Real T>
Index ClasswiseHessian<T>::rows_to_draw_for_mean(Index n_rows) const {
  const Index m = problem_.cols();
  const double wanted = mean_draws_for_few_passes *
                        static_cast<double>(n_rows * problem_.n_outputs()) / static_cast<double>(m);
  return std::max(static_cast<Index>(std::min(wanted, 1e15)), most_draws * m);
}

template <Real T>
double ClasswiseHessian<T>::cost() const {
  const double n = static_cast<double>(problem_.rows().n);
  const double m = static_cast<double>(problem_.cols());
  const double drawn = std::min(n, static_cast<double>(rows_to_draw(problem_.rows().n)));
  return 1.0 + (in_float_ ? 1.0 : 2.0) * drawn * m / (8.0 * n) + m * m / (12.0 * n);
}

template <Real T>
bool ClasswiseHessian<T>::one_block_serves(const LogisticPoint& at,
                                           const LogisticRows& rows) const {
  const Index outputs = problem_.n_outputs();
  const Index m = problem_.cols();
  if (outputs * m * m > most_factor_numbers) return true;
  if (n_refreshes_ > 0) return false;
  const double weight = rows.total_weight();
  double between = 0.0, all = 0.0;
  for (Index k = 0; k < outputs; ++k) {
    const ProbabilitySums sums(at.curvature.data() + k * rows.n, rows);
    const double expected = sums.first * sums.first / weight;  // with the mean probability
    between += sums.second - expected;
    all += sums.first - expected;
  }
  return between <= flat_probabilities * all;
}

// Calls f(block, n_threads, monitor) for all blocks, on several threads. `work` is the number of
// operations for a block.
template <Real T>
template <class F>
void ClasswiseHessian<T>::for_blocks(double work, const F& f) {
  const auto n_blocks = static_cast<Index>(blocks_.size());
  const int n_threads =
      threads_for(problem_.options().n_threads, work * static_cast<double>(n_blocks));
  const auto team = static_cast<int>(std::min<Index>(n_threads, n_blocks));
  TaskCounter tasks(n_blocks);
  Relay relay(problem_.monitor());
  run_team(team, [&](TeamMember& member) {
    Monitor monitor = relay.monitor();
    for (Index k = 0; tasks.next(k);) f(k, std::max(1, n_threads / member.size()), monitor);
  });
}

template <Real T>
void ClasswiseHessian<T>::form(Index k, const LogisticPoint& at, const LogisticRows& rows,
                               int n_threads, Monitor& monitor) {
  const Index n = rows.n;
  const Index outputs = problem_.n_outputs();
  const double* p = at.curvature.data() + k * n;
  const std::uint64_t seed =
      (n_refreshes_ * static_cast<std::uint64_t>(outputs) + static_cast<std::uint64_t>(k)) << 40;
  DrawnRows drawn;
  if (blocks_.size() == 1) {
    Buffer<double> variance(n);  // w (1 - sum_l p_l^2) / (K - 1), the mean over classes
    const double share = 1.0 / static_cast<double>(outputs - 1);
    for (Index i = 0; i < n; ++i) variance[i] = share * rows.weight_of(i);
    for (Index l = 0; l < outputs; ++l) {
      const double* q = at.curvature.data() + l * n;
      for (Index i = 0; i < n; ++i) variance[i] -= share * rows.weight_of(i) * q[i] * q[i];
    }
    drawn = draw_about(rows, rows_to_draw_for_mean(n), seed, [&](Index i) { return variance[i]; });
  } else {
    drawn = draw_about(rows, rows_to_draw(n), seed,
                       [&](Index i) { return rows.weight_of(i) * p[i] * (1.0 - p[i]); });
  }
  Block& block = blocks_[k];
  const auto source = problem_.source(drawn.rows, drawn.root.data());
  block.gram = in_float_ ? gram<T, float>(source, n_threads, monitor)
                         : gram<T, double>(source, n_threads, monitor);
  factor(block, n_threads, monitor);
}

template <Real T>
void ClasswiseHessian<T>::factor(Block& block, int n_threads, Monitor& monitor) {
  block.system = factor_penalised(problem_, block.gram, active_, n_threads, monitor);
}

template <Real T>
void ClasswiseHessian<T>::form_blocks(const LogisticPoint& at, const LogisticRows& rows) {
  const double m = static_cast<double>(active_.count());
  const double work = m * m * static_cast<double>(rows_to_draw(rows.n));
  const auto n_blocks = static_cast<Index>(blocks_.size());
  keep_ = n_blocks * problem_.cols() * problem_.cols() <= most_kept_numbers;
  for_blocks(work, [&](Index k, int n_threads, Monitor& monitor) {
    form(k, at, rows, n_threads, monitor);
    if (!keep_) blocks_[k].gram = GramMatrix();
  });
}

template <Real T>
void ClasswiseHessian<T>::refresh(const LogisticPoint& at, const LogisticRows& rows) {
  active_ = active_columns(problem_);
  const bool one = one_block_serves(at, rows);
  ++n_refreshes_;
  blocks_.clear();
  blocks_.resize(one ? 1 : problem_.n_outputs());
  form_blocks(at, rows);
  if (!in_float_ || rcond() >= least_rcond_for_float_steps) return;
  in_float_ = false;
  form_blocks(at, rows);
}

template <Real T>
void ClasswiseHessian<T>::change_penalty() {
  active_ = active_columns(problem_);
  const double m = static_cast<double>(active_.count());
  for_blocks(m * m * m / 3.0, [&](Index k, int n_threads, Monitor& monitor) {
    factor(blocks_[k], n_threads, monitor);
  });
}

template <Real T>
double ClasswiseHessian<T>::rcond() const {
  double least = 1.0;
  for (const auto& block : blocks_)
    least = std::min(least, block.system ? block.system->rcond() : 0.0);
  return least;
}

template <Real T>
void ClasswiseHessian<T>::solve(const double* slope, double* step) const {
  const Index outputs = problem_.n_outputs();
  const Index cols = problem_.cols();
  const Index m = active_.count();
  std::fill_n(step, problem_.size(), 0.0);
  if (m == 0) return;
  Buffer<double> rhs(m * outputs);
  const auto centre = [&] {
    for (Index c = 0; c < m; ++c) {
      double sum = 0.0;
      for (Index o = 0; o < outputs; ++o) sum += rhs[o * m + c];
      for (Index o = 0; o < outputs; ++o) rhs[o * m + c] -= sum / static_cast<double>(outputs);
    }
  };
  const auto column = [&](Index c) { return active_.index[c]; };
  for (Index o = 0; o < outputs; ++o) {
    for (Index c = 0; c < m; ++c) rhs[o * m + c] = slope[o * cols + column(c)];
  }
  centre();
  const int n_threads = problem_.options().n_threads;
  if (blocks_.size() == 1) {
    blocks_.front().system->solve(rhs.data(), outputs, m, n_threads);
  } else {
    const double work = 2.0 * static_cast<double>(m) * static_cast<double>(m * outputs);
    TaskCounter tasks(outputs);
    run_team(static_cast<int>(std::min<Index>(threads_for(n_threads, work), outputs)),
             [&](TeamMember&) {
               for (Index k = 0; tasks.next(k);) {
                 blocks_[k].system->solve(rhs.data() + k * m, 1, m, 1);
               }
             });
  }
  centre();
  for (Index o = 0; o < outputs; ++o) {
    for (Index c = 0; c < m; ++c) step[o * cols + column(c)] += rhs[o * m + c];
  }
}

template class ClasswiseHessian<double>;
template class ClasswiseHessian<float>;

}  // namespace elltwo
