#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "solvers/active_set/face_descent.hpp"
#include "solvers/active_set/face_state.hpp"
#include "solvers/active_set/place.hpp"
#include "solvers/active_set/slope_prediction.hpp"
#include "solvers/active_set/slots.hpp"

namespace elltwo {

/// How solve() went.
struct FaceReport {
  bool converged = false;
  double residual = 0.0;  ///< the largest violation of the optimality conditions over alpha l1
  int rounds = 0;
  int exchanges = 0;        ///< of a dependent column for one of the face
  int monotone_rounds = 0;  ///< steps that ended on their line because P rose by the whole of them
  int steps = 0;            ///< falls of alpha that were needed on the way
  int left_out = 0;         ///< slots that are not penalised and depend on others that are not
};

/// Minimises 1/2 b'G b - c'b + sum_s h_s(b_s) over the slots of a working set, for one alpha after
/// another, exactly: on a face, the set of points whose coefficients keep their signs, the minimum
/// is the solution of a linear system, so that a finite number of faces leads to the optimum
/// (Osborne, Presnell and Turlach 2000). A free coefficient that would change its sign leaves the
/// face; those at zero or at a bound whose gradient exceeds alpha l1 enter it as one block of a
/// Cholesky factor; a column that depends on those of the face is exchanged for one of them. Every
/// step lowers the objective, by an exact line search where the whole step does not.
///
/// Slots of equal columns share a coefficient in an unspecified but reproducible way: the one with
/// the smaller index has it.
class FaceSolver {
 public:
  FaceSolver(const Slots& slots, Monitor& monitor);

  /// Takes notice of slots appended, which stand at zero or at the bound nearest to it.
  void take_appended();

  /// Takes notice of Slots::keep(kept).
  void take_kept(const std::vector<Index>& kept);

  /// Takes notice of a new G or c at all slots: the point stays, the factor is made anew.
  void take_new_quadratic();

  /// Takes notice of a new c alone.
  void take_new_linear_term();

  /// Sets how many rounds solve() may take at one alpha; 1000 where nobody does.
  void limit_rounds(int most) { most_rounds_ = most; }

  /// Makes b (one value a slot, within its bounds) the current point.
  void set_point(const double* b);

  /// Finds the minimum at alpha, from the current point, to a largest violation of `tolerance`
  /// times alpha l1 or to rounding, whichever is more. Throws Interrupted.
  FaceReport solve(double alpha, double tolerance);

  const std::vector<double>& point() const { return state_.b; }
  /// q = c - G b at the current point.
  const std::vector<double>& slopes() const { return state_.q; }
  Place place(Index s) const { return state_.place[s]; }
  /// The free slots, in the order of the factor. It, solve_active() and derivative() are of the
  /// last solve(), and not to be asked for between a change of slots, G or the point and the next.
  const std::vector<Index>& active() const { return state_.factor.order(); }

  /// Solves (G_AA + alpha diag(l2_A)) z = v in place for the free slots A, at the alpha solved
  /// last.
  void solve_active(double* v);

  /// Gives the free slots these values, in the order of active(), if all are on the side of zero
  /// and within the bounds that the face has. The factor stays.
  bool move_active(const std::vector<double>& values);

  /// db_A / dalpha on the present face: -K^-1 (l1 s_A + l2 b_A), in the order of active().
  std::vector<double> derivative();

 private:
  void prepare(double alpha);
  double entry_alpha() const;
  bool run(double tolerance, int most_rounds, FaceReport& report);
  double find_violators();
  void follow_path(FaceReport& report);
  void admit(FaceReport& report);

  FaceState state_;
  int most_rounds_ = 1000;
  FaceDescent descent_;
  SlopePrediction prediction_;
  double solved_alpha_ = 0.0;  // of the last point; 0: of none
  double point_alpha_ = 0.0;   // of the last step
  bool stale_ = false;         // whether the factor is to be made anew
  double residual_ = 0.0;      // the largest violation, in units of alpha l1
  std::vector<Index> violators_;
  std::vector<float> sizes_;  // of their violations
};

}  // namespace elltwo
