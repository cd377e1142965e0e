#pragma once

#include <vector>

#include "gram/moments.hpp"

namespace elltwo {

/// The features that no penalty holds, which are eliminated: at their least-squares values given
/// the others the problem of these has the products
///   G_PP - G_PZ G_ZZ^+ G_ZP  and  C_P - G_PZ G_ZZ^+ C_Z.
/// Of dependent ones the solution of least norm in scaled coordinates is taken.
class FreeRows {
 public:
  /// Of the features z, which the others, `penalised`, are projected upon.
  FreeRows(const ScaledMoments& moments, std::vector<Index> z, std::vector<Index> penalised,
           Monitor& monitor);

  const std::vector<Index>& features() const { return z_; }
  Index size() const { return static_cast<Index>(z_.size()); }

  /// G_ZZ^+ c for a row of n values for each free feature.
  std::vector<double> solve(const std::vector<double>& c, Index n) const;

  /// The products of the penalised features i and j that the free ones explain.
  double explained(Index i, Index j) const;

  /// rows_i -= G_iZ values, of every penalised feature i, for n values a row.
  void subtract(const std::vector<double>& values, Index n, double* rows) const;

  /// G_ZP times a row for each of these penalised features (places among all of them).
  std::vector<double> products(const std::vector<Index>& places, const double* rows,
                               Index n) const;

 private:
  std::vector<Index> z_;
  Index n_penalised_;
  std::vector<double> inverse_;  // z x z
  std::vector<double> cross_;    // G_ZP, a column for each penalised feature
  std::vector<double> solved_;   // G_ZZ^+ G_ZP
};

}  // namespace elltwo
