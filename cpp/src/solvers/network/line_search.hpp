#pragma once

namespace elltwo::network {

/// A point on a line: the step, the value, and the derivative along the line.
struct LinePoint {
  double step = 0.0;
  double value = 0.0;
  double slope = 0.0;
};

/// Chooses steps until one meets the strong Wolfe conditions (Nocedal and Wright 2006, equations
/// 3.7), or where values no longer tell, the approximate ones (Hager and Zhang 2005, equation 4.1).
class LineSearch {
 public:
  enum class Outcome { go_on, accepted, failed };

  /// `noise` is the error of values relative to the first.
  LineSearch(LinePoint start, double first_step, double noise)
      : start_(start), low_(start), step_(first_step), noise_(noise) {}

  /// The step to evaluate next.
  double step() const { return step_; }

  /// Takes what was found at step().
  Outcome take(double value, double slope);

 private:
  Outcome propose();
  double interpolated() const;

  LinePoint start_;
  LinePoint low_;   // the left end of the bracket: falls from here on
  LinePoint high_;  // the right end, if there is one: a minimum lies between
  bool bracketed_ = false;
  bool high_is_finite_ = false;
  double step_;
  double noise_;
  int n_tried_ = 0;
};

}  // namespace elltwo::network
