#include "solvers/logistic_pass/point_terms.hpp"

#include <algorithm>
#include <cmath>

#include "model/logistic_loss.hpp"
#include "parallel/sum_over.hpp"

namespace elltwo {
namespace {

/// Predictors beyond it stand for infinity, as those of the cross-validation in memory.
constexpr double limit_of_predictors = 1e25;

/// 52 log 2: the least probability of a class counts as 2^-52, as in scikit-learn's log loss.
constexpr double loss_of_unseen = 36.04365338911715;

}  // namespace

PointTerms::PointTerms(const PassPoints& points, const LogisticPassRows& rows, CurvatureRoots roots)
    : points_(points),
      rows_(rows),
      roots_(roots),
      sums_(points.n_points()),
      residual_(points.n_targets()),
      group_weights_(points.groups.size()),
      held_z_(points.n_outputs() * at_once) {}

void PointTerms::replace(Index k0, Index kc, double* z, Index ld) {
  for (Index k = 0; k < kc; k += at_once) {
    replace_some(k0 + k, std::min(at_once, kc - k), z + k, ld);
  }
}

void PointTerms::replace_some(Index k0, Index kc, double* z, Index ld) {
  const Index outputs = points_.n_outputs();
  if (!rows_.offset.empty()) add_offsets(k0, kc, z, ld);
  for (Index k = 0; k < kc; ++k) zero_ += 0.0 * z[k];  // any point shows a row that is not finite
  const std::int32_t* label = rows_.label.data() + k0;
  for (std::size_t g = 0; g < points_.groups.size(); ++g) {
    const auto& group = points_.groups[g];
    split(group, k0, kc);
    group_weights_[g][0] +=
        weight_ != nullptr ? sum_over(kc, [&](Index k) { return weight_[k]; }) : kc;
    group_weights_[g][1] += sum_over(n_held_, [&](Index k) { return held_weight_[k]; });
    for (const Index point : group.points) {
      double* mine = z + point * outputs * ld;
      if (n_held_ > 0) score(point, mine, ld);
      const Index asked = points_.place[point];
      double* curvature = asked >= 0 ? roots_.of(asked, outputs, k0) : nullptr;
      sums_[point].loss += terms(kc, mine, ld, label, weight_, curvature, roots_.ld);
      add_residuals(point, kc, mine, ld);
      if (curvature != nullptr) to_roots(kc, curvature);
    }
  }
}

void PointTerms::add_offsets(Index k0, Index kc, double* z, Index ld) const {
  const Index outputs = points_.n_outputs();
  Row own;
  for (Index o = 0; o < outputs; ++o) {
    for (Index k = 0; k < kc; ++k) own[k] = rows_.offset[(k0 + k) * outputs + o];
    for (Index point = 0; point < points_.n_points(); ++point) {
      double* to = z + (point * outputs + o) * ld;
      for (Index k = 0; k < kc; ++k) to[k] += own[k];
    }
  }
}

// Sets the weights of the rows to which a group's points are fitted, and lists the others.
void PointTerms::split(const PassPoints::Group& group, Index k0, Index kc) {
  const double* given = rows_.sample_weight.empty() ? nullptr : rows_.sample_weight.data() + k0;
  n_held_ = 0;
  weight_ = given;
  if (group.left_out >= 0) {
    const std::int32_t* fold = rows_.fold.empty() ? nullptr : rows_.fold.data() + k0;
    for (Index k = 0; k < kc; ++k) {
      const double w = given != nullptr ? given[k] : 1.0;
      const bool out = (fold != nullptr ? fold[k] : 0) == group.left_out;
      fitted_weight_[k] = out ? 0.0 : w;
      held_[n_held_] = k;
      held_weight_[n_held_] = w;
      held_label_[n_held_] = rows_.label[k0 + k];
      n_held_ += out ? 1 : 0;
    }
    if (n_held_ > 0) weight_ = fitted_weight_.data();
  }
  for (Index k = 0; k < kc && given != nullptr; ++k) {
    divisor_[k] = weight_[k] > 0.0 ? weight_[k] : 1.0;
  }
}

double PointTerms::terms(Index n, double* z, Index ld, const std::int32_t* label, const double* w,
                         double* curvature, Index ld_curvature) const {
  return points_.n_outputs() == 1
             ? binomial_terms(n, z, label, w, curvature)
             : multinomial_terms(points_.n_classes, n, z, ld, label, w, curvature, ld_curvature);
}

// The scores of the rows that a point leaves out, from their predictors.
void PointTerms::score(Index point, const double* z, Index ld) {
  const Index outputs = points_.n_outputs();
  auto& scores = sums_[point].scores;
  Row best;
  std::array<std::int32_t, at_once> winner{};
  for (Index o = 0; o < outputs; ++o) {
    double* to = held_z_.data() + o * at_once;
    for (Index i = 0; i < n_held_; ++i) to[i] = z[o * ld + held_[i]];
    for (Index i = 0; i < n_held_; ++i) {
      // Of equally probable classes the first wins.
      if (outputs == 1) winner[i] = to[i] > 0.0 ? 1 : 0;
      else if (o == 0 || to[i] > best[i]) {
        best[i] = to[i];
        winner[i] = static_cast<std::int32_t>(o);
      }
    }
  }
  scores[1] += sum_over(
      n_held_, [&](Index i) { return winner[i] == held_label_[i] ? held_weight_[i] : 0.0; });
  const double unseen = set_apart_unseen(outputs);
  const double loss =
      terms(n_held_, held_z_.data(), at_once, held_label_.data(), held_weight_.data(), nullptr, 0);
  scores[0] += unseen == 0.0 ? loss : loss_of_unseen * unseen + loss_of_seen();
  for (Index i = 0; i < n_held_; ++i) best[i] = held_weight_[i] > 0.0 ? held_weight_[i] : 1.0;
  for (Index o = 0; o < outputs; ++o) {
    const double* r = held_z_.data() + o * at_once;
    scores[2] += sum_over(n_held_, [&](Index i) { return r[i] / best[i] * r[i]; });
  }
}

// The weight of the held-out rows of a class that the point's fit has seen no row of: its intercept
// stands for minus infinity. If there are any, the other rows are copied.
double PointTerms::set_apart_unseen(Index outputs) {
  const auto own = [&](Index i) {
    if (outputs > 1) return held_z_[held_label_[i] * at_once + i];
    return held_label_[i] == 1 ? held_z_[i] : -held_z_[i];
  };
  double unseen = 0.0;
  n_seen_ = 0;
  for (Index i = 0; i < n_held_; ++i) {
    if (own(i) <= -limit_of_predictors) unseen += held_weight_[i];
  }
  if (unseen == 0.0) return 0.0;
  seen_z_.resize(held_z_.size());
  for (Index i = 0; i < n_held_; ++i) {
    if (own(i) <= -limit_of_predictors) continue;
    for (Index o = 0; o < outputs; ++o) seen_z_[o * at_once + n_seen_] = held_z_[o * at_once + i];
    seen_label_[n_seen_] = held_label_[i];
    seen_weight_[n_seen_] = held_weight_[i];
    ++n_seen_;
  }
  return unseen;
}

double PointTerms::loss_of_seen() {
  return terms(n_seen_, seen_z_.data(), at_once, seen_label_.data(), seen_weight_.data(), nullptr,
               0);
}

void PointTerms::add_residuals(Index point, Index kc, const double* r, Index ld) {
  const Index outputs = points_.n_outputs();
  for (Index o = 0; o < outputs; ++o, r += ld) {
    residual_[point * outputs + o] +=
        !rows_.sample_weight.empty()
            ? sum_over(kc, [&](Index k) { return r[k] / divisor_[k] * r[k]; })
            : sum_over(kc, [&](Index k) { return r[k] * r[k]; });
  }
}

void PointTerms::to_roots(Index kc, double* curvature) const {
  const Index outputs = points_.n_outputs();
  if (outputs == 1) {
    for (Index k = 0; k < kc; ++k) curvature[k] = std::sqrt(curvature[k]);
    return;
  }
  for (Index o = 0; o < outputs; ++o, curvature += roots_.ld) {
    for (Index k = 0; k < kc && weight_ != nullptr; ++k) curvature[k] *= std::sqrt(weight_[k]);
    for (Index k = 0; k < kc; ++k) curvature[k] = std::sqrt(curvature[k]);
  }
}

void PointTerms::finish(PassSums& out) const {
  const Index outputs = points_.n_outputs();
  for (std::size_t g = 0; g < points_.groups.size(); ++g) {
    for (const Index point : points_.groups[g].points) {
      out.linear[out.weight_at(point)].add(group_weights_[g][0]);
      out.linear[out.held_at(point)].add(group_weights_[g][1]);
    }
  }
  for (Index point = 0; point < points_.n_points(); ++point) {
    out.linear[out.loss_at(point)].add(sums_[point].loss);
    for (Index s = 0; s < 3; ++s)
      out.linear[out.held_at(point) + 1 + s].add(sums_[point].scores[s]);
    for (Index o = 0; o < outputs; ++o) {
      out.linear[out.residual_at(point) + o].add(residual_[point * outputs + o]);
    }
  }
}

}  // namespace elltwo
