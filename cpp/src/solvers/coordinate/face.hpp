#pragma once

#include <vector>

#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// A ridge problem's data with penalty factors and prior means of its own, so that coefficients can
/// be pinned to where they stand and the others solved for as a ridge problem.
template <Real T>
class FaceData {
 public:
  explicit FaceData(const RidgeData<T>& given);
  FaceData(const FaceData&) = delete;
  FaceData& operator=(const FaceData&) = delete;

  const RidgeData<T>& data() const { return data_; }

  /// Pins one target's coefficients to b, all but the free ones, of which those without a penalty
  /// have b for their prior means. `problem` has this data.
  void pin(const Problem<T>& problem, const TargetGroup& group, const std::vector<Index>& free,
           const std::vector<double>& b);

  /// Takes that back.
  void restore(Index target);

 private:
  const RidgeData<T>& given_;
  std::vector<double> factors_;
  std::vector<double> prior_;
  RidgeData<T> data_;
};

}  // namespace elltwo
