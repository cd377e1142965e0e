#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// The features Z that no penalty holds, eliminated from the problem of the penalised ones P: at
/// their least-squares values given these the products that remain are
///   G_PP - G_PZ G_ZZ^+ G_ZP  and  C_P - G_PZ G_ZZ^+ C_Z.
/// Of dependent ones the solution of least norm in scaled coordinates is taken.
class FreeRows {
 public:
  FreeRows() = default;

  /// Of G_ZZ, m x m, without penalised features so far.
  FreeRows(Index m, const std::vector<double>& gram, Monitor& monitor);

  Index size() const { return m_; }

  /// Appends penalised features by their columns of G_ZP.
  void append(const std::vector<double>& cross);

  /// Keeps these penalised features, by their places, which ascend.
  void keep(const std::vector<Index>& places);

  /// G_ZZ^+ c for rows of n values.
  std::vector<double> solve(const std::vector<double>& c, Index n) const;

  /// The part of G_ij that the free features explain, for places i and j of penalised features.
  double explained(Index i, Index j) const;

  /// Takes the parts that are explained from G of all penalised features. Throws Interrupted.
  void subtract_explained(double* gram, Index ld, Monitor& monitor) const;

  /// rows_i -= G_iZ values for the penalised features from `first` on, whose rows are given.
  void subtract(Index first, const std::vector<double>& values, Index n, double* rows) const;

  /// Rows of the free features at their minimum, G_ZZ^+ (c - G_ZP b).
  std::vector<double> minimum(const std::vector<double>& c, const std::vector<double>& b,
                              Index n) const;

 private:
  Index n_penalised() const { return m_ > 0 ? static_cast<Index>(cross_.size()) / m_ : 0; }

  Index m_ = 0;
  std::vector<double> inverse_;  // m x m
  std::vector<double> cross_;    // G_ZP, a column for each penalised feature
  std::vector<double> solved_;   // G_ZZ^+ G_ZP
};

}  // namespace elltwo
