#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "elltwo/box.hpp"
#include "elltwo/logistic.hpp"

namespace elltwo {

/// Logistic regressions with an L1 part of the penalty at falling alphas, with the coefficients in
/// compressed rows: row a * outputs + k belongs to alpha number a and output k. Coefficients of
/// zero are left out.
struct LogisticL1Path {
  std::vector<std::int64_t> starts;    ///< rows + 1
  std::vector<std::int64_t> features;  ///< ascending in each row
  std::vector<double> values;
  std::vector<double> intercept;       ///< alphas x outputs
  std::vector<std::int64_t> n_active;  ///< coefficients away from their prior means, alphas
  std::vector<LogisticInfo> infos;     ///< optimality is the violation, and tolerance that of gap
};

/// Fits
///   minimise over (b, b0)  sum_i w_i loss_i(o_i + b0 + x_i.b)
///       + alpha sum_kj f_j ( l1_ratio |b_kj - m_kj| + (1 - l1_ratio) / 2 (b_kj - m_kj)^2 ),
///   lower_j <= b_kj <= upper_j,
/// for alphas that fall, none twice, with 0 < l1_ratio <= 1; see logistic_path() for the loss and
/// the arguments. options.tol bounds the relative duality gap, and options.solver has no meaning.
/// At alpha = 0 it is bounded_logistic_path(). Throws std::invalid_argument as that does.
template <Real T>
LogisticL1Path logistic_l1_path(const LogisticData<T>& data, const Box& box, double l1_ratio,
                                std::span<const double> alphas, const LogisticOptions& options,
                                Monitor& monitor, std::span<const double> start);

/// The same for features in a sparse matrix; data.x is left empty.
template <Real T>
LogisticL1Path sparse_logistic_l1_path(const SparseView<T>& x, const LogisticData<T>& data,
                                       const Box& box, double l1_ratio,
                                       std::span<const double> alphas,
                                       const LogisticOptions& options, Monitor& monitor,
                                       std::span<const double> start);

/// The smallest alpha at which all penalised coefficients are at their prior means if l1_ratio is
/// 1: max_kj |z_j . r_k| / f_j over the residuals of the model without them. 0 if there are none.
/// Infinity: interrupted.
template <Real T>
double logistic_l1_alpha_max(const LogisticData<T>& data, const Box& box,
                             const LogisticOptions& options, Monitor& monitor);

/// The same for features in a sparse matrix.
template <Real T>
double sparse_logistic_l1_alpha_max(const SparseView<T>& x, const LogisticData<T>& data,
                                    const Box& box, const LogisticOptions& options,
                                    Monitor& monitor);

}  // namespace elltwo
