#pragma once

#include <functional>
#include <span>
#include <vector>

#include "solvers/ridge/dual_system.hpp"
#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// Rows whose squared errors are computed together.
inline constexpr Index error_block_rows = 64;

/// Coefficients of several fits that are held together: 32 MB.
inline constexpr Index most_coefficients_at_once = Index{1} << 22;

/// Leave-one-out errors e_i = r_i / (1 - h_i) of some rows. An error that the closed form cannot
/// tell, because the row alone decides a direction, is NaN.
struct LeftOutBlock {
  Index chunk = 0;  ///< of row_block_chunks; a chunk's blocks come in order, from one thread
  Index row = 0;    ///< the first row
  Index rows = 0;
  const double* error = nullptr;     ///< rows x targets x alphas
  const double* leverage = nullptr;  ///< rows x alphas
};

using LeftOutVisit = std::function<void(const LeftOutBlock&)>;

/// A decomposition that gives every penalty of a problem, see RidgePath. Values are in the
/// problem's scaled units.
template <Real T>
class PathMethod {
 public:
  virtual ~PathMethod() = default;

  /// Must be called first, and again after it was interrupted.
  virtual void decompose(double smallest_alpha) = 0;
  virtual Solver solver() const = 0;
  virtual const std::vector<double>& eigenvalues() const = 0;
  virtual Index n_unpenalised() const = 0;
  virtual bool dual() const = 0;
  virtual Index n_directions() const = 0;

  /// Moments of the features with products formed in double, or null if the method needs none.
  virtual const ScaledMoments* moments() const { return nullptr; }

  /// The dual system, or null if the method has none.
  virtual DualSystem<T>* dual_system() { return nullptr; }

  virtual void coefficients(std::span<const double> alphas, std::span<double> coef,
                            std::span<double> intercept) = 0;
  virtual void residual_squares(double alpha, double* rss) const = 0;

  /// See RidgePath::basis; `out` holds zeros.
  virtual void basis(double* out) const = 0;

  /// Visits all rows in blocks, from several threads, every row from one of them.
  virtual void leave_one_out(std::span<const double> alphas, const LeftOutVisit& visit) const = 0;

  /// The same of a few alphas without decompose(), where that takes less time and is as accurate;
  /// else false.
  virtual bool leave_one_out_factored(std::span<const double>, const LeftOutVisit&) {
    return false;
  }

  /// sum_i weight_i (y - prediction)^2 over some rows of the data, whatever weight they were fitted
  /// with (alphas x targets).
  virtual void squared_errors(std::span<const Index> rows, std::span<const double> weight,
                              std::span<const double> alphas, double* sse) = 0;
};

}  // namespace elltwo
