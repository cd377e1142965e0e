#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "elltwo/box.hpp"
#include "elltwo/cross_validation.hpp"
#include "elltwo/moments.hpp"
#include "elltwo/ridge.hpp"

namespace elltwo {

/// What is asked of elastic_net() beside the data, of which data.alpha holds the penalties, in any
/// order, or is empty: then there is a grid of n_alphas from alpha_max, the smallest alpha at which
/// all penalised coefficients are zero (the largest over the targets), down to alpha_min_ratio
/// times that (the smallest over the targets).
struct ElasticNetOptions {
  double l1_ratio = 0.5;  ///< rho, in [0, 1]
  Index n_alphas = 100;
  double alpha_min_ratio = 0.0;  ///< 0: 1e-3 where n >= p, else 1e-2
  Index max_features = 0;        ///< a path stops before more coefficients are not zero; 0: never
  bool fit_intercept = true;
  double tol = 1e-10;               ///< relative duality gap
  int max_iter = 1000;              ///< rounds of the active set at one alpha
  int n_threads = 0;                ///< 0: num_threads() of elltwo/threads.hpp
  std::span<const double> start{};  ///< coefficients to begin with (targets x p), or none
  bool group_targets = false;       ///< penalises all targets together, see elastic_net()
};

/// The points of one target's path, by falling alpha; coefficients in compressed columns.
struct ElasticNetPath {
  std::vector<double> alphas;
  std::vector<std::int64_t> starts;    ///< alphas + 1: where the coefficients of an alpha begin
  std::vector<std::int64_t> features;  ///< ascending at each alpha
  std::vector<double> values;
  std::vector<double> intercept;
  std::vector<double> objective;  ///< P of the problem above
  std::vector<double> rss;        ///< sum w (y - b0 - x.b)^2
  std::vector<double> gap;        ///< a bound on (P - minimum) / P
  std::vector<double> violation;  ///< of the optimality conditions, over alpha l1_ratio f_j
  std::vector<std::int64_t> n_active;
  std::vector<std::int32_t> n_iter;  ///< rounds
  /// Whether gap <= tol or, where that is more, 16 eps null_objective / P: the rounding of y, or of
  /// the sums of moments, and, where the gap is from the rows, of the coefficients.
  std::vector<std::uint8_t> converged;
  double null_objective = 0.0;  ///< half the squares that the intercept and unpenalised features
                                ///< alone leave
  double alpha_max = 0.0;       ///< the smallest alpha at which all penalised coefficients are zero
  bool stopped_early = false;   ///< by max_features, or by 20000 features in use at a time
};

/// How all paths of a call came about.
struct ElasticNetInfo {
  Status status = Status::converged;  ///< interrupted: the paths hold the points finished before
  Solver solver = Solver::active_set;
  const char* reason = "";
  const char* fallback = "";
  double tolerance = 0.0;
  Index n_passes = 0;     ///< readings of X
  Index n_ever = 0;       ///< the largest number of features that were ever in the working set
  Index n_exchanges = 0;  ///< of dependent columns
  Index n_monotone = 0;   ///< steps ended by a line search
  int n_threads = 1;
  bool group_targets = false;  ///< every path has the objective, the gap and so on of all together
};

struct ElasticNetPaths {
  std::vector<ElasticNetPath> targets;
  ElasticNetInfo info;
};

/// Fits the elastic net
///   minimise over (b, b0)  1/2 sum_i w_i (y_i - b0 - x_i.b)^2
///       + alpha sum_j f_j ( l1_ratio |b_j - m_j| + (1 - l1_ratio) / 2 (b_j - m_j)^2 ),
///   lower_j <= b_j <= upper_j,
/// for every target and alpha. At l1_ratio = 0 it is ridge_bounded(), or ridge_small() where that
/// serves, as it is at alpha = 0. With group_targets all targets have one problem, in which |b_j -
/// m_j| is the Euclidean norm of a feature's coefficients of all targets, so that a feature is zero
/// for all of them or for none; there are no bounds, and every target's path has the objective, the
/// sum of squares, the gap and the number of features of all together (Obozinski, Taskar and Jordan
/// 2010). A factor of infinity pins b_j to m_j, as a column without spread does. Throws
/// std::invalid_argument where a value is out of range or the data contain NaN or infinity.
template <Real T>
ElasticNetPaths elastic_net(const RidgeData<T>& data, const Box& box,
                            const ElasticNetOptions& options, Monitor& monitor);

/// The same for features in a sparse matrix; data.x is left empty. X is neither made dense nor
/// centred in memory.
template <Real T>
ElasticNetPaths sparse_elastic_net(const SparseView<T>& x, const RidgeData<T>& data, const Box& box,
                                   const ElasticNetOptions& options, Monitor& monitor);

/// elastic_net() of the rows whose moments these are.
ElasticNetPaths elastic_net(const Moments& moments, const RidgePenalty& penalty, const Box& box,
                            const ElasticNetOptions& options, Monitor& monitor);

/// The largest number of features for which elastic_net_small() may return true.
inline constexpr Index elastic_net_small_max_features = 32;

/// What is asked of elastic_net_small().
struct SmallElasticNet {
  double alpha;
  double l1_ratio;
  bool fit_intercept;
};

/// elastic_net() at one alpha for one target with unit weights and factors, without bounds and
/// prior means, to info.tolerance. False, with unspecified outputs, where the fit needs more than
/// well-conditioned faces of a few features' Gram matrix: elastic_net() then fits it, or says what
/// is wrong with the data. `path` must be empty.
bool elastic_net_small(MatrixView<double> x, MatrixView<double> y, const SmallElasticNet& asked,
                       ElasticNetPath& path, ElasticNetInfo& info);

/// Fits to all rows and to every training set, at the alphas of all rows.
struct ElasticNetSplits {
  ElasticNetPaths all;
  std::vector<ElasticNetPaths> split;
  std::vector<double> sse;     ///< (splits x alphas x targets) sum over test rows of w error^2;
                               ///< max_features does not end the paths of splits
  std::vector<double> weight;  ///< sum of w over the test rows of each split
};

/// Options, and the values of l1_ratio that stand in the place of that of the options.
struct NetRatios {
  ElasticNetOptions options;
  std::span<const double> l1_ratios;
};

/// Cross-validates elastic_net() for each of the values of l1_ratio, at least one: tall data are
/// read once for all of them. All targets and splits share the grid of the fit to all rows. An
/// interruption ends the list with the value at which it came.
template <Real T>
std::vector<ElasticNetSplits> elastic_net_splits(const RidgeData<T>& data, const Box& box,
                                                 const Splits& splits, const NetRatios& asked,
                                                 Monitor& monitor);

/// The same for features in a sparse matrix.
template <Real T>
std::vector<ElasticNetSplits> sparse_elastic_net_splits(const SparseView<T>& x,
                                                        const RidgeData<T>& data, const Box& box,
                                                        const Splits& splits,
                                                        const NetRatios& asked, Monitor& monitor);

/// Free coefficients of fits whose degrees of freedom are asked for: fit k has the features
/// columns[starts[k]] up to columns[starts[k + 1]], without the last, each with a positive ridge
/// term.
struct NetFaces {
  std::span<const std::int64_t> starts;
  std::span<const std::int64_t> columns;
  std::span<const double> ridge;
};

/// tr( G_A (G_A + diag(ridge_A))^-1 ) of every fit: the trace of the fitted values' derivative by y
/// (Tibshirani and Taylor 2012, theorem 2). `gram` holds the products of all features. Throws
/// std::invalid_argument where an argument does not fit, Interrupted.
std::vector<double> net_traces(MatrixView<double> gram, const NetFaces& faces, int n_threads,
                               Monitor& monitor);

/// Where the penalty is on the norms |B_j| of rows of n_outputs coefficients: each has the
/// curvature a1_j / |B_j| across its direction u_j = B_j / |B_j| as well.
struct RowFaces {
  NetFaces rows;
  std::span<const double> curvature;   ///< not negative
  std::span<const double> directions;  ///< u_j of every row, one after another
  Index n_outputs = 1;
};

/// The same trace, over all outputs,
///   tr( (G_A (x) I) (G_A (x) I + blockdiag( ridge_j I + curvature_j (I - u_j u_j') ))^-1 )
/// (Vaiter, Deledalle, Fadili, Peyre and Dossal 2017, theorem 2), in matrices of the size of G_A.
/// The sum of the ridge term and the curvature is positive.
std::vector<double> grouped_net_traces(MatrixView<double> gram, const RowFaces& faces,
                                       int n_threads, Monitor& monitor);

}  // namespace elltwo
