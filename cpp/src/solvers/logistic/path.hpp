#pragma once

#include "elltwo/logistic.hpp"
#include "parallel/interruption.hpp"
#include "solvers/shared/results.hpp"

namespace elltwo {

/// The arguments of logistic_path(): the fits of a path, and where their answers go.
template <Real T>
struct LogisticPath {
  const LogisticData<T>& data;
  std::span<const double> alphas;
  const LogisticOptions& options;
  std::span<const double> start;  ///< outputs x features, then outputs; empty: none
  std::span<double> coef;         ///< alphas x outputs x features
  std::span<double> intercept;    ///< alphas x outputs

  /// The coefficients and intercepts of fit number a.
  double* coef_of(Index a) const { return coef.data() + a * data.n_outputs() * data.x.cols; }
  double* intercept_of(Index a) const { return intercept.data() + a * data.n_outputs(); }
  Index n_alphas() const { return static_cast<Index>(alphas.size()); }

  // Fits are the units of the work, unless there is one alone: it may be a part of another path.
  void plan(Monitor& monitor) const {
    if (n_alphas() > 1) monitor.plan(n_alphas());
  }
  void finish_one(Monitor& monitor) const {
    if (n_alphas() > 1) monitor.finish();
  }
};

/// Calls f, which fits a path and returns what there is to report of each fit. If it is
/// interrupted, all fits are reported as interrupted. Throws as require_finite_results() does.
template <Real T, class F>
std::vector<LogisticInfo> reported_path(const LogisticPath<T>& path, F&& f) {
  std::vector<LogisticInfo> infos(path.alphas.size());
  if (completed([&] { infos = f(); })) {
    require_finite_results({path.coef, path.data.x.cols, path.intercept});
    return infos;
  }
  for (auto& info : infos) info.status = Status::interrupted;
  return infos;
}

}  // namespace elltwo
