#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "elltwo/box.hpp"
#include "elltwo/monitor.hpp"
#include "elltwo/solve_info.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// The data and penalty of
///   minimise over (b, b0)
///     sum_i w_i loss_i(o_i + b0 + x_i.b) + 1/2 sum_kj alpha f_j (b_kj - m_kj)^2
/// with loss_i(z) = log(1 + exp(-s_i z)), s_i = 1 for class 1 and -1 for class 0, for two classes,
/// and loss_i(z) = log(sum_k exp(z_k)) - z_label for more. There is one output (row of b) for two
/// classes, else one for each class. Classes may be empty, without a row of positive weight: if
/// there are intercepts their coefficients are prior means, and their intercepts -1e30 stand for
/// minus infinity, as those of several classes then do not sum to zero. Empty spans stand for all
/// rows, unit weights, unit factors, and zeros.
template <Real T>
struct LogisticData {
  MatrixView<T> x;                            ///< n x p
  std::span<const std::int32_t> label;        ///< n, in [0, n_classes)
  Index n_classes = 2;                        ///< 2 or more
  bool output_for_each = false;               ///< two classes have two outputs, as more have
  std::span<const double> penalty_factors{};  ///< p, in [0, inf]; inf pins b_j to m_j
  std::span<const double> prior_mean{};       ///< outputs x p, row-major
  std::span<const double> sample_weight{};    ///< n, finite, >= 0
  std::span<const double> offset{};           ///< n x outputs, row-major
  std::span<const Index> rows{};              ///< the rows that are fitted, in [0, n)

  Index n_outputs() const { return n_classes == 2 && !output_for_each ? 1 : n_classes; }
};

enum class LogisticSolver { automatic, newton_cholesky, quasi_newton, newton_cg };

struct LogisticOptions {
  bool fit_intercept = true;  ///< not penalised; for more than two classes intercepts sum to zero
  LogisticSolver solver = LogisticSolver::automatic;
  double tol = 1e-10;  ///< relative gradient
  int max_iter = 100;  ///< Newton or quasi-Newton steps
  int n_threads = 0;   ///< 0: num_threads() of elltwo/threads.hpp
};

/// How a fit of logistic regression ended.
struct LogisticInfo : SolveInfo {
  double objective = 0.0;  ///< loss and penalty
  double loss = 0.0;       ///< sum of weighted losses
  /// Upper bound of (objective - minimum) / objective, but for rounding; infinity: none is known.
  double gap = 0.0;
  int n_passes = 0;         ///< passes over the data for loss and gradient
  double n_hessians = 0.0;  ///< passes that form a Hessian, in units of all rows
  int n_empty_classes = 0;  ///< classes without a row of positive weight
};

/// Fits every alpha, one after the other, each starting from the fit before, the first from `start`
/// (outputs x p coefficients, then one intercept for each output; empty: zeros). Writes coef
/// (alphas x outputs x p) and intercept (alphas x outputs). Throws std::invalid_argument, before
/// any result is written, where a value is out of range or the data contain NaN or infinity.
/// Defined for float and double.
template <Real T>
std::vector<LogisticInfo> logistic_path(const LogisticData<T>& data, std::span<const double> alphas,
                                        const LogisticOptions& options, Monitor& monitor,
                                        std::span<const double> start, std::span<double> coef,
                                        std::span<double> intercept);

/// The same for features in a sparse matrix; data.x is left empty.
template <Real T>
std::vector<LogisticInfo> sparse_logistic_path(const SparseView<T>& x, const LogisticData<T>& data,
                                               std::span<const double> alphas,
                                               const LogisticOptions& options, Monitor& monitor,
                                               std::span<const double> start,
                                               std::span<double> coef, std::span<double> intercept);

/// The same with the coefficients of every output in a box.
template <Real T>
std::vector<LogisticInfo> bounded_logistic_path(const LogisticData<T>& data, const Box& box,
                                                std::span<const double> alphas,
                                                const LogisticOptions& options, Monitor& monitor,
                                                std::span<const double> start,
                                                std::span<double> coef,
                                                std::span<double> intercept);

/// The same for features in a sparse matrix; data.x is left empty.
template <Real T>
std::vector<LogisticInfo> sparse_bounded_logistic_path(
    const SparseView<T>& x, const LogisticData<T>& data, const Box& box,
    std::span<const double> alphas, const LogisticOptions& options, Monitor& monitor,
    std::span<const double> start, std::span<double> coef, std::span<double> intercept);

/// logistic_path() without a monitor: it cannot be interrupted.
template <Real T>
std::vector<LogisticInfo> logistic_path(const LogisticData<T>& data, std::span<const double> alphas,
                                        const LogisticOptions& options,
                                        std::span<const double> start, std::span<double> coef,
                                        std::span<double> intercept) {
  Monitor nobody;
  return logistic_path(data, alphas, options, nobody, start, coef, intercept);
}

/// sparse_logistic_path() without a monitor: it cannot be interrupted.
template <Real T>
std::vector<LogisticInfo> sparse_logistic_path(const SparseView<T>& x, const LogisticData<T>& data,
                                               std::span<const double> alphas,
                                               const LogisticOptions& options,
                                               std::span<const double> start,
                                               std::span<double> coef,
                                               std::span<double> intercept) {
  Monitor nobody;
  return sparse_logistic_path(x, data, alphas, options, nobody, start, coef, intercept);
}

/// bounded_logistic_path() without a monitor: it cannot be interrupted.
template <Real T>
std::vector<LogisticInfo> bounded_logistic_path(const LogisticData<T>& data, const Box& box,
                                                std::span<const double> alphas,
                                                const LogisticOptions& options,
                                                std::span<const double> start,
                                                std::span<double> coef,
                                                std::span<double> intercept) {
  Monitor nobody;
  return bounded_logistic_path(data, box, alphas, options, nobody, start, coef, intercept);
}

/// sparse_bounded_logistic_path() without a monitor: it cannot be interrupted.
template <Real T>
std::vector<LogisticInfo> sparse_bounded_logistic_path(
    const SparseView<T>& x, const LogisticData<T>& data, const Box& box,
    std::span<const double> alphas, const LogisticOptions& options, std::span<const double> start,
    std::span<double> coef, std::span<double> intercept) {
  Monitor nobody;
  return sparse_bounded_logistic_path(x, data, box, alphas, options, nobody, start, coef,
                                      intercept);
}

}  // namespace elltwo
