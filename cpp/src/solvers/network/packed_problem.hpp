#pragma once

#include <mutex>
#include <optional>

#include "solvers/network/layout.hpp"
#include "solvers/network/rows.hpp"

namespace elltwo::network {

/// Rows and layouts of one problem, which several fits may share.
template <Real S>
class PackedProblem {
 public:
  /// The data must outlive this.
  PackedProblem(const NetworkModel& model, const NetworkData<S>& data)
      : data_(data),
        single_layout_(model),
        double_layout_(model),
        single_rows_(data, single_layout_.ld_x()) {}

  const Layout<float>& single_layout() const { return single_layout_; }
  const Layout<double>& double_layout() const { return double_layout_; }
  const Rows<float>& single_rows() const { return single_rows_; }

  /// Packed when a fit first needs them.
  const Rows<double>& double_rows() {
    std::call_once(packed_, [&] { double_rows_.emplace(data_, double_layout_.ld_x()); });
    return *double_rows_;
  }

 private:
  const NetworkData<S>& data_;
  Layout<float> single_layout_;
  Layout<double> double_layout_;
  Rows<float> single_rows_;
  std::once_flag packed_;
  std::optional<Rows<double>> double_rows_;
};

}  // namespace elltwo::network
