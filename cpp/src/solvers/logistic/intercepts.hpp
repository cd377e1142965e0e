#pragma once

#include <cstdint>
#include <vector>

#include "elltwo/views.hpp"

namespace elltwo {

/// The offsets o_ik of rows i and outputs k.
struct Offsets {
  double* data = nullptr;  ///< null: zeros
  Index row_stride = 0;
  Index output_stride = 0;

  double& at(Index i, Index k) const { return data[i * row_stride + k * output_stride]; }
};

/// The rows of a problem without predictors.
struct NullModel {
  Index n;                    ///< rows
  Index n_outputs;            ///< 1 for two classes, else one for each
  const std::int32_t* label;  ///< n
  const double* weight;       ///< n; null: ones
};

/// The intercepts of the model without predictors, at which fits start: of two classes that of
/// class 1, of more one for each class. Without offsets they are exact, and sum to zero over
/// several classes. With offsets they are approximate: of two classes near the minimum of the loss,
/// of more the log shares less the medians of the offsets.
std::vector<double> null_intercepts(const NullModel& model, Offsets offset = {});

/// Reduces offsets in place without changing the fit. Subtracts from each row of several classes
/// its largest offset, on which no probability depends, and if there are intercepts, adds the null
/// intercepts, so that large offsets do not saturate all rows. Returns what it has added to the
/// offsets of each output; empty: nothing.
std::vector<double> centre_offsets(const NullModel& model, bool has_intercept, Offsets offset);

}  // namespace elltwo
