#pragma once

#include <cstdint>
#include <vector>

#include "elltwo/views.hpp"

namespace elltwo {

/// Offsets of rows and outputs.
struct Offsets {
  double* data = nullptr;
  Index row_stride = 0;
  Index output_stride = 0;

  double& at(Index i, Index o) const { return data[i * row_stride + o * output_stride]; }
};

/// Intercepts of the model without predictors, at which fits may start: of two classes that of class 1,
/// of more one for each class. Offsets and weight may be null: zeros and ones. Exact without offsets, and
/// then of sum zero; else of two classes about, and of more from the medians of the offsets.
std::vector<double> intercepts_alone(Index n, Index n_classes, const std::int32_t* label,
                                     const double* weight, Offsets offset);

/// Takes from offsets what need not be large: of several classes what a row's have in common, which is in
/// no probability, and, if there are intercepts, what these can do, so that offsets do not saturate
/// all rows. Returns what it has added to each output's.
std::vector<double> centre_offsets(Index n, Index n_classes, const std::int32_t* label,
                                   const double* weight, bool has_intercept, Offsets offset);

}  // namespace elltwo
