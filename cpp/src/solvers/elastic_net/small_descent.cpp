#include "solvers/elastic_net/small_descent.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {
namespace {

constexpr int most_rounds_of_faces = 40;
constexpr int sweeps_before_face = 3;
constexpr double least_small_pivot =
    1e-8;                              // squared, of the diagonal: all digits that matter are left
constexpr double enters_face = 1e-12;  // violation over l1
constexpr double small_settled = 1e-13;  // gradient on a face over l1

double small_sign(double v) { return v > 0.0 ? 1.0 : -1.0; }

}  // namespace

void SmallNet::refresh() {
  std::copy_n(c, p, q);
  for (Index j = 0; j < p; ++j) {
    if (b[j] == 0.0) continue;
    const double* row = gram + j * most;
    const double by = b[j];
    for (Index i = 0; i < p; ++i) q[i] -= by * row[i];
  }
}

void SmallNet::sweep() {
  for (Index j = 0; j < p; ++j) {
    const double* row = gram + j * most;
    const double z = q[j] + row[j] * b[j], excess = std::abs(z) - l1;
    const double next = excess > 0.0 ? std::copysign(excess, z) / (row[j] + l2) : 0.0;
    const double by = next - b[j];
    if (by == 0.0) continue;
    b[j] = next;
    for (Index i = 0; i < p; ++i) q[i] -= by * row[i];
  }
}

// step = (G_AA + l2 I)^-1 (q_A - l1 s_A - l2 b_A), row by row of the factor.
bool SmallNet::solve_face(const Index* face, Index k, double* step) const {
  double factor[most * most];
  for (Index i = 0; i < k; ++i) {
    const double* row = gram + face[i] * most;
    double* own = factor + i * most;
    const double diagonal = row[face[i]] + l2;
    double rest = diagonal;
    for (Index h = 0; h < i; ++h) {
      const double* other = factor + h * most;
      double sum = row[face[h]];
      for (Index e = 0; e < h; ++e) sum -= own[e] * other[e];
      own[h] = sum * other[h];  // the diagonal holds inverses
      rest -= own[h] * own[h];
    }
    if (!(rest > least_small_pivot * diagonal)) return false;
    own[i] = 1.0 / std::sqrt(rest);
  }
  for (Index i = 0; i < k; ++i) {
    const Index j = face[i];
    double sum = q[j] - l1 * small_sign(b[j]) - l2 * b[j];
    for (Index e = 0; e < i; ++e) sum -= factor[i * most + e] * step[e];
    step[i] = sum * factor[i * most + i];
  }
  for (Index i = k - 1; i >= 0; --i) {
    step[i] *= factor[i * most + i];
    for (Index e = 0; e < i; ++e) step[e] -= factor[i * most + e] * step[i];
  }
  return true;
}

SmallNet::Step SmallNet::to_face_minimum() {
  Index face[most] = {}, k = 0;
  for (Index j = 0; j < p; ++j) {
    if (b[j] != 0.0) face[k++] = j;
  }
  double step[most];
  if (!solve_face(face, k, step)) return Step::failed;
  double length = 1.0;
  Index first = -1;
  for (Index i = 0; i < k; ++i) {
    const double now = b[face[i]];
    if (now * (now + step[i]) > 0.0) continue;
    const double own = -now / step[i];
    if (own >= length) continue;
    length = own;
    first = i;
  }
  for (Index i = 0; i < k; ++i) b[face[i]] += length * step[i];
  if (first >= 0) b[face[first]] = 0.0;
  refresh();
  return first >= 0 ? Step::shortened : Step::minimum;
}

bool SmallNet::has_violators() const {
  for (Index j = 0; j < p; ++j) {
    const double free = b[j] == 0.0 ? 0.0 : q[j] - l1 * small_sign(b[j]) - l2 * b[j];
    const double violation = b[j] == 0.0 ? std::abs(q[j]) - l1 * (1.0 + enters_face)
                                         : std::abs(free) - small_settled * l1;
    if (violation > 0.0) return true;
  }
  return false;
}

bool SmallNet::solve() {
  refresh();
  for (rounds = 1; rounds <= most_rounds_of_faces; ++rounds) {
    for (int k = 0; k < sweeps_before_face; ++k) sweep();
    Step step = Step::shortened;
    for (Index k = 0; k <= p && step == Step::shortened; ++k) step = to_face_minimum();
    if (step == Step::failed) return false;
    if (step == Step::minimum && !has_violators()) return true;
  }
  return false;
}

}  // namespace elltwo
