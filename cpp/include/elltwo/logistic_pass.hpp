#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// The points at which a LogisticPass evaluates the logistic loss, in scaled coordinates
/// x^ = scale * (x - shift): row i has the predictors z_k = sum_j theta_kj x^_ij + theta_kp plus
/// its offsets. Two classes have one output, the predictor of class 1; more classes have one each.
struct LogisticPassPoints {
  Index n_features = 0;
  Index n_classes = 2;
  /// points x outputs x (features + 1), row-major, the intercepts last.
  std::span<const double> theta;
  /// points: the fold to whose rows a point is not fitted; -1: it is fitted to all rows.
  std::span<const std::int32_t> left_out;
  std::span<const double> shift;          ///< features
  std::span<const double> scale;          ///< features, positive
  std::span<const std::uint8_t> hessian;  ///< points: not 0 where the Hessian is wanted
  /// Whether products for Hessians are formed in float where that is faster; their sums are in
  /// double. Those of sparse rows are always formed in double.
  bool hessian_in_float = false;

  Index n_outputs() const { return n_classes == 2 ? 1 : n_classes; }
};

/// What rows have beside X. Empty: weights 1, offsets 0, fold 0.
struct LogisticPassRows {
  std::span<const std::int32_t> label;      ///< n, in [0, n_classes)
  std::span<const double> sample_weight{};  ///< n
  std::span<const double> offset{};         ///< n x outputs
  std::span<const std::int32_t> fold{};     ///< n
};

/// Sums over rows for each point. All but `held` are over the rows to which the point is fitted.
struct LogisticPassSums {
  std::int64_t n_rows = 0;       ///< of positive weight that were added
  std::vector<double> weight;    ///< points: sum of w
  std::vector<double> loss;      ///< points: sum of w times the loss -log p_label
  std::vector<double> gradient;  ///< points x outputs x (features + 1): of the loss in theta
  /// points x outputs: sum of w ([label = k] - p_k)^2, with k = 1 for two classes.
  std::vector<double> residual;
  /// points x 4, over the rows that the point leaves out: sums of w, of w times the loss, of w
  /// where the most probable class is the label, and of w times the Brier score
  /// sum_k ([label = k] - p_k)^2, half of it for two classes. A row whose label has a predictor of
  /// at most -1e25, which stands for a class without rows, counts as one with a probability of
  /// 2^-52.
  std::vector<double> held;
};

/// The loss of logistic regression, its gradient and where asked its Hessian at several points, as
/// sums over rows that come in portions and are read once. Sums over portions are kept to twice the
/// working precision. The same portions in the same order give the same bits, whatever n_threads
/// is.
class LogisticPass {
 public:
  /// Throws std::invalid_argument where sizes disagree or values are not finite.
  explicit LogisticPass(const LogisticPassPoints& points);
  LogisticPass(LogisticPass&&) noexcept;
  LogisticPass& operator=(LogisticPass&&) noexcept;
  ~LogisticPass();

  /// Adds rows. Throws std::invalid_argument where shapes disagree, labels are out of range, values
  /// are NaN or infinite, or weights are negative. False if the monitor asked to stop. In both
  /// cases the sums keep their values.
  template <Real T>
  bool add(MatrixView<T> x, const LogisticPassRows& rows, int n_threads, Monitor& monitor);
  template <Real T>
  bool add(const SparseView<T>& x, const LogisticPassRows& rows, int n_threads, Monitor& monitor);

  Index n_features() const;
  Index n_points() const;
  Index n_outputs() const;
  Index n_hessians() const;
  /// Rows of a Hessian: outputs x (features + 1).
  Index hessian_size() const;

  LogisticPassSums sums() const;

  /// The Hessians of the points for which they are wanted, in their order: each size x size and
  /// symmetric, with the outputs' coefficients one after the other.
  void hessians(std::span<double> out) const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace elltwo
