#include "solvers/elastic_net/least_norm.hpp"

#include <cmath>

#include "linalg/lapack.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

// An eigenvalue of the matrix with a unit diagonal below which it is one of the null space.
constexpr double least_eigenvalue = 1e-12;

bool lacks_penalty(const SlotPenalty& slot) {
  return slot.l1 == 0.0 && slot.l2 == 0.0 && std::isinf(slot.lower) && std::isinf(slot.upper);
}

// Gram and Schmidt, twice for orthogonality to rounding.
void orthonormalise(std::vector<std::vector<double>>& basis) {
  for (std::size_t k = 0; k < basis.size(); ++k) {
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t h = 0; h < k; ++h) {
        const double along = dot(basis[h], basis[k]);
        for (std::size_t i = 0; i < basis[k].size(); ++i) basis[k][i] -= along * basis[h][i];
      }
      const double length = std::sqrt(dot(basis[k], basis[k]));
      for (double& v : basis[k]) v /= length;
    }
  }
}

}  // namespace

LeastNorm::LeastNorm(const Slots& slots, Monitor& monitor) {
  for (Index s = 0; s < slots.size(); ++s) {
    if (lacks_penalty(slots.penalty(s))) free_.push_back(s);
  }
  const auto m = static_cast<Index>(free_.size());
  std::vector<double> size, values(m), matrix(m * m);
  for (const Index s : free_) size.push_back(std::sqrt(slots.gram(s, s)));
  for (Index i = 0; i < m; ++i) {
    for (Index j = 0; j < m; ++j) {
      matrix[j * m + i] = slots.gram(free_[i], free_[j]) / size[i] / size[j];
    }
  }
  if (m == 0 || !lapack::syevd(m, matrix.data(), m, values.data(), monitor)) return;
  for (Index k = 0; k < m && values[k] < least_eigenvalue; ++k) {
    std::vector<double> direction(m);
    for (Index i = 0; i < m; ++i) direction[i] = matrix[k * m + i] / size[i];
    null_.push_back(std::move(direction));
  }
  orthonormalise(null_);
}

void LeastNorm::apply(double* d) const {
  for (const auto& direction : null_) {
    double along = 0.0;
    for (std::size_t i = 0; i < free_.size(); ++i) along += direction[i] * d[free_[i]];
    for (std::size_t i = 0; i < free_.size(); ++i) d[free_[i]] -= along * direction[i];
  }
}

}  // namespace elltwo
