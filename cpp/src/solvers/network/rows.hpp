#pragma once

#include <cstdint>
#include <span>

#include "elltwo/network.hpp"
#include "linalg/buffer.hpp"

namespace elltwo::network {

/// Consecutive rows as a pass reads them.
template <Real T>
struct RowBlock {
  Index n = 0;
  const T* x = nullptr;  ///< rows of ld_x numbers
  Index ld_x = 0;
  const double* y = nullptr;  ///< n x outputs; null: labels
  const std::int32_t* label = nullptr;
  const double* weight = nullptr;  ///< null: ones
};

/// All rows of a problem, with x in the precision and layout of a pass: in place where it has them.
template <Real T>
class Rows {
 public:
  /// `ld_x` is that of the layout.
  template <Real S>
  Rows(const NetworkData<S>& data, Index ld_x);

  Index n() const { return n_; }
  Index n_outputs() const { return n_outputs_; }
  Index n_numbers() const { return n_numbers_; }  ///< of a row of x, with its padding
  double total_weight() const { return total_weight_; }
  RowBlock<T> block(Index begin, Index n) const;

 private:
  Index n_ = 0;
  Index n_numbers_ = 0;
  Index ld_x_ = 0;
  Index n_outputs_ = 0;
  const T* x_ = nullptr;
  Buffer<T> packed_;
  const double* y_ = nullptr;
  Buffer<double> packed_y_;
  std::span<const std::int32_t> label_;
  std::span<const double> weight_;
  double total_weight_ = 0.0;
};

}  // namespace elltwo::network
