#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "elltwo/logistic.hpp"
#include "solvers/active_set/columns.hpp"

namespace elltwo {

/// A logistic problem as algorithms with working sets read it: the rows of positive weight, columns
/// z_j of unit size about their means, and a point d of distances from the prior means,
///   b_j = m_j + s_j d_j,   b0 = d0 - c.b,   predictor = offset + d0 + z.d,
/// with weights times a power of two s_w. The offset has the user's offsets, the predictor of the
/// prior means, and where intercepts are fitted those of the model without predictors.
struct LogisticL1Design {
  Index n = 0;
  Index p = 0;
  Index outputs = 1;
  bool has_intercept = true;
  std::vector<std::int32_t> label;     ///< n
  std::vector<double> weight;          ///< n; empty: ones
  std::vector<double> offset;          ///< outputs x n
  double weight_scale = 1.0;           ///< s_w
  double total_weight = 0.0;           ///< of the scaled weights
  std::vector<double> scale;           ///< s_x, p
  std::vector<double> centre;          ///< c, p
  std::vector<double> shift;           ///< of s_x x, p
  std::vector<double> size;            ///< sqrt(sum w z_j^2), p; 0: the column is constant
  std::vector<double> prior;           ///< m in the user's units, outputs x p; empty: zeros
  std::vector<double> null_intercept;  ///< what the offset has of intercepts, outputs
  std::shared_ptr<const void> held;    ///< what the columns read
  std::unique_ptr<Columns> columns;

  const double* weights() const { return weight.empty() ? nullptr : weight.data(); }
  double weight_of(Index i) const { return weight.empty() ? 1.0 : weight[i]; }
  double prior_of(Index k, Index j) const { return prior.empty() ? 0.0 : prior[k * p + j]; }
};

/// The design of dense X, which is read in place unless rows are left out. Throws
/// std::invalid_argument if X holds NaN or infinity.
template <Real T>
LogisticL1Design dense_l1_design(const LogisticData<T>& data, const LogisticOptions& options,
                                 Monitor& monitor);

/// The design of sparse X.
template <Real T>
LogisticL1Design sparse_l1_design(const SparseView<T>& x, const LogisticData<T>& data,
                                  const LogisticOptions& options, Monitor& monitor);

}  // namespace elltwo
