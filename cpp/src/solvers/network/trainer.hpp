#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "solvers/network/batches.hpp"
#include "solvers/network/block_pass.hpp"

namespace elltwo::network {

/// Fits one network by mini-batches in float, going on from a state.
class Trainer {
 public:
  /// All arguments must outlive this.
  Trainer(const NetworkModel& model, const Layout<float>& layout, const Rows<float>& rows,
          const StochasticOptions& options);

  /// Runs epochs until a reason to end, and writes the state. `validation` may be null. Throws
  /// Interrupted, and std::overflow_error where parameters become NaN or infinite.
  NetworkInfo run(StochasticState& state, const Rows<float>* validation, Monitor& monitor);

 private:
  void read(const StochasticState& state);
  void write(StochasticState& state) const;
  void epoch(StochasticState& state, Monitor& monitor);
  void step(StochasticState& state, Index begin, Index n, double& loss);
  void update(StochasticState& state, double weight);
  double score(const Rows<float>& validation, Monitor& monitor);
  bool improved(StochasticState& state, bool by_score) const;
  bool goes_on_slower(StochasticState& state) const;

  const NetworkModel& model_;
  const Layout<float>& layout_;
  const Rows<float>& rows_;
  const StochasticOptions& options_;
  Index batch_size_;
  Weights<float> weights_;
  Buffer<float> first_;
  Buffer<float> second_;
  Buffer<double> slope_;
  BlockPass<float> pass_;
  GatheredRows gathered_;
  std::vector<Index> order_;
};

}  // namespace elltwo::network
