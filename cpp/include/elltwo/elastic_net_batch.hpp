#pragma once

#include <cstdint>
#include <span>

#include "elltwo/batch.hpp"
#include "elltwo/elastic_net.hpp"

namespace elltwo {

/// Where elastic_net_batch() writes, row-major. gap, violation and n_active may be empty.
struct ElasticNetBatchResults {
  std::span<double> coef;              ///< problems x targets x features
  std::span<double> intercept;         ///< problems x targets
  std::span<double> gap{};             ///< problems: the largest of the targets
  std::span<double> violation{};       ///< problems: likewise
  std::span<std::int64_t> n_active{};  ///< problems: the sum over the targets
};

/// How all fits of a batch ended: sums and maxima over problems and targets.
struct ElasticNetBatchInfo {
  Status status = Status::converged;  ///< another if any fit has one
  Solver solver = Solver::active_set;
  const char* reason = "";    ///< of the first problem with the most passes, as is solver
  const char* fallback = "";  ///< of the first problem that has one
  double gap = 0.0;           ///< the largest
  double violation = 0.0;     ///< the largest
  double tolerance = 0.0;
  double objective = 0.0;       ///< the sum
  double null_objective = 0.0;  ///< the sum
  double alpha_max = 0.0;       ///< the largest
  Index n_active = 0;           ///< the sum
  Index n_iter = 0;             ///< the sum
  Index n_passes = 0;           ///< the largest
  Index n_ever = 0;             ///< the largest
  Index n_exchanges = 0;        ///< the sum
  Index n_monotone = 0;         ///< the sum
  Index worst = 0;              ///< the first problem with the largest gap
  int n_threads = 1;
};

/// Fits elastic_net() to every problem of a batch at its alpha, several at a time on threads:
///   minimise over (b, b0)  1/2 sum_i w_i (y_i - b0 - x_i.b)^2
///       + alpha_k sum_j f_j ( l1_ratio |b_j - m_j| + (1 - l1_ratio) / 2 (b_j - m_j)^2 ),
///   lower_j <= b_j <= upper_j,
/// with the bounds shared by all. Every fit has the bits of elastic_net() on one thread. Of the
/// options l1_ratio, fit_intercept, tol, max_iter and n_threads are read. Throws
/// std::invalid_argument where shapes or values are out of range and, naming the first such
/// problem, where data contain NaN or infinity or all weights of a problem are zero; results may
/// have been written by then. Defined for float and double.
template <Real T>
ElasticNetBatchInfo elastic_net_batch(const BatchData<T>& data, const Box& box,
                                      const ElasticNetOptions& options, Monitor& monitor,
                                      const ElasticNetBatchResults& results);

}  // namespace elltwo
