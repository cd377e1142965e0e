#include "solvers/ridge_path/shift_factors.hpp"

#include <algorithm>

#include "kernels/table.hpp"

namespace elltwo {

ShiftFactors::ShiftFactors(const Tridiagonal& t, std::span<const double> alphas)
    : size_(t.size()), count_(static_cast<Index>(alphas.size())) {
  const Index step = 2 * kernels().width_f64;
  padded_ = (count_ + step - 1) / step * step;
  lower_ = Buffer<double>::zeros(std::max<Index>(1, size_ * padded_));
  inverse_ = Buffer<double>::zeros(std::max<Index>(1, size_ * padded_));
  for (Index i = 0; i < count_; ++i) {
    t.factor(alphas[i], padded_, lower_.data() + i, inverse_.data() + i);
  }
}

void ShiftFactors::inverse_forms(Index n_rows, const double* z, Index ld, double* out) const {
  Buffer<double> padded(n_rows * padded_);
  kernels().inverse_forms(size_, lower_.data(), inverse_.data(), padded_, n_rows, z, ld,
                          padded.data(), padded_);
  for (Index r = 0; r < n_rows; ++r) {
    std::copy_n(padded.data() + r * padded_, count_, out + r * count_);
  }
}

}  // namespace elltwo
