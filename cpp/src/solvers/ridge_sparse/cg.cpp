#include "solvers/ridge_sparse/cg.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "parallel/sum_over.hpp"

namespace elltwo {
namespace {

constexpr double most_drift = 0.1;  // of the tolerance, that needs no residual from the data
constexpr int shortest_trial = 3;
constexpr int longest_trial = 2;  // of what it is compared with
constexpr double tol_floor = 4 * epsilon;
constexpr int most_rounds = 50;            // of CgNorm::follow
constexpr double part_that_settles = 0.1;  // of the tolerance, a relative step that ends them
constexpr std::int64_t iterations_per_correction = 100;

// Eigenvalues of a symmetric tridiagonal matrix below x (Sturm; Golub and Van Loan, 4th ed.,
// 8.4.2).
Index eigenvalues_below(const std::vector<double>& diagonal, const std::vector<double>& off,
                        double x) {
  Index count = 0;
  double pivot = 1.0;
  for (std::size_t i = 0; i < diagonal.size(); ++i) {
    const double coupling = i > 0 ? off[i - 1] * off[i - 1] : 0.0;
    pivot = diagonal[i] - x - (i > 0 ? coupling / pivot : 0.0);
    if (pivot == 0.0) pivot = -1e-300;
    count += pivot < 0.0 ? 1 : 0;
  }
  return count;
}

// The eigenvalue with `rank` others below it, within [0, high], by bisection.
double eigenvalue(const std::vector<double>& diagonal, const std::vector<double>& off, Index rank,
                  double high) {
  double low = 0.0;
  for (int step = 0; step < 60; ++step) {
    const double middle = 0.5 * (low + high);
    (eigenvalues_below(diagonal, off, middle) > rank ? high : low) = middle;
  }
  return high;
}

}  // namespace

int most_cg_iterations(const RidgeOptions& options) {
  return static_cast<int>(std::min<std::int64_t>(iterations_per_correction * options.max_iter,
                                                 std::numeric_limits<int>::max()));
}

template <Real T>
SparseCg<T>::SparseCg(const Problem<T>& problem, const SparseBlock<T>& block)
    : problem_(problem),
      block_(block),
      norm_(problem, block),
      r_(block.size()),
      d_(block.size()),
      q_(block.size()),
      z_(block.size()),
      targets_(block.k()),
      tol_(std::max(problem.options().tol, tol_floor)),
      magnification_(block.magnification()) {}

// d = z = M^-1 r.
template <Real T>
void SparseCg<T>::start_directions() {
  const Index k = block_.k();
  for (Index t = 0; t < k; ++t) targets_[t].rz = norm_.solve(t, r_.data(), d_.data());
}

// One step of target t along d, for which q = H d is known, and its next direction.
template <Real T>
void SparseCg<T>::advance(Index t, double* b) {
  const Index k = block_.k();
  const Index p = block_.size() / k;
  auto& target = targets_[t];
  const double* inverse_size = block_.inverse_size().data();
  double length = 0.0;  // |D d|^2
  const double dq = sum_over(p, [&](Index j) {
    const Index e = j * k + t;
    const double scaled = inverse_size[e] > 0.0 ? d_[e] / inverse_size[e] : 0.0;
    length += scaled * scaled;
    return d_[e] * q_[e];
  });
  const double step = target.rz / dq;
  if (!(dq > 0.0) || !std::isfinite(step)) {
    target.done = true;
    return;
  }
  for (Index e = t; e < block_.size(); e += k) {
    b[e] += step * d_[e];
    if (inverse_size[e] > 0.0) r_[e] -= step * q_[e];
  }
  const double rz = norm_.solve(t, r_.data(), z_.data());
  // Rounding of the n terms of x_j.u beside |x_j| |u|, |u|^2 <= dq, and of the terms of u itself.
  const double rounding = epsilon * std::sqrt(static_cast<double>(problem_.n_samples()));
  target.drift +=
      rounding * magnification_ * step * (std::sqrt(dq) + magnification_ * std::sqrt(length));
  const double beta = rz / target.rz;
  target.rz = rz;
  for (Index e = t; e < block_.size(); e += k) d_[e] = z_[e] + beta * d_[e];
  if (t != 0) return;
  const double previous = diagonal_.empty() ? 0.0 : off_.back() * off_.back();
  // T_ii = 1 / step_i + beta_(i-1) / step_(i-1),  T_(i,i+1) = sqrt(beta_i) / step_i
  diagonal_.push_back(1.0 / step + (diagonal_.empty() ? 0.0 : previous * last_step_));
  off_.push_back(std::sqrt(beta) / step);
  last_step_ = step;
}

template <Real T>
double SparseCg<T>::rcond() const {
  double high = 0.0;
  for (std::size_t i = 0; i < diagonal_.size(); ++i)
    high = std::max(high, diagonal_[i] + off_[i] + (i > 0 ? off_[i - 1] : 0.0));
  if (diagonal_.empty()) return 1.0;
  const auto n = static_cast<Index>(diagonal_.size());
  const double smallest = eigenvalue(diagonal_, off_, 0, high);
  return std::min(1.0, smallest / eigenvalue(diagonal_, off_, n - 1, high));
}

// Evaluates the optimality of the targets that are not done by their residuals in r_. At the start
// of a fit nothing but a zero gradient will do: beside a large penalty the gradient is small
// however far the solution is.
template <Real T>
void SparseCg<T>::measure(const double* b, bool at_start) {
  for (Index t = 0; t < block_.k(); ++t) {
    auto& target = targets_[t];
    if (target.done) continue;
    target.state = block_.stationarity(t, b, r_.data());
    const double part = target.relative_drift() <= most_drift * tol_ ? 1.0 - most_drift : 0.5;
    target.done = target.state.optimality() <= (at_start ? 0.0 : part * tol_);
  }
}

// Whether some target has more than max_iter iterations to go at the pace of those it has `done`.
template <Real T>
bool SparseCg<T>::hopeless(const std::vector<Target>& start, int done, int max_iter) const {
  for (std::size_t t = 0; t < targets_.size(); ++t) {
    const double first = start[t].state.optimality();
    const double gain = std::log(first / targets_[t].state.optimality()) / done;
    const double promised = gain * (done + max_iter);
    if (!targets_[t].done && !(promised >= std::log(first / tol_))) return true;
  }
  return false;
}

// Iterates from the gradient in r_ until every target meets the tolerance by its recurred residual.
// False where a trial is given up.
template <Real T>
bool SparseCg<T>::iterate(double* b, int max_iter, bool is_trial, int& n_iter) {
  start_directions();
  const auto start = targets_;
  const int first = n_iter;
  const auto is_done = [](const Target& target) { return target.done; };
  const int last = is_trial ? longest_trial * max_iter : max_iter;
  while (n_iter < last && !std::ranges::all_of(targets_, is_done)) {
    block_.apply(d_.data(), q_.data());
    for (Index t = 0; t < block_.k(); ++t) {
      if (!targets_[t].done) advance(t, b);
    }
    ++n_iter;
    measure(b, false);
    const int done = n_iter - first;
    if (is_trial && done >= shortest_trial && hopeless(start, done, max_iter)) return false;
  }
  return true;
}

// The optimality of the worst target, with a bound on how far its recurred residual has drifted.
template <Real T>
double SparseCg<T>::optimality() const {
  double worst = 0.0;
  for (const auto& target : targets_)
    worst = std::max(worst, target.state.optimality() + target.relative_drift());
  return worst;
}

template <Real T>
bool SparseCg<T>::drift_matters() const {
  return std::ranges::any_of(targets_, [&](const Target& target) {
    return !(target.relative_drift() <= most_drift * tol_);
  });
}

template <Real T>
void SparseCg<T>::solve(int max_iter, bool is_trial, double* b, SolveInfo& info) {
  info.solver = Solver::cg;
  info.rank = block_.rank();
  info.n_iter = 0;
  Buffer<double> a(norm_.has_followers() ? block_.size() : 0);
  std::copy_n(b, a.size(), a.data());
  norm_.start(b);
  solve_from_here(max_iter, is_trial, b, info);
  for (int round = 0; norm_.has_followers() && round < most_rounds; ++round) {
    if (info.optimality > tol_ || info.n_iter >= max_iter) break;
    const double step = norm_.follow(a.data(), b);
    solve_from_here(max_iter, is_trial, b, info);
    if (step <= part_that_settles * tol_) break;
  }
  info.rcond = rcond();
}

// From b, until every target meets the tolerance.
template <Real T>
void SparseCg<T>::solve_from_here(int max_iter, bool is_trial, double* b, SolveInfo& info) {
  double previous = infinity;
  for (;;) {
    block_.gradient(b, r_.data());
    std::ranges::fill(targets_, Target{});
    const bool at_start = info.n_iter == 0;
    measure(b, at_start);
    info.optimality = optimality();
    const bool improved = info.optimality < 0.5 * previous;
    const bool reached = info.optimality <= (at_start ? 0.0 : tol_);
    if (reached || info.n_iter >= max_iter || !improved) break;
    previous = info.optimality;
    const bool to_the_end = iterate(b, max_iter, is_trial, info.n_iter);
    info.optimality = optimality();
    if (!to_the_end || (info.optimality <= tol_ && !drift_matters())) break;
  }
}

template class SparseCg<double>;
template class SparseCg<float>;

}  // namespace elltwo
