#pragma once

#include <vector>

#include "solvers/logistic/recession.hpp"
#include "solvers/logistic_sparse/system.hpp"

namespace elltwo {

/// The centred columns, and the intercept, whose coefficients have no penalty.
template <Real T>
class SparseFreeColumns : public FreeColumns {
 public:
  explicit SparseFreeColumns(SparseLogisticSystem<T>& system) : system_(system) {
    const auto& design = system.design();
    place_.assign(design.p() + 1, -1);
    for (Index j = 0; j <= design.p(); ++j) {
      const Index e = j * design.outputs();
      if (!system.moves(e) || system.penalty(e) > 0.0) continue;
      place_[j] = static_cast<Index>(columns_.size());
      columns_.push_back(j);
    }
  }

  Index n_rows() const override { return system_.design().n(); }
  Index n_columns() const override { return static_cast<Index>(columns_.size()); }
  Index n_outputs() const override { return system_.n_outputs(); }
  const std::int32_t* label() const override { return system_.design().label.data(); }

  void multiply(const double* direction, double* z) override {
    const Index k = n_outputs();
    auto full = Buffer<double>::zeros(system_.size());
    for (Index t = 0; t < k; ++t) {
      for (Index c = 0; c < n_columns(); ++c) {
        full[columns_[c] * k + t] = direction[t * n_columns() + c];
      }
    }
    system_.multiply(full.data(), z);
  }

  void row(Index i, double* x) const override {
    const auto& design = system_.design();
    for (Index c = 0; c < n_columns(); ++c) {
      const Index j = columns_[c];
      x[c] = j == design.p() ? 1.0 : -design.mean[j];
    }
    for (Index e = design.x.start[i]; e < design.x.start[i + 1]; ++e) {
      const Index c = place_[design.x.column[e]];
      if (c >= 0) x[c] += static_cast<double>(design.x.value[e]);
    }
  }

 private:
  SparseLogisticSystem<T>& system_;
  std::vector<Index> columns_;
  std::vector<Index> place_;  ///< of each column among these; -1: it is not
};

}  // namespace elltwo
