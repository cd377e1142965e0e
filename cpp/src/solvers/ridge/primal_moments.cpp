#include "solvers/ridge/primal_moments.hpp"

#include <algorithm>

#include "solvers/ridge/gradient.hpp"
#include "solvers/ridge/normal_equations.hpp"
#include "solvers/ridge/validate.hpp"

namespace elltwo {
namespace {

constexpr Index sample_rows_a_feature = 4;
constexpr Index sample_share = 10;       // a sample must be no more than this part of the rows
constexpr double sample_optimism = 0.2;  // few rows make a system look worse than it is

// Every k-th row.
template <Real T>
MatrixView<T> thinned(MatrixView<T> x, Index k) {
  x.rows /= k;
  x.row_stride *= k;
  return x;
}

// Whether squares are in range for products in S, but for columns that `may_be_zero`.
template <Real S, class MayBeZero>
bool in_range(const ScaledMoments& moments, const MayBeZero& may_be_zero) {
  for (Index j = 0; j < moments.n_features; ++j) {
    if (moments.gram(j, j) == 0.0 && may_be_zero(j)) continue;
    if (out_of_range<S>(moments.gram(j, j))) return false;
  }
  for (Index t = 0; t < moments.n_targets; ++t) {
    if (out_of_range<S>(moments.yy(t))) return false;
  }
  return true;
}

template <Real S, Real T>
bool in_range_of(const ScaledMoments& moments, const Problem<T>& problem) {
  return in_range<S>(moments, [&](Index j) { return problem.vanishes(j); });
}

}  // namespace

template <Real T>
template <Real S>
void PrimalMoments<T>::form(Products products) {
  const MomentsInput<T> input{.x = problem_.data().x,
                              .y = problem_.data().y,
                              .sqrt_weight = problem_.sqrt_weight(),
                              .scales = problem_.scales(),
                              .centred = problem_.centred()};
  own_ = compute_moments<T, S>(input, problem_.options().n_threads, problem_.monitor());
  moments_ = &own_;
  means_ = means_of(own_);
  products_ = products;
}

template <Real T>
void PrimalMoments<T>::compute() {
  if (worth_mixing(problem_, problem_.n_features()) && sample_suits_float()) {
    form<float>(Products::mixed);
    if (in_range_of<float>(own_, problem_)) return;
  }
  compute_exact<T>(Products::as_data);
}

template <Real T>
template <Real S>
void PrimalMoments<T>::compute_exact(Products products) {
  form<S>(products);
  if (in_range_of<S>(own_, problem_)) return;
  throw_if_not_finite(problem_.data(), problem_.monitor());
  problem_.scale_columns();
  form<S>(products);
}

template <Real T>
void PrimalMoments<T>::compute_in_double() {
  compute_exact<double>(Products::in_double);
}

template <Real T>
void PrimalMoments<T>::adopt(const ScaledMoments& known) {
  moments_ = &known;
  means_ = means_of(known);
  products_ = Products::in_double;
}

template <Real T>
void PrimalMoments<T>::refine_means() {
  if (std::same_as<T, double>) return;
  TargetGroup all;
  for (Index t = 0; t < problem_.n_targets(); ++t) all.targets.push_back(t);
  Gradient<T>(problem_, moments(), means_, all).refine_means();
}

// Float products help well-conditioned systems only. Where the rows are many, a few of them tell
// what to expect; where they are not, a sample would cost too much.
template <Real T>
bool PrimalMoments<T>::sample_suits_float() const {
  const Index every =
      problem_.n_samples() / (sample_rows_a_feature * std::max<Index>(problem_.n_features(), 1));
  if (every < sample_share) return true;
  const auto y = thinned(problem_.data().y, every);
  const MomentsInput<T> input{.x = thinned(problem_.data().x, every),
                              .y = y,
                              .scales = problem_.scales(),
                              .centred = problem_.centred()};
  const int n_threads = problem_.options().n_threads;
  auto sample = compute_moments<T, float>(input, n_threads, problem_.monitor());
  // A column that is zero in the sample may have other values in the rest of the rows.
  if (!in_range<float>(sample, [](Index) { return true; })) return false;
  double* g = sample.gram.data();
  std::transform(g, g + sample.gram.size(), g,
                 [=](double v) { return v * static_cast<double>(every); });
  const double alpha = problem_.groups().front().alpha;
  const auto means = means_of(sample);
  const auto active = active_features(problem_, sample, means, alpha);
  auto system = normal_system(problem_, sample, means, active, alpha, 0.0);
  return system.factor(n_threads, problem_.monitor()) &&
         system.rcond() >= sample_optimism * rcond_mixed;
}

template class PrimalMoments<double>;
template class PrimalMoments<float>;

}  // namespace elltwo
