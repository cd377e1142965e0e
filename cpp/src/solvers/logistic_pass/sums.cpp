#include "solvers/logistic_pass/sums.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace elltwo {

PassSums::PassSums(const PassPoints& points)
    : PassSums(points, Buffer<double>::zeros(points.n_hessians() * points.n_pairs() *
                                             points.cols() * points.cols())) {}

PassSums PassSums::without_matrices(const PassPoints& points) { return {points, {}}; }

PassSums::PassSums(const PassPoints& points, Buffer<double> room)
    : matrices(std::move(room)),
      outputs_(points.n_outputs()),
      cols_(points.cols()),
      stride_(6 + outputs_ * (1 + cols_)) {
  linear.resize(points.n_points() * stride_);
}

void PassSums::add(PassSums&& other) {
  n_rows += other.n_rows;
  for (std::size_t i = 0; i < linear.size(); ++i) linear[i].add(other.linear[i]);
  if (matrices.size() == 0) {
    matrices = std::move(other.matrices);
    return;
  }
  for (Index i = 0; i < other.matrices.size(); ++i) matrices[i] += other.matrices[i];
}

bool PassSums::finite() const {
  return std::ranges::all_of(linear, [](const auto& sum) { return std::isfinite(sum.value()); }) &&
         std::ranges::all_of(matrices, [](double sum) { return std::isfinite(sum); });
}

}  // namespace elltwo
