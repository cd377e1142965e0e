#include "solvers/logistic_l1/secant_pairs.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {
namespace {

constexpr std::size_t most_pairs = 12;

/// The curvature of a step may be so many times that of the model; else rounding is suspected.
constexpr double widest_ratio = 1e3;

/// Range of the factor of the whole Hessian.
constexpr double widest_scale = 4.0;

/// Pairs whose steps moved more slots that are not on the face are passed over.
constexpr Index most_outside = 64;

double secant_product(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

void SecantPairs::clear() {
  pairs_.clear();
  scale_ = 1.0;
}

void SecantPairs::add(std::vector<double> step, std::vector<double> fall, double curvature) {
  const double product = secant_product(step, fall);
  if (!(curvature > 0.0) || !(product > curvature / widest_ratio) ||
      !(product < curvature * widest_ratio)) {
    return;
  }
  scale_ = std::clamp(product / curvature, 1.0 / widest_scale, widest_scale);
  if (pairs_.size() == most_pairs) pairs_.pop_front();
  pairs_.push_back({std::move(step), std::move(fall)});
}

void SecantPairs::take_appended() {
  const Index m = slots_.size();
  for (Pair& pair : pairs_) {
    const auto before = static_cast<Index>(pair.step.size());
    pair.step.resize(m, 0.0);
    pair.fall.resize(m, 0.0);
    for (Index s = before; s < m; ++s) {
      const double* g = slots_.gram(s);
      double sum = 0.0;
      for (Index t = 0; t < before; ++t) sum += g[t] * pair.step[t];
      pair.fall[s] = scale_ * sum;
    }
  }
}

// Whether the pair tells of a curvature on the face. What slots outside contributed to the fall is
// taken off as the model has it.
bool SecantPairs::restrict_pair(const Pair& pair, const std::vector<Index>& active,
                                const std::vector<unsigned char>& is_active, double alpha,
                                Restricted& out) const {
  std::vector<Index> outside;
  for (Index s = 0; s < static_cast<Index>(pair.step.size()); ++s) {
    if (pair.step[s] != 0.0 && !is_active[s]) outside.push_back(s);
  }
  if (static_cast<Index>(outside.size()) > most_outside) return false;
  const std::size_t k = active.size();
  out.step.resize(k);
  out.fall.resize(k);
  for (std::size_t a = 0; a < k; ++a) {
    const Index s = active[a];
    out.step[a] = pair.step[s];
    out.fall[a] = pair.fall[s] + alpha * slots_.penalty(s).l2 * pair.step[s];
  }
  for (const Index t : outside) {
    const double* g = slots_.gram(t);
    const double by = scale_ * pair.step[t];
    for (std::size_t a = 0; a < k; ++a) out.fall[a] -= g[active[a]] * by;
  }
  out.product = secant_product(out.step, out.fall);
  const double sizes = secant_product(out.step, out.step) * secant_product(out.fall, out.fall);
  return out.product > 1e-8 * std::sqrt(sizes);
}

void SecantPairs::solve(FaceSolver& solver, double alpha, std::vector<double>& v) const {
  const auto& active = solver.active();
  std::vector<unsigned char> is_active(slots_.size(), 0);
  for (const Index s : active) is_active[s] = 1;
  std::vector<Restricted> used;
  for (const Pair& pair : pairs_) {
    Restricted restricted;
    if (restrict_pair(pair, active, is_active, alpha, restricted)) {
      used.push_back(std::move(restricted));
    }
  }
  std::vector<double> part(used.size());
  for (std::size_t i = used.size(); i-- > 0;) {
    part[i] = secant_product(used[i].step, v) / used[i].product;
    for (std::size_t a = 0; a < v.size(); ++a) v[a] -= part[i] * used[i].fall[a];
  }
  solver.solve_active(v.data());
  for (double& z : v) z /= scale_;
  for (std::size_t i = 0; i < used.size(); ++i) {
    const double rest = part[i] - secant_product(used[i].fall, v) / used[i].product;
    for (std::size_t a = 0; a < v.size(); ++a) v[a] += rest * used[i].step[a];
  }
}

}  // namespace elltwo
