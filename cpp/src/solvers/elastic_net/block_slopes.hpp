#pragma once

#include <span>
#include <vector>

#include "solvers/elastic_net/known_slopes.hpp"

namespace elltwo {

/// The slopes of the points of a block of alphas, where X was asked about the last of them alone.
class BlockSlopes {
 public:
  BlockSlopes(const WideRows& rows, const NetPenalty& penalty, const WorkingSet& set,
              const std::vector<double>& norms)
      : rows_(rows), penalty_(penalty), set_(set), norms_(norms) {}

  /// Given the points before the last, whose sides follow each other, what is known, and Z'W v of
  /// the last point and of the derivative (2 x p): such products of all points and the derivative,
  /// of those before the last only for notable() features. Throws Interrupted.
  const double* fill(std::span<const BetweenPoint> points, const KnownSlopes& known,
                     const double* last);

  /// Takes notice of a block of which X was asked about every point.
  void clear() { notable_.clear(); }

  /// The features that may violate at the k-th point or are in the working set, ascending.
  std::span<const Index> notable(std::size_t k) const {
    return k < notable_.size() ? notable_[k] : penalty_.movable();
  }

  /// Whether few features were uncertain in the last block, or there was none.
  bool pays() const { return pays_; }

 private:
  const WideRows& rows_;
  const NetPenalty& penalty_;
  const WorkingSet& set_;
  const std::vector<double>& norms_;
  std::vector<double> products_;
  std::vector<std::vector<Index>> notable_;
  bool pays_ = true;
};

}  // namespace elltwo
