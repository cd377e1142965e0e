#pragma once

#include <span>
#include <vector>

#include "solvers/elastic_net/path_writer.hpp"

namespace elltwo {

/// A target's model of the intercept and the unpenalised features alone, in scaled coordinates.
struct NetNullModel {
  double rss = 0.0;        ///< sum w^ r^2
  double total = 0.0;      ///< sum w^ (y^ - mean)^2
  double alpha_max = 0.0;  ///< in units of alpha^, see NetPenalty::alpha_max(); 0: y is explained
};

/// A part of |z_j| |y| below which q_j of the null model is rounding.
constexpr double null_slope_rounding = 1e-14;

/// Solves the elastic net of the targets of one data set, each at one falling alpha after another.
class NetSolver {
 public:
  NetSolver() = default;
  NetSolver(const NetSolver&) = delete;
  NetSolver& operator=(const NetSolver&) = delete;
  virtual ~NetSolver() = default;

  virtual const NetFrame& frame() const = 0;
  virtual const NetPenalty& penalty(Index target) const = 0;

  /// To be called once for each target before solve(). Throws Interrupted.
  virtual NetNullModel null_model(Index target) = 0;

  /// Writes the points of every target t to writers[t], at these alphas in the user's units, from
  /// the coefficients `start` in the user's units (targets x p, or none: from the null model). A
  /// path ends where its writer says so. Throws Interrupted, with the points before written.
  virtual void solve(std::span<const double> alphas, std::span<const double> start,
                     std::vector<PathWriter>& writers) = 0;

  /// Adds what it did: passes, exchanges and so on; reason and fallback.
  virtual void report(ElasticNetInfo& info) const = 0;
};

}  // namespace elltwo
