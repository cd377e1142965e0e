#include "solvers/logistic_sparse/system.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/sum_over.hpp"
#include "parallel/team.hpp"
#include "solvers/logistic/class_means.hpp"
#include "solvers/logistic/thresholds.hpp"

namespace elltwo {
namespace {

constexpr Index rows_at_once = 2048;

}  // namespace

template <Real T>
SparseLogisticSystem<T>::SparseLogisticSystem(const SparseLogisticDesign<T>& design,
                                              const LogisticOptions& options, Monitor& monitor)
    : design_(design),
      monitor_(monitor),
      n_threads_(options.n_threads),
      pass_(design.x, design.outputs(), options.n_threads),
      terms_(design.n(), design.outputs(), design.label.data(), design.weight.data(),
             options.n_threads),
      penalty_(design.size()),
      prior_(design.size()),
      moves_(design.size()),
      centre_(design.outputs()),
      columns_(design.outputs()) {
  std::iota(columns_.begin(), columns_.end(), Index{0});
}

template <Real T>
void SparseLogisticSystem<T>::set_alpha(double alpha, double* b) {
  const Index k = n_outputs();
  auto fixed = Buffer<double>::zeros(size());
  bool any_fixed = false;
  bool any_held = false;
  n_moving_ = n_free_ = 0;
  for (Index e = 0; e < size(); ++e) {
    const Index j = e / k;
    const double a = is_intercept(e) ? 0.0 : design_.penalty(j, alpha);
    prior_[e] = is_intercept(e) ? 0.0 : design_.prior(e % k, j);
    const bool dwarfed = !(a <= dwarfing_penalty * spread(e));
    const bool moves = is_intercept(e) ? design_.centred() : spread(e) > 0.0 && !dwarfed;
    any_held = any_held || (spread(e) > 0.0 && dwarfed);
    moves_[e] = moves ? 1 : 0;
    penalty_[e] = moves ? a : 0.0;
    n_moving_ += moves ? 1 : 0;
    n_free_ += moves && a == 0.0 ? 1 : 0;
    if (moves) continue;
    fixed[e] = b[e] = prior_[e];
    any_fixed = any_fixed || fixed[e] != 0.0;
  }
  base_ = {};
  held_slope_ = any_held ? Buffer<double>::zeros(size()) : Buffer<double>();
  if (!any_fixed || n_free_ == 0) return;
  Buffer<double> base(design_.n() * k);
  predict(fixed.data(), base.data());
  base_ = std::move(base);
}

template <Real T>
Index SparseLogisticSystem<T>::rank() const {
  Index count = 0;
  for (Index e = 0; e < size(); ++e) count += moves(e) && !is_intercept(e) ? 1 : 0;
  return count;
}

template <Real T>
void SparseLogisticSystem<T>::subtract_class_means(double* v, const double* reference) const {
  const Index k = n_outputs();
  for (Index e = 0; k > 1 && e < size(); e += k) {
    if (moves(e)) subtract_mean({v + e, k, 1}, reference != nullptr ? reference + e : nullptr);
  }
}

template <Real T>
void SparseLogisticSystem<T>::set_centres(const double* v) {
  const Index k = n_outputs();
  for (Index t = 0; t < k; ++t) {
    const double means = !design_.centred() ? 0.0 : sum_over(design_.p(), [&](Index j) {
      return design_.mean[j] * v[j * k + t];
    });
    centre_[t] = means - v[design_.p() * k + t];
  }
}

template <Real T>
void SparseLogisticSystem<T>::multiply(const double* v, double* z) {
  const Index k = n_outputs();
  const Index n = design_.n();
  set_centres(v);
  ++passes_;
  TaskCounter pieces((n + rows_at_once - 1) / rows_at_once);
  Relay relay(monitor_);
  const double work = 2.0 * static_cast<double>(design_.x.nonzeros() * k);
  run_team(threads_for(n_threads_, work), [&](TeamMember&) {
    for (Index c = 0; pieces.next(c);) {
      const Index begin = c * rows_at_once;
      const Index end = std::min(n, begin + rows_at_once);
      multiply_rows(design_.x, begin, end, k, v, z + begin * k);
      for (Index i = begin; i < end; ++i) {
        for (Index t = 0; t < k; ++t) z[i * k + t] -= centre_[t];
      }
      relay.check();
    }
  });
}

template <Real T>
void SparseLogisticSystem<T>::predict(const double* v, double* z) {
  multiply(v, z);
  const double* offset = design_.offset.data();
  for (Index i = 0; offset != nullptr && i < design_.n() * n_outputs(); ++i) z[i] += offset[i];
}

template <Real T>
auto SparseLogisticSystem<T>::penalties(const double* b, double t, const double* d) const
    -> LogisticTerms::Line {
  LogisticTerms::Line line;
  line.loss = 0.5 * sum_over(size(), [&](Index e) {
                const double step = d != nullptr ? d[e] : 0.0;
                const double distance = b[e] + t * step - prior_[e];
                line.slope += penalty_[e] * distance * step;
                line.curvature += penalty_[e] * step * step;
                return penalty_[e] * distance * distance;
              });
  return line;
}

// out = [X - mean | 1]^T U for U = transform(X v).
template <Real T>
void SparseLogisticSystem<T>::run_pass(const double* v, const RowTransform& transform,
                                       double* out) {
  const Index k = n_outputs();
  double* sums = out + design_.p() * k;
  ++passes_;
  pass_.run(k, v, transform, monitor_, out, sums);
  for (Index j = 0; design_.centred() && j < design_.p(); ++j) {
    for (Index t = 0; t < k; ++t) out[j * k + t] -= design_.mean[j] * sums[t];
  }
}

template <Real T>
void SparseLogisticSystem<T>::gradient(const double* b, double* g) {
  const RowTransform to_residual{
      .target = terms_.residual(), .column = columns_.data(), .target_stride = n_outputs()};
  run_pass(nullptr, to_residual, g);
  for (Index e = 0; e < size(); ++e) {
    const double slope = -g[e];
    g[e] = moves(e) ? slope - penalty_[e] * (b[e] - prior_[e]) : 0.0;
    if (held_slope_.size() > 0 && !moves(e) && spread(e) > 0.0) held_slope_[e] = slope;
  }
}

template <Real T>
void SparseLogisticSystem<T>::apply(const double* v, double* q) {
  set_centres(v);
  RowTransform to_curvature{.weight = terms_.curvature(), .centre = centre_.data()};
  if (n_outputs() > 1) {
    to_curvature.weight = design_.weight.data();
    to_curvature.probability = terms_.curvature();
  }
  run_pass(v, to_curvature, q);
  for (Index e = 0; e < size(); ++e) q[e] = moves(e) ? q[e] + penalty_[e] * v[e] : 0.0;
}

template <Real T>
void SparseLogisticSystem<T>::weighted_column_sums(const double* h, double* out) {
  const RowTransform to_minus_h{.target = h, .column = columns_.data(), .target_stride = 1};
  double sum = 0.0;
  ++passes_;
  pass_.run(1, nullptr, to_minus_h, monitor_, out, &sum);
  std::transform(out, out + design_.p(), out, [](double v) { return -v; });
}

template <Real T>
double SparseLogisticSystem<T>::optimality(const double* g) const {
  double worst = 0.0;
  const Index k = n_outputs();
  for (Index t = 0; t < k; ++t) {
    const double norm = terms_.residual_norm(t);
    for (Index e = t; e < size(); e += k) {
      if (!moves(e) || g[e] == 0.0) continue;
      const double relative = std::abs(g[e]) / std::sqrt(spread(e)) / norm;
      worst = relative <= worst ? worst : relative;
    }
  }
  return worst;
}

template <Real T>
void SparseLogisticSystem<T>::inverse_diagonal(double* out) const {
  for (Index e = 0; e < size(); ++e) {
    const double mean = terms_.curvature_sum(e % n_outputs()) / design_.total_weight;
    const double diagonal = mean * spread(e) + penalty_[e];
    out[e] = moves(e) && diagonal > 0.0 ? 1.0 / diagonal : 0.0;
  }
}

template class SparseLogisticSystem<double>;
template class SparseLogisticSystem<float>;

}  // namespace elltwo
