#include "solvers/ridge_sparse/cg_norm.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/sum_over.hpp"

namespace elltwo {
namespace {

// Squared length of the columns of factor 0 in M, over an eigenvalue of the others: the larger, the
// fewer times a has to follow, and the more iterations each takes.
constexpr double follower_size = 100.0;

}  // namespace

template <Real T>
CgNorm<T>::CgNorm(const Problem<T>& problem, const SparseBlock<T>& block)
    : problem_(problem), block_(block), inverse_(block.size()), share_(block.k(), 0.0) {
  const Index k = block.k();
  // Lengths are measured in the user's units, relative to the largest.
  double smallest = infinity;
  for (Index e = 0; e < block.size(); ++e) {
    if (block.inverse_size()[e] > 0.0 || block.is_level(e / k, e % k))
      smallest = std::min(smallest, problem.x_scale(e / k));
  }
  for (Index t = 0; t < k; ++t) {
    if (!block.penalised(t)) {
      set_up_plain(t, smallest);
      continue;
    }
    for (Index e = t; e < block.size(); e += k) {
      const double inverse_size = block.inverse_size()[e];
      inverse_[e] = inverse_size * inverse_size;
    }
  }
}

template <Real T>
void CgNorm<T>::set_up_plain(Index t, double unit) {
  const Index k = block_.k(), p = block_.size() / k;
  const bool counts_level = block_.counts_level(t);
  const double level_weight = counts_level ? 1.0 / (unit * unit) : 0.0;
  const auto& design = block_.design();
  std::vector<Index> free;
  double others = level_weight > 0.0 ? design.means.weight * level_weight : 0.0, own = 0.0;
  for (Index j = 0; j < p; ++j) {
    const Index e = j * k + t;
    const double relative = unit / problem_.x_scale(j);
    const double factor = problem_.raw_penalty(j, 1.0);
    const bool moves = block_.inverse_size()[e] > 0.0 || block_.is_level(j, t);
    inverse_[e] = 0.0;
    if (!moves || std::isinf(factor)) continue;
    inverse_[e] = relative * relative / (factor > 0.0 ? factor : 1.0);
    const double square = design.x_spread[j] * inverse_[e];
    (factor > 0.0 ? others : own) += square;
    if (factor == 0.0) free.push_back(e);
  }
  const bool some_decide = free.size() > 0 && others > 0.0;
  // Between the mean eigenvalue of the others' products, which may be too small, and their sum.
  const double of_others = others / std::sqrt(static_cast<double>(std::min(design.x.rows, p)));
  const double raised = some_decide && own > 0.0
                            ? follower_size * of_others * static_cast<double>(free.size()) / own
                            : 1.0;
  for (const Index e : free) inverse_[e] *= raised;
  if (some_decide) followers_.insert(followers_.end(), free.begin(), free.end());
  if (!counts_level) return;
  const double given = sum_over(
      p, [&](Index j) { return design.means.x[j] * inverse_[j * k + t] * design.means.x[j]; });
  share_[t] = level_weight / (1.0 + level_weight * given);
}

template <Real T>
double CgNorm<T>::along_means(Index t, const double* v) const {
  const Index k = block_.k();
  const auto& mean = block_.design().means.x;
  return sum_over(block_.size() / k, [&](Index j) { return mean[j] * v[j * k + t]; });
}

// b += by D^-1 x_mean, D being the diagonal of M.
template <Real T>
void CgNorm<T>::step_along_means(Index t, double by, double* b) const {
  const Index k = block_.k();
  const auto& mean = block_.design().means.x;
  for (Index e = t; e < block_.size(); e += k) b[e] += by * inverse_[e] * mean[e / k];
}

// M^-1 r = D^-1 r - D^-1 x_mean share (x_mean.D^-1 r), by Sherman and Morrison.
template <Real T>
double CgNorm<T>::solve(Index t, const double* r, double* z) const {
  const Index k = block_.k(), p = block_.size() / k;
  const double plain = sum_over(p, [&](Index j) {
    const Index e = j * k + t;
    z[e] = inverse_[e] * r[e];
    return z[e] * r[e];
  });
  if (share_[t] == 0.0) return plain;
  const double along = along_means(t, z);
  step_along_means(t, -share_[t] * along, z);
  return plain - share_[t] * along * along;
}

template <Real T>
void CgNorm<T>::start(double* b) const {
  const auto& means = block_.design().means;
  for (Index t = 0; t < block_.k(); ++t) {
    if (share_[t] == 0.0) continue;
    const double level = means.y[block_.targets()[t].target] - along_means(t, b);
    step_along_means(t, share_[t] * level, b);
  }
}

template <Real T>
double CgNorm<T>::follow(double* a, double* b) const {
  const Index k = block_.k();
  std::vector<double> moved(k, 0.0), size(k, 0.0), along(k, 0.0);
  const auto length = [&](Index e, double v) { return std::pow(v * problem_.x_scale(e / k), 2); };
  for (Index e = 0; e < block_.size(); ++e) size[e % k] += length(e, b[e]);
  for (const Index e : followers_) {
    const double step = b[e] - a[e];
    a[e] = b[e];
    b[e] += step;
    moved[e % k] += length(e, step);
    along[e % k] += step * block_.design().means.x[e / k];
  }
  double worst = 0.0;
  for (Index t = 0; t < k; ++t) {
    if (share_[t] > 0.0) step_along_means(t, -share_[t] * along[t], b);
    if (moved[t] > 0.0) worst = std::max(worst, std::sqrt(moved[t] / size[t]));
  }
  return worst;
}

template class CgNorm<double>;
template class CgNorm<float>;

}  // namespace elltwo
