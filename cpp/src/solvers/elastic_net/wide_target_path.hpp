#pragma once

#include <optional>
#include <span>
#include <vector>

#include "solvers/elastic_net/block_slopes.hpp"
#include "solvers/elastic_net/net_solver.hpp"
#include "solvers/elastic_net/point_certificate.hpp"
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
  NetNullModel solve_null();

  /// Begins at d, of all features, in the place of the null model.
  void begin(const std::vector<double>& d);

  /// Sets out for these falling alphas, in the user's units, and writes the points of those that
  /// the null model solves. All arguments must outlive the path. Throws Interrupted.
  void start(std::span<const double> alphas, int max_iter, PathWriter& writer);

  bool finished() const { return alphas_.empty(); }

  /// Whether the path ended before its last alpha, as the working set would need too many features.
  bool ended_early() const { return ended_early_; }

  /// Solves for the next alphas on the working set. Returns vectors v (m * n_rows) of which the
  /// products Z'v are to be given to accept(), or none where the path ends because the working set
  /// would need too many features. Throws Interrupted.
  std::span<const double> propose();

  /// Given the products of the vectors last proposed (m x p), writes the points that they certify,
  /// and lets features that violate join the working set. Throws Interrupted.
  void accept(const double* products);

  WideCounts counts() const;

 private:
  /// An alpha to solve at.
  struct Stop {
    double user;    ///< in the user's units, where it is reported
    double scaled;  ///< alpha^
    bool reported;  ///< or merely on the way to the next
  };

  Index n_features() const { return target_.penalty.n_features(); }
  double scaled(double alpha) const;
  void place_forced();
  std::vector<Stop> next_stops() const;
  void take_next_block();
  void end_early();
  void weigh_sides(const FacePoint& derivative);
  bool asks_for_the_last() const;
  const double* with_between(const double* products);
  std::vector<double> slopes_here();
  std::size_t certified(const double* q);
  void take_slopes(const double* q);
  bool is_worth_correction(const NetPoint& point) const;
  void correct(NetPoint point, const double* products);
  void write(double alpha, NetPoint point);

  WideRows rows_;
  WideTarget target_;
  Monitor& monitor_;
  WorkingSet set_;
  Outsiders outside_;
  BlockSlopes block_;
  PointCertificate certificate_;
  NetNullModel null_;
  Slopes slopes_;
  std::vector<double> reference_;  // W r of the point of slopes_ and, behind it, its derivative
  bool at_null_ = true;            // whether slopes_ are those of the null model
  std::span<const double> alphas_;
  int max_iter_ = 0;
  int rounds_ = 0;  ///< since the last point was reported, those in vain among them
  PathWriter* writer_ = nullptr;
  // What is proposed: points at stops, with W r of their residuals and of the derivative's.
  std::vector<Stop> stops_;
  std::vector<FacePoint> points_;
  std::vector<double> sides_;
  std::vector<double> rss_;
  std::optional<NetPoint> first_try_;  // of the next alpha, before a correction
  bool corrections_serve_ = true;      // whether the last one lowered its gap
  std::size_t together_ = 1;           // alphas of a block
  Index n_active_ = 0;
  bool ended_early_ = false;
  bool is_full_ = false;       // whether the working set has no room for those that violate
  double solved_alpha_ = 0.0;  // alpha^ of the last point that is done
  Index passes_ = 0;
};

}  // namespace elltwo
