#include "solvers/multi_task/row_scales.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/lapack.hpp"
#include "model/row_gap.hpp"
#include "parallel/interruption.hpp"
#include "solvers/active_set/face_solver.hpp"

namespace elltwo {
namespace {

constexpr int most_steps = 60;
constexpr int most_scale_halvings = 12;
constexpr double wanted_residual = 1e-13;  // of the gradient, relative to a1
constexpr double model_tolerance = 1e-13;

}  // namespace

RowScales::RowScales(const RowSlots& slots, double alpha, std::vector<Index> rows, Monitor& monitor)
    : slots_(slots), rows_(std::move(rows)), monitor_(monitor) {
  const Index k = size();
  g_.resize(static_cast<std::size_t>(k * k));
  for (Index j = 0; j < k; ++j) {
    const double* column = slots.gram().gram(rows_[j]);
    for (Index i = 0; i < k; ++i) g_[j * k + i] = column[rows_[i]];
    a1_.push_back(alpha * slots.l1(rows_[j]));
    a2_.push_back(alpha * slots.l2(rows_[j]));
  }
}

// |Q_j| over a1_j + a2_j eta_j, which is 1 at a minimum off zero.
double RowScales::ratio(const State& state, Index j) const {
  const Index n = slots_.n_outputs();
  return row_norm(state.q.data() + j * n, n) / (a1_[j] + a2_[j] * state.eta[j]);
}

// B = E^1/2 (I + E^1/2 G E^1/2)^-1 E^1/2 C, of which the matrix has no eigenvalue below 1.
bool RowScales::evaluate(State& state) const {
  const Index k = size(), n = slots_.n_outputs();
  state.root.resize(rows_.size());
  for (Index j = 0; j < k; ++j) {
    state.root[j] = std::sqrt(state.eta[j] / (a1_[j] + a2_[j] * state.eta[j]));
  }
  auto& s = state.factor;
  s.resize(g_.size());
  for (Index j = 0; j < k; ++j) {
    for (Index i = j; i < k; ++i) s[j * k + i] = state.root[i] * g_[j * k + i] * state.root[j];
    s[j * k + j] += 1.0;
  }
  if (!lapack::potrf(blas::Uplo::lower, k, s.data(), k)) return false;
  state.b.resize(c_.size());
  for (Index j = 0; j < k; ++j) {
    for (Index t = 0; t < n; ++t) state.b[j * n + t] = state.root[j] * c_[j * n + t];
  }
  blas::trsm(blas::Side::right, blas::Uplo::lower, blas::Op::transpose, n, k, s.data(), k,
             state.b.data(), n);
  blas::trsm(blas::Side::right, blas::Uplo::lower, blas::Op::none, n, k, s.data(), k,
             state.b.data(), n);
  long double phi = 0.0L;
  for (Index j = 0; j < k; ++j) {
    for (Index t = 0; t < n; ++t) {
      state.b[j * n + t] *= state.root[j];
      phi -= c_[j * n + t] * state.b[j * n + t] / 2;
    }
    phi += a1_[j] * state.eta[j] / 2;
  }
  state.phi = static_cast<double>(phi);
  state.q = c_;
  blas::gemm(blas::Op::none, blas::Op::none, n, k, k, -1.0, state.b.data(), n, g_.data(), k, 1.0,
             state.q.data(), n);
  return true;
}

// How far the gradient a1 (1 - ratio^2) / 2 is from its conditions, over a1.
double RowScales::residual(const State& state) const {
  double largest = 0.0;
  for (Index j = 0; j < size(); ++j) {
    const double r = ratio(state, j), slope = (1.0 - r * r) / 2;
    largest = std::max(largest, state.eta[j] > 0.0 ? std::abs(slope) : -slope);
  }
  return largest;
}

// The minimum over eta >= 0 of the quadratic model, whose Hessian is
//   H_ij = e'_i e'_j (Q_i.Q_j) P_ij + delta_ij a1 a2 |Q_i|^2 / (a1 + a2 eta)^3,
//   P = (G^-1 + E)^-1 = G - V'V,   V = L^-1 E^1/2 G,   e' = a1 / (a1 + a2 eta)^2.
std::vector<double> RowScales::model_minimum(const State& state) const {
  const Index k = size(), n = slots_.n_outputs();
  auto v = g_;
  for (Index j = 0; j < k; ++j) {
    for (Index i = 0; i < k; ++i) v[j * k + i] *= state.root[i];
  }
  blas::trsm(blas::Side::left, blas::Uplo::lower, blas::Op::none, k, k, state.factor.data(), k,
             v.data(), k);
  auto h = g_;
  blas::gemm(blas::Op::transpose, blas::Op::none, k, k, k, -1.0, v.data(), k, v.data(), k, 1.0,
             h.data(), k, monitor_);
  std::vector<SlotPenalty> penalties(rows_.size());
  std::vector<double> slope(rows_.size());
  for (Index j = 0; j < k; ++j) {
    penalties[j] = {.l1 = a1_[j] / 2, .l2 = 0.0, .lower = 0.0};
    const double whole = a1_[j] + a2_[j] * state.eta[j];
    slope[j] = a1_[j] / (whole * whole);
  }
  Slots model;
  model.append(penalties);
  for (Index j = 0; j < k; ++j) {
    const double* qj = state.q.data() + j * n;
    for (Index i = 0; i <= j; ++i) {
      double dot = 0.0;
      for (Index t = 0; t < n; ++t) dot += qj[t] * state.q[i * n + t];
      model.gram(j)[i] = slope[i] * slope[j] * dot * h[j * k + i];
    }
    const double whole = a1_[j] + a2_[j] * state.eta[j], norm = row_norm(qj, n);
    model.gram(j)[j] += a1_[j] * a2_[j] * norm * norm / (whole * whole * whole);
  }
  model.mirror(0);
  for (Index j = 0; j < k; ++j) {
    const double r = ratio(state, j);
    double sum = a1_[j] * r * r / 2;
    for (Index i = 0; i < k; ++i) sum += model.gram(j)[i] * state.eta[i];
    model.c(j) = sum;
  }
  FaceSolver faces(model, monitor_);
  faces.set_point(state.eta.data());
  static_cast<void>(faces.solve(1.0, model_tolerance));
  return faces.point();
}

std::vector<double> RowScales::minimise(const double* b, const double* q) {
  const Index k = size(), n = slots_.n_outputs();
  State state;
  c_.resize(static_cast<std::size_t>(k * n));
  std::vector<double> start(c_.size());
  for (Index j = 0; j < k; ++j) {
    std::copy_n(q + rows_[j] * n, n, c_.data() + j * n);
    std::copy_n(b + rows_[j] * n, n, start.data() + j * n);
    state.eta.push_back(row_norm(b + rows_[j] * n, n));
  }
  blas::gemm(blas::Op::none, blas::Op::none, n, k, k, 1.0, start.data(), n, g_.data(), k, 1.0,
             c_.data(), n);
  if (!evaluate(state)) return start;
  for (int step = 0; step < most_steps && residual(state) > wanted_residual; ++step) {
    check(monitor_);
    const auto goal = model_minimum(state);
    State next;
    bool fell = false;
    double part = 1.0;
    for (int halving = 0; halving < most_scale_halvings && !fell; ++halving, part /= 2) {
      next.eta = state.eta;
      for (Index j = 0; j < k; ++j) {
        next.eta[j] = part == 1.0 ? goal[j] : state.eta[j] + part * (goal[j] - state.eta[j]);
      }
      if (!evaluate(next)) break;
      fell = next.phi < state.phi || (part == 1.0 && residual(next) < residual(state) / 2 &&
                                      next.phi <= state.phi + 1e-14 * std::abs(state.phi));
    }
    if (!fell) break;
    state = std::move(next);
  }
  return state.b;
}

}  // namespace elltwo
