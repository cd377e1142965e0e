#include "solvers/shared/box_newton.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/sum_over.hpp"
#include "solvers/shared/box.hpp"

namespace elltwo {
namespace {

constexpr int most_faces = 100;

/// Halvings of a Newton step, and of one along the slope.
constexpr int bold_halvings = 4;
constexpr int most_halvings = 40;

/// Part of the decrease promised by the slope that a step must achieve (Armijo's condition).
constexpr double sufficient_on_face = 1e-3;

/// The model at the current point z.
class BoxModel {
 public:
  BoxModel(const BoxProblem& problem, BoxQuadratic& hessian, Buffer<double>& z)
      : problem_(problem),
        hessian_(hessian),
        z_(z),
        slope_(z.size()),
        direction_(z.size()),
        step_(z.size()),
        product_(z.size()) {
    std::copy_n(problem.slope, z.size(), slope_.data());
  }

  double worst_push() const {
    double worst = 0.0;
    for (Index j = 0; j < z_.size(); ++j) {
      const double push = std::abs(push_inside(problem_.box, j, z_[j], slope_[j]));
      if (push > 0.0) worst = std::max(worst, push / problem_.size[j]);
    }
    return worst;
  }

  std::vector<Index> free() const {
    std::vector<Index> free;
    for (Index j = 0; j < z_.size(); ++j) {
      const bool inside = lower_of(problem_.box, j) < z_[j] && z_[j] < upper_of(problem_.box, j);
      if (inside || push_inside(problem_.box, j, z_[j], slope_[j]) != 0.0) free.push_back(j);
    }
    return free;
  }

  std::vector<Index> interior() const {
    std::vector<Index> inside;
    for (Index j = 0; j < z_.size(); ++j) {
      if (lower_of(problem_.box, j) < z_[j] && z_[j] < upper_of(problem_.box, j)) {
        inside.push_back(j);
      }
    }
    return inside;
  }

  void relax() { hessian_.relax(problem_.box, z_, slope_); }

  // The steps return whether they have lowered the value.

  /// Along the Newton direction on a face, projected into the box.
  bool newton(const std::vector<Index>& free) {
    hessian_.solve(free, slope_.data(), direction_.data());
    return search(1.0, bold_halvings);
  }

  /// Along the slope over the diagonal, projected into the box: some length of it lowers the value.
  bool gradient() {
    for (Index j = 0; j < z_.size(); ++j) {
      direction_[j] = push_inside(problem_.box, j, z_[j], slope_[j]) / hessian_.diagonal(j);
    }
    return search(1.0, most_halvings);
  }

  /// Along the Newton direction of the variables inside their bounds, or as far as the first bound.
  bool newton_within(const std::vector<Index>& inside) {
    if (inside.empty()) return false;
    hessian_.solve(inside, slope_.data(), direction_.data());
    if (search(1.0, bold_halvings)) return true;
    double reach = 1.0;
    for (const Index j : inside) {
      const double to = clipped(problem_.box, j, z_[j] + direction_[j]);
      if (to != z_[j] + direction_[j]) reach = std::min(reach, (to - z_[j]) / direction_[j]);
    }
    return search(reach, 1);
  }

 private:
  bool search(double length, int most) {
    for (int k = 0; k < most; ++k, length *= 0.5) {
      for (Index j = 0; j < z_.size(); ++j) {
        step_[j] = clipped(problem_.box, j, z_[j] + length * direction_[j]) - z_[j];
      }
      hessian_.multiply(step_.data(), product_.data());
      const double descent = dot(slope_, step_);
      const double decrease = descent - 0.5 * dot(step_, product_);
      if (!(decrease > sufficient_on_face * std::abs(descent))) continue;
      for (Index j = 0; j < z_.size(); ++j) {
        z_[j] = clipped(problem_.box, j, z_[j] + length * direction_[j]);
        slope_[j] -= product_[j];
      }
      return true;
    }
    return false;
  }

  const BoxProblem& problem_;
  BoxQuadratic& hessian_;
  Buffer<double>& z_;
  Buffer<double> slope_;
  Buffer<double> direction_;
  Buffer<double> step_;
  Buffer<double> product_;  ///< H step
};

}  // namespace

double push_inside(const Box& box, Index j, double z, double slope) {
  if (z <= lower_of(box, j) && slope < 0.0) return 0.0;
  if (z >= upper_of(box, j) && slope > 0.0) return 0.0;
  return slope;
}

void minimise_in_box(const BoxProblem& problem, BoxQuadratic& hessian, Buffer<double>& z) {
  BoxModel model(problem, hessian, z);
  const double goal = std::max(problem.noise, problem.accuracy * model.worst_push());
  for (int k = 0; k < most_faces && model.worst_push() > goal; ++k) {
    model.relax();
    if (model.newton(model.free())) continue;
    if (!model.gradient()) break;
    model.newton_within(model.interior());
  }
}

}  // namespace elltwo
