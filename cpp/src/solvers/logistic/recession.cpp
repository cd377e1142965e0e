#include "solvers/logistic/recession.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "parallel/interruption.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

/// Margins of unit rows along a unit direction that are negative by no more count as zero: among
/// the rows of a working set, and among all.
constexpr double margin_noise = 1e-11;
constexpr double margin_noise_of_all = 1e-10;

/// The largest margin of a direction that separates: a smaller one is rounding.
constexpr double least_margin = 1e-9;

/// |sum (1 + mu) a| below this part of |sum a| is zero.
constexpr double vanishing = 1e-11;

/// Length, relative to its own, that a row must keep outside the span of others to be added.
constexpr double least_independent = 1e-14;

/// Rows that are added at a time.
constexpr Index least_batch = 64;
constexpr Index most_batch = 512;

/// Rows, for each column, that are tried first, and coefficients up to which that is done: their
/// vectors are kept.
constexpr Index tried_rows_a_column = 8;
constexpr Index most_tried_coefficients = 500;

constexpr int most_rounds = 200;  // of adding rows
constexpr Index most_steps_a_column = 20;

/// The least |c + A mu| over mu >= 0, whose columns ("rays") can be added and dropped.
class NearestInCone {
 public:
  explicit NearestInCone(std::vector<double> target)
      : target_(std::move(target)),
        dim_(static_cast<Index>(target_.size())),
        size_of_target_(std::sqrt(dot(target_, target_))) {}

  void add(std::vector<double> ray) { rays_.push_back({std::move(ray), false, false}); }

  /// Drops the rays that do not take part.
  void drop_others(Index kept_first);

  /// False if that takes too many steps.
  bool minimise(Monitor& monitor);

  bool vanishes() const { return size_ <= vanishing * size_of_target_; }
  /// The number of rays with positive multipliers, which are independent.
  Index rank() const { return static_cast<Index>(basis_.size()); }
  /// The minimum, of unit length.
  const std::vector<double>& direction() const { return residual_; }

 private:
  struct Ray {
    std::vector<double> a;
    bool in_basis;
    bool barred;  ///< it has left the basis in the step in which it was added
  };

  double* q(Index c) { return q_.data() + c * dim_; }
  double& r(Index i, Index c) { return r_[c * dim_ + i]; }
  void set_residual();
  bool append(Index ray);
  void remove(Index place);
  std::vector<double> solution();
  void step_to_feasible(Index added);

  std::vector<double> target_;  ///< c
  Index dim_;
  double size_of_target_;
  std::vector<Ray> rays_;
  std::vector<Index> basis_;  ///< the rays with positive multipliers
  std::vector<double> mu_;    ///< their multipliers
  std::vector<double> q_;     ///< A_basis = Q R; Q by columns
  std::vector<double> r_;     ///< R by columns of length dim_
  std::vector<double> residual_;
  double size_ = 0.0;  ///< of c + A mu
};

// residual = (c - Q Q^T c) / |c - Q Q^T c|.
void NearestInCone::set_residual() {
  residual_ = target_;
  for (int pass = 0; pass < 3; ++pass) {
    for (Index c = 0; c < static_cast<Index>(basis_.size()); ++c) {
      const double part = dot(dim_, q(c), residual_.data());
      for (Index e = 0; e < dim_; ++e) residual_[e] -= part * q(c)[e];
    }
    const double size = std::sqrt(dot(residual_, residual_));
    if (pass == 0) size_ = size;
    if (size == 0.0) return;
    if (pass == 0) continue;
    for (double& v : residual_) v /= size;
    if (pass == 1) size_ = std::min(size_, size);
  }
}

// Adds a ray to the basis. False if it is in the span.
bool NearestInCone::append(Index ray) {
  const auto c = static_cast<Index>(basis_.size());
  if (c == dim_) return false;
  q_.resize((c + 1) * dim_);
  r_.resize((c + 1) * dim_);
  std::copy_n(rays_[ray].a.data(), dim_, q(c));
  std::fill_n(&r(0, c), dim_, 0.0);
  const double length = std::sqrt(dot(dim_, q(c), q(c)));
  for (int pass = 0; pass < 2; ++pass) {
    for (Index i = 0; i < c; ++i) {
      const double part = dot(dim_, q(i), q(c));
      r(i, c) += part;
      for (Index e = 0; e < dim_; ++e) q(c)[e] -= part * q(i)[e];
    }
  }
  const double left = std::sqrt(dot(dim_, q(c), q(c)));
  if (!(left > least_independent * length)) return false;
  for (Index e = 0; e < dim_; ++e) q(c)[e] /= left;
  r(c, c) = left;
  basis_.push_back(ray);
  mu_.push_back(0.0);
  rays_[ray].in_basis = true;
  return true;
}

// Removes the ray at a place of the basis; rotations make R triangular again.
void NearestInCone::remove(Index place) {
  const auto m = static_cast<Index>(basis_.size());
  rays_[basis_[place]].in_basis = false;
  basis_.erase(basis_.begin() + place);
  mu_.erase(mu_.begin() + place);
  r_.erase(r_.begin() + place * dim_, r_.begin() + (place + 1) * dim_);
  for (Index i = place; i + 1 < m; ++i) {
    const double length = std::hypot(r(i, i), r(i + 1, i));
    const double c = r(i, i) / length, s = r(i + 1, i) / length;
    for (Index j = i; j + 1 < m; ++j) {
      const double upper = r(i, j), lower = r(i + 1, j);
      r(i, j) = c * upper + s * lower;
      r(i + 1, j) = c * lower - s * upper;
    }
    r(i + 1, i) = 0.0;
    for (Index e = 0; e < dim_; ++e) {
      const double upper = q(i)[e], lower = q(i + 1)[e];
      q(i)[e] = c * upper + s * lower;
      q(i + 1)[e] = c * lower - s * upper;
    }
  }
  q_.resize((m - 1) * dim_);
}

// -R^-1 Q^T c.
std::vector<double> NearestInCone::solution() {
  const auto m = static_cast<Index>(basis_.size());
  std::vector<double> x(m);
  for (Index c = 0; c < m; ++c) x[c] = -dot(dim_, q(c), target_.data());
  for (Index c = m - 1; c >= 0; --c) {
    x[c] /= r(c, c);
    for (Index i = 0; i < c; ++i) x[i] -= r(i, c) * x[c];
  }
  return x;
}

// Moves mu to the solution in the span of the basis, as far as multipliers stay positive, and on
// without those that reach zero.
void NearestInCone::step_to_feasible(Index added) {
  while (!basis_.empty()) {
    const auto goal = solution();
    double length = 1.0;
    for (std::size_t c = 0; c < goal.size(); ++c) {
      if (goal[c] <= 0.0) length = std::min(length, mu_[c] / (mu_[c] - goal[c]));
    }
    bool feasible = true;
    for (std::size_t c = 0; c < goal.size(); ++c) feasible = feasible && goal[c] > 0.0;
    if (feasible) {
      mu_ = goal;
      return;
    }
    double least = infinity;
    std::size_t first = 0;
    for (std::size_t c = 0; c < goal.size(); ++c) {
      mu_[c] += length * (goal[c] - mu_[c]);
      if (goal[c] <= 0.0 && mu_[c] < least) {
        least = mu_[c];
        first = c;
      }
    }
    mu_[first] = 0.0;
    for (auto c = static_cast<Index>(mu_.size()) - 1; c >= 0; --c) {
      if (mu_[c] > 0.0) continue;
      if (basis_[c] == added) rays_[added].barred = true;
      remove(c);
    }
  }
}

bool NearestInCone::minimise(Monitor& monitor) {
  for (Index step = 0; step < most_steps_a_column * (dim_ + 1); ++step) {
    check(monitor);
    set_residual();
    if (vanishes()) return true;
    Index worst = -1;
    double least = -margin_noise;
    for (Index j = 0; j < static_cast<Index>(rays_.size()); ++j) {
      if (rays_[j].in_basis || rays_[j].barred) continue;
      const double margin = dot(rays_[j].a, residual_);
      if (margin < least) {
        least = margin;
        worst = j;
      }
    }
    if (worst < 0) return true;
    if (!append(worst)) {
      rays_[worst].barred = true;
      continue;
    }
    step_to_feasible(worst);
    if (rays_[worst].barred) continue;
    for (Ray& ray : rays_) ray.barred = false;
  }
  return false;
}

void NearestInCone::drop_others(Index kept_first) {
  std::vector<Ray> kept;
  std::vector<Index> place(rays_.size(), -1);
  for (Index j = 0; j < static_cast<Index>(rays_.size()); ++j) {
    if (j >= kept_first && !rays_[j].in_basis) continue;
    place[j] = static_cast<Index>(kept.size());
    rays_[j].barred = false;
    kept.push_back(std::move(rays_[j]));
  }
  for (Index& ray : basis_) ray = place[ray];
  rays_ = std::move(kept);
}

/// A row and a class that is not its own.
struct Pair {
  Index row;
  Index other;
  double margin;
};

/// The vectors a_i, or a_ik, of unit rows.
class Constraints {
 public:
  explicit Constraints(FreeColumns& x) : x_(x), row_(columns()) {}

  Index columns() const { return x_.n_columns(); }
  Index outputs() const { return x_.n_outputs(); }

  /// Sets the lengths of the rows and returns the sum of all vectors.
  std::vector<double> sum(Monitor& monitor);

  /// The vectors of some rows.
  std::vector<std::vector<double>> vectors_of(std::span<const Index> rows);

  /// The margins of all unit rows along a direction; the worst of the negative ones in `negative`.
  Margins measure(const std::vector<double>& direction, std::vector<Pair>& negative);

  std::vector<double> vector_of(const Pair& pair);

 private:
  template <class F>
  void for_each_margin(F f) const;
  void add_to(std::vector<double>& v, Index i, Index other) const;
  double read_unit_row(Index i);
  template <class F>
  void for_each_other(Index i, F f) const;

  FreeColumns& x_;
  std::vector<double> z_;
  std::vector<double> row_;
  std::vector<double> length_;
};

// v += a_ik for the row that row_ holds, divided by its length.
void Constraints::add_to(std::vector<double>& v, Index i, Index other) const {
  const Index own = x_.label()[i];
  const auto add = [&](Index output, double sign) {
    double* part = v.data() + output * columns();
    for (Index j = 0; j < columns(); ++j) part[j] += sign * row_[j];
  };
  if (outputs() == 1) return add(0, own == 1 ? 1.0 : -1.0);
  add(own, 1.0);
  add(other, -1.0);
}

// Sets row_ to row i over its length, which is returned.
double Constraints::read_unit_row(Index i) {
  x_.row(i, row_.data());
  const double length = std::sqrt(dot(row_, row_));
  for (double& v : row_) v /= length > 0.0 ? length : 1.0;
  return length;
}

template <class F>
void Constraints::for_each_other(Index i, F f) const {
  if (outputs() == 1) f(Index{0});
  for (Index k = 0; k < outputs() && outputs() > 1; ++k) {
    if (k != x_.label()[i]) f(k);
  }
}

std::vector<double> Constraints::sum(Monitor& monitor) {
  std::vector<double> total(outputs() * columns(), 0.0);
  length_.assign(x_.n_rows(), 0.0);
  for (Index i = 0; i < x_.n_rows(); ++i) {
    if (i % 4096 == 0) check(monitor);
    length_[i] = read_unit_row(i);
    for_each_other(i, [&](Index k) { add_to(total, i, k); });
  }
  return total;
}

std::vector<std::vector<double>> Constraints::vectors_of(std::span<const Index> rows) {
  std::vector<std::vector<double>> vectors;
  for (const Index i : rows) {
    if (read_unit_row(i) == 0.0) continue;
    for_each_other(i, [&](Index k) {
      vectors.emplace_back(outputs() * columns(), 0.0);
      add_to(vectors.back(), i, k);
    });
  }
  return vectors;
}

template <class F>
void Constraints::for_each_margin(F f) const {
  const Index k = outputs();
  for (Index i = 0; i < x_.n_rows(); ++i) {
    const Index own = x_.label()[i];
    if (k == 1) f(i, Index{0}, own == 1 ? z_[i] : -z_[i]);
    for (Index c = 0; c < k && k > 1; ++c) {
      if (c != own) f(i, c, z_[i * k + own] - z_[i * k + c]);
    }
  }
}

Margins Constraints::measure(const std::vector<double>& direction, std::vector<Pair>& negative) {
  z_.resize(x_.n_rows() * outputs());
  x_.multiply(direction.data(), z_.data());
  Margins margins{infinity, -infinity};
  negative.clear();
  for_each_margin([&](Index i, Index other, double margin) {
    const double length = length_.empty() ? 1.0 : length_[i];
    if (length == 0.0) return;
    margin /= length;
    margins.least = std::min(margins.least, margin);
    margins.largest = std::max(margins.largest, margin);
    if (!length_.empty() && margin < -margin_noise_of_all) negative.push_back({i, other, margin});
  });
  return margins;
}

std::vector<double> Constraints::vector_of(const Pair& pair) {
  std::vector<double> v(outputs() * columns(), 0.0);
  read_unit_row(pair.row);
  add_to(v, pair.row, pair.other);
  return v;
}

// Keeps the worst, one of each margin: rows that are the same have the same.
void keep_worst(std::vector<Pair>& pairs, Index most) {
  std::ranges::sort(pairs, [](const Pair& a, const Pair& b) {
    if (a.margin != b.margin) return a.margin < b.margin;
    return a.row != b.row ? a.row < b.row : a.other < b.other;
  });
  const auto same = [](const Pair& a, const Pair& b) { return a.margin == b.margin; };
  pairs.erase(std::ranges::unique(pairs, same).begin(), pairs.end());
  if (static_cast<Index>(pairs.size()) > most) pairs.resize(most);
}

// The places of the largest values, of equals the first.
std::vector<Index> places_of_largest(std::span<const double> values, Index count) {
  std::vector<double> sorted(values.begin(), values.end());
  std::nth_element(sorted.begin(), sorted.begin() + (count - 1), sorted.end(), std::greater{});
  const double least = sorted[count - 1];
  auto of_least = count;
  for (Index i = 0; i < count; ++i) of_least -= sorted[i] > least ? 1 : 0;
  std::vector<Index> places;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool taken = values[i] > least || (values[i] == least && of_least-- > 0);
    if (taken) places.push_back(static_cast<Index>(i));
  }
  return places;
}

}  // namespace

Margins margins_along(FreeColumns& x, const double* direction) {
  std::vector<Pair> none;
  return Constraints(x).measure({direction, direction + x.n_outputs() * x.n_columns()}, none);
}

Recession find_recession(FreeColumns& x, std::span<const signed char> side, Monitor& monitor) {
  Constraints constraints(x);
  NearestInCone cone(constraints.sum(monitor));
  const Index size = x.n_outputs() * x.n_columns();
  Index bounds = 0;
  for (Index e = 0; e < size && !side.empty(); ++e) {
    const auto sign = side[e % x.n_columns()];
    if (sign == 0) continue;
    std::vector<double> ray(size, 0.0);
    ray[e] = sign;
    cone.add(std::move(ray));
    ++bounds;
  }
  const Index batch = std::clamp(size, least_batch, most_batch);
  std::vector<Pair> negative;
  for (int round = 0; round < most_rounds; ++round) {
    if (!cone.minimise(monitor)) return Recession::undecided;
    if (cone.vanishes()) return Recession::none;
    const auto margins = constraints.measure(cone.direction(), negative);
    if (negative.empty()) {
      return margins.largest > least_margin ? Recession::exists : Recession::none;
    }
    cone.drop_others(bounds);
    keep_worst(negative, batch);
    for (const Pair& pair : negative) cone.add(constraints.vector_of(pair));
  }
  return Recession::undecided;
}

bool some_rows_exclude_recession(FreeColumns& x, std::span<const double> residual,
                                 Monitor& monitor) {
  const Index size = x.n_outputs() * x.n_columns();
  const Index count = std::max(least_batch, tried_rows_a_column * x.n_columns());
  if (size > most_tried_coefficients || x.n_rows() < 2 * count) return false;
  auto vectors = Constraints(x).vectors_of(places_of_largest(residual, count));
  std::vector<double> total(size, 0.0);
  for (const auto& v : vectors) {
    for (Index e = 0; e < size; ++e) total[e] += v[e];
  }
  NearestInCone cone(std::move(total));
  for (auto& v : vectors) cone.add(std::move(v));
  // What all classes have in common is in no vector.
  const Index all = x.n_outputs() == 1 ? size : size - x.n_columns();
  return cone.minimise(monitor) && cone.vanishes() && cone.rank() == all;
}

}  // namespace elltwo
