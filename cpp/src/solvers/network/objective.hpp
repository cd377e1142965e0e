#pragma once

#include <memory>
#include <span>
#include <vector>

#include "elltwo/monitor.hpp"
#include "solvers/network/block_pass.hpp"

namespace elltwo::network {

/// A value of the objective L + sum_l alpha_l / 2 |W_l|^2.
struct Value {
  double loss = 0.0;
  double objective = 0.0;
};

/// The objective over all rows, with passes in T. Chunks of rows have sums of their own, so that
/// the number of threads changes no bit.
template <Real T>
class Objective {
 public:
  /// All arguments must outlive this.
  Objective(const NetworkModel& model, const Layout<T>& layout, const Rows<T>& rows, int n_threads);

  /// The objective at the parameters, its gradient and, unless `scales` is empty, for each layer a
  /// bound of the norms that its gradient is the sum of: sum_i |a_i| |delta_i| + alpha |W|. Throws
  /// Interrupted.
  Value evaluate(std::span<const double> parameters, std::span<double> gradient, Monitor& monitor,
                 std::span<double> scales = {});

  int n_threads() const { return n_threads_; }

 private:
  struct Chunk {
    double loss = 0.0;
    Buffer<double> gradient;
    std::vector<double> scales;
  };
  void visit(Index c, BlockPass<T>& pass, bool with_scales, Monitor& monitor);
  double total(std::span<double> gradient);

  const NetworkModel& model_;
  const Layout<T>& layout_;
  const Rows<T>& rows_;
  int n_threads_;
  Weights<T> weights_;
  std::vector<Chunk> chunks_;
  std::vector<std::unique_ptr<BlockPass<T>>> passes_;  // one for each thread
};

/// Euclidean norm, also where squares leave the range of numbers.
double norm_of(std::span<const double> values);

/// The largest over layers of |gradient| / scale; zero where both are, infinite where they leave
/// the range of numbers.
double relative_gradient(const NetworkModel& model, std::span<const double> gradient,
                         std::span<const double> scales);

/// Whether `optimality` or every derivative meets its tolerance.
bool meets_tolerance(const NetworkOptions& options, double optimality,
                     std::span<const double> gradient);

/// sum_l alpha_l / 2 |W_l|^2. Adds its gradient alpha_l W_l, unless `gradient` is empty.
double penalty(const NetworkModel& model, std::span<const double> parameters,
               std::span<double> gradient);

}  // namespace elltwo::network
