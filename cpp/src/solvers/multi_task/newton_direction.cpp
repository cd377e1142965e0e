#include "solvers/multi_task/newton_direction.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <numeric>

#include "linalg/blas.hpp"
#include "parallel/interruption.hpp"
#include "solvers/multi_task/tasks.hpp"

namespace elltwo {
namespace {

/// A larger curvature across B_j, in units of that of the loss, would drown the loss in the
/// rounding of Real. The step across is then that of this curvature, shortened.
template <class Real>
constexpr double largest_turn() {
  return std::same_as<Real, float> ? 1e4 : 1e12;
}

constexpr Index panel = 480;  // columns of G of a task

double unit_of(const RowSlots& slots, Index s) { return 1.0 / std::sqrt(slots.g(s)); }

}  // namespace

template <class Real>
void NewtonDirection<Real>::take_slots(Index first) {
  const Index m = slots_.size(), ld = slots_.gram().ld();
  if (first == 0 || ld > ld_all_) {
    all_ = Buffer<Real>(ld * ld);
    ld_all_ = ld;
    first = 0;
  }
  gathered_of_.clear();
  std::vector<double> unit(static_cast<std::size_t>(m));
  for (Index s = 0; s < m; ++s) unit[s] = unit_of(slots_, s);
  for (Index s = 0; s < m; ++s) {
    const double* from = slots_.gram().gram(s);
    Real* to = all_.data() + s * ld_all_;
    for (Index i = s < first ? first : 0; i < m; ++i) {
      to[i] = static_cast<Real>(from[i] * unit[i] * unit[s]);
    }
  }
}

// The matrix of all slots serves where most rows are not zero, so that nothing is copied.
template <class Real>
void NewtonDirection<Real>::choose_matrix(const RowFace& face) {
  const Index k = face.size(), m = slots_.size();
  if (4 * k >= 3 * m) {
    matrix_ = all_.data();
    order_ = m;
    ld_ = ld_all_;
    places_ = face.slots;
    return;
  }
  if (face.slots != gathered_of_) {
    if (gathered_.size() < k * k) gathered_ = Buffer<Real>(k * k + k * k / 4);
    for (Index j = 0; j < k; ++j) {
      const Real* from = all_.data() + face.slots[j] * ld_all_;
      for (Index i = 0; i < k; ++i) gathered_[j * k + i] = from[face.slots[i]];
    }
    gathered_of_ = face.slots;
  }
  matrix_ = gathered_.data();
  order_ = ld_ = k;
  places_.resize(face.slots.size());
  std::iota(places_.begin(), places_.end(), Index{0});
}

template <class Real>
double NewtonDirection<Real>::dot(const RowFace& face, const Real* a, const Real* b) const {
  const Index n = face.n_outputs;
  double sum = 0.0;
  for (const Index place : places_) {
    Real row = 0;
    for (Index t = 0; t < n; ++t) row += a[place * n + t] * b[place * n + t];
    sum += row;
  }
  return sum;
}

// Columns of out = p G in blocks that BLAS multiplies without a copy of G.
template <class Real>
void NewtonDirection<Real>::multiply_panel(Index n, Index first, Index columns, const Real* p,
                                           Real* out) const {
  constexpr Index height = 1024, most_wide = 48, most_products = 1000000;
  const Index wide = std::clamp<Index>(most_products / (height * n) / 8 * 8, 8, most_wide);
  for (Index j = first; j < first + columns; j += wide) {
    const Index width = std::min(wide, first + columns - j);
    for (Index i = 0; i < order_; i += height) {
      blas::gemm(blas::Op::none, blas::Op::none, n, width, std::min(height, order_ - i), Real{1},
                 p + i * n, n, matrix_ + j * ld_ + i, ld_, i > 0 ? Real{1} : Real{0}, out + j * n,
                 n);
    }
  }
}

template <class Real>
void NewtonDirection<Real>::multiply(const RowFace& face, const Real* p, Real* out) const {
  const Index n = face.n_outputs;
  const double work = 2.0 * static_cast<double>(order_) * static_cast<double>(order_ * n);
  over_tasks((order_ + panel - 1) / panel, work, n_threads_, [&](Index task) {
    multiply_panel(n, task * panel, std::min(panel, order_ - task * panel), p, out);
  });
  for (Index i = 0; i < face.size(); ++i) {
    const double* u = face.u.data() + i * n;
    const Real* in = p + places_[i] * n;
    Real* to = out + places_[i] * n;
    double along = 0.0;
    for (Index t = 0; t < n; ++t) along += u[t] * in[t];
    const double whole = turn_[i] + face.l2[i];
    along *= turn_[i];
    for (Index t = 0; t < n; ++t) to[t] += static_cast<Real>(whole * in[t] - along * u[t]);
  }
}

template <class Real>
Index NewtonDirection<Real>::solve(const RowFace& face, double eta, std::vector<double>& d) {
  const Index n = face.n_outputs, k = face.size();
  choose_matrix(face);
  RowFace bounded = face;
  for (double& turn : bounded.turn) turn = std::min(turn, largest_turn<Real>());
  turn_ = bounded.turn;
  inverse_.factor(bounded, {matrix_, ld_}, places_, n_threads_);

  const auto length = static_cast<std::size_t>(order_ * n);
  std::vector<Real> r(length), x(length), z(length), p(length), hp(length);
  double largest = 0.0;
  for (const double v : face.r) largest = std::max(largest, std::abs(v));
  d.assign(face.r.size(), 0.0);
  if (largest == 0.0) return 0;
  for (Index i = 0; i < k; ++i) {
    for (Index t = 0; t < n; ++t) {
      r[places_[i] * n + t] = static_cast<Real>(face.r[i * n + t] / largest);
    }
  }
  inverse_.apply(bounded, r.data(), n_threads_, z.data());
  p = z;
  double rz = dot(face, r.data(), z.data());
  const double wanted = eta * eta * rz;
  Index steps = 0;
  while (rz > wanted && steps < most_steps) {
    check(monitor_);
    multiply(face, p.data(), hp.data());
    const double curvature = dot(face, p.data(), hp.data());
    if (!(curvature > 0.0)) break;
    const auto step = static_cast<Real>(rz / curvature);
    for (const Index place : places_) {
      for (Index e = place * n; e < (place + 1) * n; ++e) {
        x[e] += step * p[e];
        r[e] -= step * hp[e];
      }
    }
    inverse_.apply(bounded, r.data(), n_threads_, z.data());
    const double next = dot(face, r.data(), z.data());
    if (!(next > 0.0)) break;
    const auto keep = static_cast<Real>(next / rz);
    for (const Index place : places_) {
      for (Index e = place * n; e < (place + 1) * n; ++e) p[e] = z[e] + keep * p[e];
    }
    rz = next;
    ++steps;
  }
  for (Index i = 0; i < k; ++i) {
    const double* u = face.u.data() + i * n;
    const Real* from = x.data() + places_[i] * n;
    double along = 0.0;
    for (Index t = 0; t < n; ++t) along += u[t] * from[t];
    const double across = turn_[i] / face.turn[i];
    for (Index t = 0; t < n; ++t) {
      d[i * n + t] = largest * (across * from[t] + (1.0 - across) * along * u[t]);
    }
  }
  return steps;
}

template class NewtonDirection<float>;
template class NewtonDirection<double>;

}  // namespace elltwo
