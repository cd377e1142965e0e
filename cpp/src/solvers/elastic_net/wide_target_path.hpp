#pragma once

#include <memory>
#include <vector>

#include "solvers/elastic_net/net_solver.hpp"
#include "solvers/elastic_net/prediction.hpp"

namespace elltwo {

/// What the paths of a wide problem did.
struct WideCounts {
  Index passes = 0;
  Index ever = 0;
  Index exchanges = 0;
  Index monotone = 0;
};

/// The data of one target's wide path.
struct WideTarget {
  const NetPenalty& penalty;
  const std::vector<double>& norms;     ///< sqrt(sum w^ z_j^2)
  const std::vector<double>& residual;  ///< y^ - mean - Z m
  const std::vector<double>& c;         ///< Z'W of it
};

/// The path of one target: several alphas are solved on a working set, and one pass over X checks
/// them all.
class WideTargetPath {
 public:
  WideTargetPath(const WideRows& rows, const WideTarget& target, Monitor& monitor);

  /// Solves for the unpenalised features alone, which stay in the working set.
  NullModel solve_null();

  /// Begins at d, of all features, in the place of the null model.
  void begin(const std::vector<double>& d);

  /// Writes the points at these falling alphas, in the user's units, until the writer ends the
  /// path. Throws Interrupted, with the points before written.
  void run(std::span<const double> alphas, int max_iter, PathWriter& writer);

  WideCounts counts() const;

 private:
  /// An alpha to solve at.
  struct Stop {
    double user;    ///< in the user's units, where it is reported
    double scaled;  ///< alpha^
    bool reported;  ///< or merely on the way to the next
  };

  /// Points, and what one pass over X says of them.
  struct Block {
    std::vector<FacePoint> points;
    std::vector<double> rss;
    std::vector<double> q;  ///< (points + 1) x p: Z'W r of each, then Z'W Z_A of the derivative
  };

  Index n_features() const { return target_.penalty.n_features(); }
  double scaled(double alpha) const;
  void place_forced();
  std::vector<Stop> next_stops(std::span<const double> alphas) const;
  std::vector<Stop> next_block(std::span<const double> alphas);
  Block solve(std::span<const Stop> stops);
  void ask(std::vector<FacePoint> points, const FacePoint& derivative, Block& block);
  void ask_here(double alpha);
  std::size_t certified(std::span<const Stop> stops, const Block& block);
  void take_slopes(Block block);
  NetPoint measured(const FacePoint& point, const double* q, double rss) const;

  WideRows rows_;
  WideTarget target_;
  Monitor& monitor_;
  WorkingSet set_;
  Outsiders outside_;
  Slopes slopes_;
  NullModel null_;
  bool at_null_ = true;       // whether slopes_ are those of the null model
  std::size_t together_ = 1;  // alphas of a block
  Index n_active_ = 0;
  double solved_alpha_ = 0.0;  // alpha^ of the last point that is done
  Index passes_ = 0;
};

}  // namespace elltwo
