#pragma once

#include <optional>
#include <vector>

#include "solvers/active_set/face_solver.hpp"
#include "solvers/elastic_net/gram_slots.hpp"
#include "solvers/elastic_net/least_norm.hpp"
#include "solvers/elastic_net/path_writer.hpp"
#include "solvers/elastic_net/point_builder.hpp"
#include "solvers/elastic_net/residuals.hpp"

namespace elltwo {

/// What one path did.
struct PathCounts {
  Index exchanges = 0;
  Index monotone = 0;
  Index passes = 0;
  Index ever = 0;  ///< features that were ever active

  void add(const PathCounts& other);
};

/// The data of one target's path on a Gram matrix.
struct GramTarget {
  const ScaledMoments& moments;
  const NetPenalty& penalty;
  const LinearTerm& linear;
  double alpha_max;          ///< of the null model, in units of alpha^
  const NetResiduals* rows;  ///< null: there are moments alone
};

/// The path of one target: each alpha from the point of the one before.
class GramPath {
 public:
  GramPath(const GramTarget& target, int max_iter, Monitor& monitor, PathWriter& writer);

  /// Begins at d, of all features, in the place of the null model.
  void begin(const std::vector<double>& d);

  /// Solves at alpha, in the user's units, and writes the point, perhaps later. False where the
  /// path has ended. Throws Interrupted.
  bool advance(double alpha);

  /// Writes the points that wait for residuals from the rows. Throws Interrupted.
  void finish();

  const PathCounts& counts() const { return counts_; }

 private:
  /// A point that waits for residuals from the rows.
  struct Waiting {
    double alpha;
    int rounds;
    std::vector<double> d;  // of the slots
  };

  Index n_slots() const { return slots_.size(); }
  double scaled(double alpha) const;
  NetPoint measured(double alpha, const double* d, const double* q, double rss);
  std::vector<double> solved_point(const FaceReport& report);
  void count(const FaceReport& report);
  NetPoint corrected(const Waiting& waiting, const double* q, double rss);
  bool has_ridge() const;
  double rounding_of(const double* d) const;
  bool write_waiting();
  void bound_without_l1(double alpha, NetPoint& point);
  bool rounding_hides(const NetPoint& point) const;

  GramTarget target_;
  Monitor& monitor_;
  PathWriter& writer_;
  Slots slots_;
  FaceSolver faces_;
  PointBuilder builder_;
  std::vector<char> ever_;  // slots that were ever active
  std::vector<Waiting> waiting_;
  std::optional<LeastNorm> least_norm_;  // where unpenalised slots depend on each other
  bool by_rows_ = false;
  PathCounts counts_;
};

}  // namespace elltwo
