#pragma once

#include <algorithm>

#include "kernels/simd.hpp"
#include "kernels/small_factor_impl.hpp"
#include "kernels/small_shapes.hpp"

namespace elltwo {
namespace {

/// SmallSolveFn for Lanes problems. No branch depends on a problem: where one has no answer, values
/// are out of range or NaN.
template <int Lanes>
class SmallSolve : SmallFactor<Lanes> {
 public:
  explicit SmallSolve(const SmallSystems& systems) : Base(systems), t_(systems.layout.t) {}

  void run() {
    if (s_.centred) centre();
    this->factor();
    V worst{};
    for (Index u = 0; u < t_; ++u) worst = larger(worst, solve(u));
    const V bound = this->rcond();
    Ops::put(s_.rcond, 0, good_ > 0.0 ? bound : V{});
    Ops::put(s_.optimality, 0, worst);
  }

 private:
  using Base = SmallFactor<Lanes>;
  using Ops = SideBySide<Lanes>;
  using V = typename Ops::V;
  using Base::good_;
  using Base::gram;
  using Base::larger;
  using Base::one;
  using Base::p_;
  using Base::require;
  using Base::row_;
  using Base::s_;
  using Base::size;

  // The largest square of the error of a provisional mean, relative to the variance.
  static constexpr double most_lost = 100.0;

  V sum(Index place) const { return Ops::at(s_.sums, place); }
  void put_sum(Index place, V v) { Ops::put(s_.sums, place, v); }
  // Subtracts w m m^T from a square about the shift.
  void require_kept(V lost, V left) { require((lost <= most_lost * left) | (lost == 0.0)); }

  /// Turns sums about the provisional means into sums about the means.
  void centre() {
    const auto& at = s_.layout;
    const double* ones = s_.sums + at.ones() * Lanes;
    const V weight = sum(at.weight());
    const V inverse = 1.0 / weight;
    for (Index i = 0; i < p_; ++i) {
      const V off = Ops::at(ones, i) * inverse;
      for (Index j = 0; j <= i; ++j) {
        Ops::put(row_[i], j, gram(i, j) - off * Ops::at(ones, j));
      }
      for (Index u = 0; u < t_; ++u) {
        const Index place = at.target(u) + i;
        put_sum(place, sum(place) - off * sum(at.target_ones() + u));
      }
      require_kept(off * Ops::at(ones, i), gram(i, i));
      Ops::put(s_.shift, i, Ops::at(s_.shift, i) + off);
    }
    for (Index u = 0; u < t_; ++u) {
      const V off = sum(at.target_ones() + u) * inverse;
      const V lost = off * sum(at.target_ones() + u);
      put_sum(at.squares() + u, sum(at.squares() + u) - lost);
      require_kept(lost, sum(at.squares() + u));
      Ops::put(s_.shift, p_ + u, Ops::at(s_.shift, p_ + u) + off);
    }
    kept_ = one();
    if (s_.pull != nullptr) pull_means(weight);
  }

  // A penalised intercept, eliminated.
  void pull_means(V weight) {
    const auto& at = s_.layout;
    const V a = Ops::at(s_.pull, 0);
    kept_ = weight / (weight + a);
    const V k = kept_ * a;
    for (Index i = 0; i < p_; ++i) {
      const V scaled = k * Ops::at(s_.shift, i);
      for (Index j = 0; j <= i; ++j) {
        Ops::put(row_[i], j, gram(i, j) + scaled * Ops::at(s_.shift, j));
      }
      for (Index u = 0; u < t_; ++u) {
        const Index place = at.target(u) + i;
        put_sum(place, sum(place) + scaled * Ops::at(s_.shift, p_ + u));
      }
    }
    for (Index u = 0; u < t_; ++u) {
      const V mean = Ops::at(s_.shift, p_ + u);
      put_sum(at.squares() + u, sum(at.squares() + u) + k * mean * mean);
    }
  }

  V right(Index u, Index j) const {
    const V products = sum(s_.layout.target(u) + j);
    return s_.right == nullptr ? products : products + Ops::at(s_.right, j);
  }

  /// Target u; returns its largest relative gradient.
  V solve(Index u) {
    const V squares = sum(s_.layout.squares() + u);
    require((squares == 0.0) |
            ((squares >= smallest_small_square) & (squares <= largest_small_square)));
    V z[small_max_features];
    for (Index i = 0; i < p_; ++i) {
      const V products = sum(s_.layout.target(u) + i);
      const V square = gram(i, i);  // zeros that are not the product's underflow
      require((products == 0.0) |
              ((square >= smallest_small_square) & (squares >= smallest_small_square)));
      z[i] = right(u, i) * Ops::at(s_.scale, i);
    }
    this->substitute(z);
    V fitted{};
    for (Index i = 0; i < p_; ++i) {
      fitted += z[i] * z[i];
      z[i] *= Ops::at(s_.scale, i);
      Ops::put(s_.coef, u * p_ + i, z[i]);
    }
    put_intercept(u, z);
    const V scale = Ops::root(squares) + Ops::root(fitted);
    return scale > 0.0 ? largest_gradient(u, z) / scale : V{};
  }

  void put_intercept(Index u, const V* b) {
    V value{};
    if (s_.centred) {
      value = Ops::at(s_.shift, p_ + u);
      for (Index j = 0; j < p_; ++j) value -= Ops::at(s_.shift, j) * b[j];
      value *= kept_;
    }
    Ops::put(s_.intercept, u, value);
  }

  // The gradient X^T y + r - (G + D) b, in units of the columns.
  V largest_gradient(Index u, const V* b) const {
    V g[small_max_features];
    for (Index i = 0; i < p_; ++i) {
      V gi = right(u, i) - (gram(i, i) + Ops::at(s_.diagonal, i)) * b[i];
      for (Index k = 0; k < i; ++k) {
        const V entry = gram(i, k);
        gi -= entry * b[k];
        g[k] -= entry * b[i];
      }
      g[i] = gi;
    }
    V worst{};
    for (Index i = 0; i < p_; ++i) worst = larger(worst, size(g[i]) * Ops::at(s_.scale, i));
    return worst;
  }

  Index t_;
  V kept_ = one();
};

template <int Lanes>
void small_solve(const SmallSystems& systems) {
  SmallSolve<Lanes>(systems).run();
}

/// InterleaveFn.
template <int Lanes>
void interleave(Index n, const double* in, Index ld, double* out) {
  for (Index e = 0; e < n; e += Lanes) {
    Vec<double, Lanes> v[Lanes];
#pragma GCC unroll 8
    for (int l = 0; l < Lanes; ++l) v[l] = load<double, Lanes>(in + l * ld + e);
    transpose<double, Lanes>(v);
#pragma GCC unroll 8
    for (int l = 0; l < Lanes; ++l) store<double, Lanes>(out + (e + l) * Lanes, v[l]);
  }
}

}  // namespace
}  // namespace elltwo
