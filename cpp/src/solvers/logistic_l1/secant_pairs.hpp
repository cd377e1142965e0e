#pragma once

#include <deque>
#include <vector>

#include "solvers/active_set/face_solver.hpp"

namespace elltwo {

/// What steps have shown about the Hessian since it was formed: a factor by which it has changed as
/// a whole, and pairs of a step and the change of the gradient that it brought. With them a model
/// of an older Hessian finds directions close to those of Newton's method (limited memory BFGS;
/// Nocedal 1980), restricted to the face that the model's minimum is on.
class SecantPairs {
 public:
  explicit SecantPairs(const Slots& slots) : slots_(slots) {}

  /// Forgets all, for a new Hessian.
  void clear();

  bool empty() const { return pairs_.empty(); }

  /// How much larger the Hessian is than that of the slots, by the last step.
  double scale() const { return scale_; }

  /// Takes a step, the fall of the negative gradient along it, and step'G step.
  void add(std::vector<double> step, std::vector<double> fall, double curvature);

  /// Takes notice of slots appended, whose falls are those of the model.
  void take_appended();

  /// Solves (H_AA + alpha diag(l2_A)) z = v in place for the free slots A of the solver, whose
  /// last solve() was at alpha / scale(). H is G times scale(), as the pairs have changed it.
  void solve(FaceSolver& solver, double alpha, std::vector<double>& v) const;

 private:
  /// A step and the fall of the gradient on the face, in the order of its slots.
  struct Restricted {
    std::vector<double> step, fall;
    double product = 0.0;
  };

  struct Pair {
    std::vector<double> step, fall;
  };

  bool restrict_pair(const Pair& pair, const std::vector<Index>& active,
                     const std::vector<unsigned char>& is_active, double alpha,
                     Restricted& out) const;

  const Slots& slots_;
  std::deque<Pair> pairs_;  ///< the newest last
  double scale_ = 1.0;
};

}  // namespace elltwo
