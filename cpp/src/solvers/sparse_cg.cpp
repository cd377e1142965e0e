#include "solvers/sparse_cg.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace elltwo {
namespace {

constexpr double tol_margin = 0.5;  // recurred residuals drift from true ones
constexpr double tol_floor = 4 * epsilon;
constexpr std::int64_t iterations_per_correction = 100;

// Eigenvalues of a symmetric tridiagonal matrix below x (Sturm; Golub and Van Loan, 4th ed., 8.4.2).
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
      inverse_(block.size()),
      r_(block.size()),
      d_(block.size()),
      q_(block.size()),
      rz_(static_cast<std::size_t>(block.k())),
      done_(static_cast<std::size_t>(block.k())) {
  const Index k = block.k();
  // Lengths are measured in the user's units, relative to the largest.
  double smallest = infinity;
  for (Index e = 0; e < block.size(); ++e) {
    if (block.inverse_size()[e] > 0.0) smallest = std::min(smallest, problem.x_scale(e / k));
  }
  for (Index t = 0; t < k; ++t) {
    const bool plain = !block.penalised(t);
    for (Index e = t; e < block.size(); e += k) {
      const double inverse_size = block.inverse_size()[e];
      const double unit = smallest / problem.x_scale(e / k);
      inverse_[e] = plain && inverse_size > 0.0 ? unit * unit : inverse_size * inverse_size;
    }
  }
}

// d = z = M^-1 r.
template <Real T>
void SparseCg<T>::start_directions() {
  const Index k = block_.k();
  for (Index t = 0; t < k; ++t) {
    double rz = 0.0;
    for (Index e = t; e < block_.size(); e += k) {
      d_[e] = inverse_[e] * r_[e];
      rz += d_[e] * r_[e];
    }
    rz_[static_cast<std::size_t>(t)] = rz;
  }
}

// One step of target t along d, for which q = H d is known, and its next direction.
template <Real T>
void SparseCg<T>::advance(Index t, double* b) {
  const Index k = block_.k();
  const auto u = static_cast<std::size_t>(t);
  double dq = 0.0;
  for (Index e = t; e < block_.size(); e += k) dq += d_[e] * q_[e];
  const double step = rz_[u] / dq;
  if (!(dq > 0.0) || !std::isfinite(step)) {
    done_[u] = true;
    return;
  }
  double rz = 0.0;
  for (Index e = t; e < block_.size(); e += k) {
    b[e] += step * d_[e];
    r_[e] -= step * q_[e];
    rz += inverse_[e] * r_[e] * r_[e];
  }
  const double beta = rz / rz_[u];
  rz_[u] = rz;
  for (Index e = t; e < block_.size(); e += k) d_[e] = inverse_[e] * r_[e] + beta * d_[e];
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

// Iterates from the gradient in r_ until every target meets the tolerance by its recurred residual.
// False if the monitor asked to stop.
template <Real T>
bool SparseCg<T>::iterate(double* b, double tol, int max_iter, int& n_iter) {
  const Index k = block_.k();
  std::fill(done_.begin(), done_.end(), false);
  start_directions();
  for (;;) {
    for (Index t = 0; t < k; ++t) {
      const auto u = static_cast<std::size_t>(t);
      done_[u] = done_[u] || block_.optimality(t, b, r_.data()) <= tol;
    }
    if (n_iter >= max_iter || std::ranges::all_of(done_, [](bool done) { return done; }))
      return true;
    if (!block_.apply(d_.data(), q_.data())) return false;
    for (Index t = 0; t < k; ++t) {
      if (!done_[static_cast<std::size_t>(t)]) advance(t, b);
    }
    ++n_iter;
  }
}

template <Real T>
void SparseCg<T>::solve(int max_iter, double* b, SolveInfo& info) {
  const double tol = std::max(problem_.options().tol, tol_floor);
  info.solver = Solver::cg;
  info.rank = block_.rank();
  info.n_iter = 0;
  double previous = infinity;
  for (;;) {
    if (!block_.gradient(b, r_.data())) {
      info.status = Status::interrupted;
      return;
    }
    info.optimality = block_.optimality(b, r_.data());
    const bool improved = info.optimality < 0.5 * previous;
    if (info.optimality <= tol || info.n_iter >= max_iter || !improved) break;
    previous = info.optimality;
    if (!iterate(b, tol_margin * tol, max_iter, info.n_iter)) {
      info.status = Status::interrupted;
      return;
    }
  }
  info.rcond = rcond();
}

template class SparseCg<double>;
template class SparseCg<float>;

}  // namespace elltwo
