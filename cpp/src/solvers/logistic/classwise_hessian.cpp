#include "solvers/logistic/classwise_hessian.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/logistic/damped_factor.hpp"
#include "solvers/logistic/thresholds.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double flat = 0.05;  // variance of probabilities between rows, of a class's own
constexpr Index most_factors = Index{1} << 27;    // numbers together
constexpr Index most_kept = Index{1} << 23;       // of Gram matrices kept for other penalties
constexpr double draws_a_column_and_pass = 24.0;  // rows drawn: what a few passes cost,
constexpr Index least_draws = 2;                  // but so many for each column
constexpr Index most_draws = 8;

/// In [0, 1): splitmix64 (Steele, Lea and Flood 2014).
double uniform(std::uint64_t state) {
  state += 0x9E3779B97F4A7C15u;
  state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9u;
  state = (state ^ (state >> 27)) * 0x94D049BB133111EBu;
  return static_cast<double>((state ^ (state >> 31)) >> 11) * 0x1p-53;
}

/// tau with sum min(1, h / tau) near `target`.
template <class F>
double threshold(Index n, Index target, const F& h) {
  double tau = infinity;
  for (int round = 0; round < 4; ++round) {
    double below = 0.0;
    Index above = 0;
    for (Index i = 0; i < n; ++i) {
      const double v = h(i);
      (v < tau) ? below += v : static_cast<double>(++above);
    }
    if (above >= target) break;
    tau = below / static_cast<double>(target - above);
  }
  return tau;
}

struct Drawn {
  LogisticRows rows;
  std::vector<double> root;  // square roots of the weights with which they stand for all
};

/// About `target` of the rows, drawn with probability min(1, h / tau); all that count if there are few.
template <class F>
Drawn draw(const LogisticRows& rows, Index target, std::uint64_t seed, const F& h) {
  const double tau = rows.n > 2 * target ? threshold(rows.n, target, h) : 0.0;
  Drawn drawn;
  for (Index i = 0; i < rows.n; ++i) {
    const double v = h(i);
    if (v <= 0.0 || (v < tau && uniform(seed + static_cast<std::uint64_t>(i)) * tau >= v)) continue;
    drawn.rows.index.push_back(rows.index.empty() ? i : rows.index[i]);
    drawn.root.push_back(std::sqrt(std::max(v, tau)));
  }
  drawn.rows.n = static_cast<Index>(drawn.root.size());
  return drawn;
}

double weight_of(const LogisticRows& rows, Index i) {
  return rows.weight.empty() ? 1.0 : rows.weight[i];
}

}  // namespace

template <Real T>
ClasswiseHessian<T>::ClasswiseHessian(const LogisticProblem<T>& problem)
    : problem_(problem), in_float_(problem.cols() >= enough_for_float) {}

template <Real T>
Index ClasswiseHessian<T>::target(Index n_rows) const {
  const Index m = problem_.cols();
  const double wanted =
      draws_a_column_and_pass * static_cast<double>(n_rows) / static_cast<double>(m);
  return std::clamp(static_cast<Index>(std::min(wanted, 1e15)), least_draws * m, most_draws * m);
}

template <Real T>
double ClasswiseHessian<T>::cost() const {
  const double n = static_cast<double>(problem_.rows().n);
  const double m = static_cast<double>(problem_.cols());
  const double drawn = std::min(n, static_cast<double>(target(problem_.rows().n)));
  return 1.0 + (in_float_ ? 1.0 : 2.0) * drawn * m / (8.0 * n) + m * m / (12.0 * n);
}

template <Real T>
bool ClasswiseHessian<T>::one_for_all(const LogisticPoint& at, const LogisticRows& rows) const {
  const Index outputs = problem_.n_outputs();
  const Index m = problem_.cols();
  if (outputs * m * m > most_factors) return true;
  if (draws_ > 1) return false;
  double between = 0.0, all = 0.0, weight = 0.0;
  for (Index i = 0; i < rows.n; ++i) weight += weight_of(rows, i);
  for (Index k = 0; k < outputs; ++k) {
    const double* p = at.curvature.data() + k * rows.n;
    double sum = 0.0, squares = 0.0;
    for (Index i = 0; i < rows.n; ++i) {
      const double wp = weight_of(rows, i) * p[i];
      sum += wp;
      squares += wp * p[i];
    }
    between += squares - sum * sum / weight;
    all += sum - sum * sum / weight;
  }
  return between <= flat * all;
}

// f(block, threads, monitor) for all blocks, side by side.
template <Real T>
template <class F>
bool ClasswiseHessian<T>::for_blocks(double work, const F& f) {
  const auto n_blocks = static_cast<Index>(blocks_.size());
  const int n_threads =
      threads_for(problem_.options().n_threads, work * static_cast<double>(n_blocks));
  const auto team = static_cast<int>(std::min<Index>(n_threads, n_blocks));
  TaskCounter tasks(n_blocks);
  Relay relay(problem_.monitor());
  run_team(team, [&](TeamMember& member) {
    Monitor monitor = relay.monitor();
    for (Index k = 0; tasks.next(k) && f(k, std::max(1, n_threads / member.size()), monitor);) {
    }
  });
  return !relay.stopped();
}

template <Real T>
bool ClasswiseHessian<T>::form(Index k, const LogisticPoint& at, const LogisticRows& rows,
                               int n_threads, Monitor& monitor) {
  const Index n = rows.n;
  const Index outputs = problem_.n_outputs();
  const double* p = at.curvature.data() + k * n;
  const std::uint64_t seed =
      (draws_ * static_cast<std::uint64_t>(outputs) + static_cast<std::uint64_t>(k)) << 40;
  Drawn drawn;
  if (blocks_.size() == 1) {
    Buffer<double> variance(n);  // of a class on average: 1 - sum p^2, shared by K - 1
    const double share = 1.0 / static_cast<double>(outputs - 1);
    for (Index i = 0; i < n; ++i) variance[i] = share * weight_of(rows, i);
    for (Index l = 0; l < outputs; ++l) {
      const double* q = at.curvature.data() + l * n;
      for (Index i = 0; i < n; ++i) variance[i] -= share * weight_of(rows, i) * q[i] * q[i];
    }
    drawn = draw(rows, most_draws * problem_.cols(), seed, [&](Index i) { return variance[i]; });
  } else {
    drawn = draw(rows, target(n), seed,
                 [&](Index i) { return weight_of(rows, i) * p[i] * (1.0 - p[i]); });
  }
  Block& block = blocks_[k];
  const auto source = problem_.source(drawn.rows, drawn.root.data());
  return completed([&] {
           block.gram = in_float_ ? gram<T, float>(source, n_threads, monitor)
                                  : gram<T, double>(source, n_threads, monitor);
         }) &&
         factor(block, n_threads, monitor);
}

template <Real T>
bool ClasswiseHessian<T>::factor(Block& block, int n_threads, Monitor& monitor) {
  return factor_penalised(problem_, block.gram, active_, n_threads, monitor, block.system);
}

template <Real T>
bool ClasswiseHessian<T>::form_blocks(const LogisticPoint& at, const LogisticRows& rows) {
  const double m = static_cast<double>(active_.count());
  const double work = m * m * static_cast<double>(target(rows.n));
  const auto n_blocks = static_cast<Index>(blocks_.size());
  keep_ = n_blocks * problem_.cols() * problem_.cols() <= most_kept;
  return for_blocks(work, [&](Index k, int n_threads, Monitor& monitor) {
    if (!form(k, at, rows, n_threads, monitor)) return false;
    if (!keep_) blocks_[k].gram = GramMatrix();
    return true;
  });
}

template <Real T>
bool ClasswiseHessian<T>::refresh(const LogisticPoint& at, const LogisticRows& rows) {
  active_ = active_columns(problem_);
  ++draws_;
  blocks_.clear();
  blocks_.resize(one_for_all(at, rows) ? 1 : problem_.n_outputs());
  if (!form_blocks(at, rows)) return false;
  if (!in_float_ || rcond() >= rcond_for_float) return true;
  in_float_ = false;
  return form_blocks(at, rows);
}

template <Real T>
bool ClasswiseHessian<T>::change_penalty() {
  active_ = active_columns(problem_);
  const double m = static_cast<double>(active_.count());
  return for_blocks(m * m * m / 3.0, [&](Index k, int n_threads, Monitor& monitor) {
    return factor(blocks_[k], n_threads, monitor);
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
