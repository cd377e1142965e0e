#pragma once

#include <functional>
#include <span>
#include <vector>

#include "solvers/ridge/dual.hpp"
#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// Rows whose squared errors are computed together.
inline constexpr Index error_block_rows = 64;

/// Coefficients of several fits that are held together: 32 MB.
inline constexpr Index most_coefficients_at_once = Index{1} << 22;

/// Leave-one-out errors e_i = r_i / (1 - h_i) of some rows. An error that the closed form cannot tell,
/// because the row alone decides a direction, is NaN.
struct LeftOutBlock {
  Index chunk = 0;  ///< of row_block_chunks; a chunk's blocks come in order, from one thread
  Index row = 0;
  Index rows = 0;
  const double* error = nullptr;     ///< (rows x targets x alphas)
  const double* leverage = nullptr;  ///< (rows x alphas)
};

using LeftOutVisit = std::function<void(const LeftOutBlock&)>;

/// One road to every penalty of a problem, see RidgePath. Values are in the problem's scaled units.
template <Real T>
class PathMethod {
 public:
  virtual ~PathMethod() = default;

  virtual bool decompose(double smallest_alpha) = 0;
  virtual Solver solver() const = 0;
  virtual const std::vector<double>& eigenvalues() const = 0;
  virtual Index n_unpenalised() const = 0;
  virtual bool dual() const = 0;
  virtual Index n_directions() const = 0;

  /// Whether least squares has many solutions.
  virtual bool rank_deficient() const = 0;

  /// Moments of the features, where the method takes them; products were formed in double.
  virtual ScaledMoments* moments() { return nullptr; }

  /// The dual system, where that is what the method takes.
  virtual DualRidge<T>* dual_system() { return nullptr; }

  virtual bool coefficients(std::span<const double> alphas, std::span<double> coef,
                            std::span<double> intercept) = 0;
  virtual void residual_squares(double alpha, double* rss) const = 0;

  /// See RidgePath::basis; `out` holds zeros.
  virtual bool basis(double* out) = 0;

  /// Visits all rows in blocks, from several threads, every row from one of them.
  virtual bool leave_one_out(std::span<const double> alphas, const LeftOutVisit& visit) = 0;

  /// sum_i weight_i (y - prediction)^2 over some rows of the data, whatever weight they were fitted
  /// with (alphas x targets).
  virtual bool squared_errors(std::span<const Index> rows, std::span<const double> weight,
                              std::span<const double> alphas, double* sse) = 0;
};

}  // namespace elltwo
