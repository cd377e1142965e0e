#pragma once

#include <span>
#include <vector>

#include "solvers/logistic_l1/certificate.hpp"
#include "solvers/logistic_l1/newton.hpp"

namespace elltwo {

/// Points of a path for falling alphas. Blocks of alphas are solved ahead on a working set of
/// entries, and one pass over X then checks and certifies all of them, and takes the derivative by
/// alpha along, from which the entries of the next block are predicted. An entry left out whose
/// slope exceeds the penalty joins, and the block is solved again from the alpha where it did.
class LogisticL1PathSolver {
 public:
  LogisticL1PathSolver(const LogisticL1Design& design, const LogisticL1Penalty& penalty,
                       const LogisticOptions& options, Monitor& monitor);

  /// Starts without penalised coefficients.
  void begin();
  /// Starts at a point, near which `alpha` is, the first of those to be solved.
  void begin(const LogisticL1Point& start, double alpha);

  /// The smallest alpha at which all penalised coefficients are zero, after begin() without one.
  double alpha_max() const { return alpha_max_; }
  /// An alpha at which they are certainly zero.
  double alpha_of_zeros() const;

  /// Sets how many entries the working set may have; Slots::most where nobody does.
  void limit_entries(Index most) { most_entries_ = most; }

  /// Points at alphas that fall, finite and positive, after begin(). From the alpha on whose
  /// working set would be too large they are the last one that has been found, with its gaps.
  /// Throws Interrupted.
  std::vector<LogisticL1Point> solve(std::span<const double> alphas);

  /// See LogisticL1Certifier.
  const std::vector<double>& free_columns() const { return certifier_.free_columns(); }

 private:
  /// A block of alphas that have been solved on the working set.
  struct Block {
    std::vector<LogisticL1Point> points;
    std::vector<LogisticL1Loss> losses;
    std::vector<std::vector<double>> tilted;  ///< residuals
    std::vector<double> slopes;               ///< (points + 1) x outputs x p; the derivative's last
  };

  void ask_for_slopes();
  double next_alpha(double wanted) const;
  bool can_join(Index e) const;
  std::size_t block_size(std::span<const double> alphas) const;
  std::vector<Index> predicted(std::span<const double> alphas) const;
  LogisticL1Point point_at(double alpha, const double* b) const;
  Block solved(std::span<const double> alphas, double tolerance, int max_steps);
  std::size_t first_violated(const Block& block, std::vector<Index>& violators) const;
  std::size_t certify(Block& block, std::size_t count, bool may_retry);
  void count_work(LogisticL1Point& point);
  void take_last(const Block& block);
  bool join(std::span<const Index> entries);
  bool visit(double alpha);
  bool solve_block(std::span<const double> alphas, std::vector<LogisticL1Point>& points);
  std::vector<LogisticL1Point> left(std::span<const double> alphas);

  const LogisticL1Design& design_;
  const LogisticL1Penalty& penalty_;
  const LogisticOptions& options_;
  Monitor& monitor_;
  LogisticL1Set set_;
  LogisticL1Newton newton_;
  LogisticL1Certifier certifier_;
  std::vector<double> q_;   ///< slopes of all entries at the last point
  std::vector<double> dq_;  ///< their derivative by alpha; empty: not known
  double alpha_ = 0.0;      ///< of the last point
  double alpha_max_ = 0.0;
  int n_passes_ = 0;
  int counted_passes_ = 0;
  double counted_hessians_ = 0.0;
  Index n_blocks_ = 0;
  Index most_entries_ = Slots::most;
};

}  // namespace elltwo
