#include "solvers/logistic/wide.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/sum_over.hpp"
#include "solvers/logistic/gap_bound.hpp"
#include "solvers/logistic/nearest.hpp"
#include "solvers/logistic/tall.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr int most_corrections = 6;

/// A correction that leaves more than this part of the discrepancy is not repeated as it is: the
/// kernel is formed in double, or the reduced problem solved more closely.
constexpr double correction_contraction = 0.01;

/// Part of the tolerance to which the reduced problem is solved. Coefficients are residuals over
/// alpha, so that what is left of the reduced gradient grows with them.
constexpr double reduced_share = 1e-3;
constexpr double least_reduced_tol = 1e-14;

/// Part of the discrepancy that is allowed for when the reduced problem is solved more closely.
constexpr double closer_share = 0.1;

/// Difference of predictors up to which a divergence is bounded by its series.
constexpr double small_difference = 1.0;

/// exp(x) - 1 - x without cancellation.
double exponential_excess(double x) {
  return std::abs(x) < 1e-3 ? 0.5 * x * x * (1.0 + x / 3.0 + x * x) : std::expm1(x) - x;
}

/// An upper bound of KL(q || p) for probabilities q and p whose linear predictors differ by `by`.
/// Sets the variance of the difference under q. log(sum_k q_k exp(-e_k)) is the divergence, with e
/// the difference less its mean, and log(1 + x) <= x. Infinite where differences are large, since q
/// may have underflowed: such fits are far from the minimum.
double divergence_from(const std::vector<double>& q, const std::vector<double>& by,
                       double& variance) {
  double mean = 0.0, low = by[0], high = by[0];
  for (std::size_t k = 0; k < q.size(); ++k) {
    mean += q[k] * by[k];
    low = std::min(low, by[k]);
    high = std::max(high, by[k]);
  }
  double excess = 0.0;
  variance = 0.0;
  for (std::size_t k = 0; k < q.size(); ++k) {
    const double e = by[k] - mean;
    excess += q[k] * exponential_excess(-e);
    variance += q[k] * e * e;
  }
  return high - low <= small_difference ? excess : infinity;
}

/// A fit of the reduced problem. Predictors are rows x outputs.
struct ReducedFit {
  std::vector<double> coef;       ///< outputs x n_reduced, then the intercepts
  std::vector<double> predictor;  ///< with offsets and corrections
  std::vector<double> penalised;  ///< the part of the columns of L in it
  LogisticInfo info;
};

/// Fits of the reduced problem, corrected until they fit the data.
template <Real T>
class WideLogistic {
 public:
  WideLogistic(const LogisticPath<T>& path, Monitor& monitor)
      : data_(path.data),
        options_(path.options),
        monitor_(monitor),
        problem_(path.data, path.options, monitor) {
    problem_.prepare(WideProblem<T>::Products::automatic);
  }

  LogisticInfo fit(double alpha, double* coef, double* intercept);

 private:
  double reduced_tol() const {
    return std::max(std::min(least_reduced_tol, options_.tol), reduced_share * options_.tol);
  }
  void set_predictors();
  double objective_at(const std::vector<double>& point, double reduced_alpha);
  void choose_start(double reduced_alpha);
  void reduce(double reduced_alpha, const std::vector<double>& correction, double tol);
  double discrepancy(const std::vector<double>& r, const std::vector<double>& rho) const;
  double bound(double alpha, const std::vector<double>& r, const std::vector<double>& z) const;
  void fit_penalised(double alpha, double* coef);
  void fit_unpenalised(double* coef, double* intercept);

  const LogisticData<T>& data_;
  const LogisticOptions& options_;
  Monitor& monitor_;
  WideProblem<T> problem_;
  ReducedFit fit_;  ///< the last one, from which the next starts
};

// Fits the reduced problem, to `tol`, with `correction` added to its predictors.
template <Real T>
void WideLogistic<T>::reduce(double reduced_alpha, const std::vector<double>& correction,
                             double tol) {
  std::vector<double> offset = problem_.offset();
  for (std::size_t i = 0; i < offset.size(); ++i) offset[i] += correction[i];
  const bool plain = std::all_of(offset.begin(), offset.end(), [](double o) { return o == 0.0; });
  auto data = problem_.reduced_data();
  if (!plain) data.offset = offset;
  const Index outputs = data_.n_outputs();
  const Index width = problem_.n_reduced();
  const std::vector<double> start = fit_.coef;
  fit_.coef.resize(outputs * (width + 1));
  const std::span<double> all(fit_.coef);
  const LogisticInfo before = fit_.info;
  LogisticOptions options = options_;
  options.tol = tol;
  const LogisticPath<double> path{data,  {&reduced_alpha, 1},        options,
                                  start, all.first(outputs * width), all.subspan(outputs * width)};
  fit_.info = logistic_tall(path, monitor_).front();
  fit_.info.n_iter += before.n_iter;
  fit_.info.n_passes = before.n_passes;
  fit_.predictor = std::move(offset);
  set_predictors();
}

// Adds the predictors of the coefficients to the offsets in fit_.predictor, and sets
// fit_.penalised.
template <Real T>
void WideLogistic<T>::set_predictors() {
  const Index outputs = data_.n_outputs();
  const Index width = problem_.n_reduced();
  const Index n = problem_.n_rows();
  fit_.penalised.resize(fit_.predictor.size());
  for (Index k = 0; k < n; ++k) {
    const double* x = problem_.reduced_row(k);
    for (Index o = 0; o < outputs; ++o) {
      const double* c = fit_.coef.data() + o * width;
      const Index at = k * outputs + o;
      fit_.penalised[at] = sum_over(n, [&](Index j) { return x[j] * c[j]; });
      double z = fit_.penalised[at] + fit_.coef[outputs * width + o];
      for (Index j = n; j < width; ++j) z += x[j] * c[j];
      fit_.predictor[at] += z;
    }
  }
}

// The objective at a point of the reduced problem, which becomes that of the fit.
template <Real T>
double WideLogistic<T>::objective_at(const std::vector<double>& point, double reduced_alpha) {
  fit_.coef = point;
  fit_.predictor = problem_.offset();
  set_predictors();
  double loss = 0.0;
  problem_.residuals(fit_.predictor, loss);
  const Index width = problem_.n_reduced();
  double squares = 0.0;
  for (Index o = 0; o < data_.n_outputs(); ++o) {
    const double* u = point.data() + o * width;
    squares += sum_over(problem_.n_rows(), [&](Index j) { return u[j] * u[j]; });
  }
  return loss + (squares == 0.0 ? 0.0 : 0.5 * reduced_alpha * squares);
}

// With prior means, starts from the last fit or the prior means, or from the model without
// predictors if the objective is lower there: prior means may leave every row saturated.
template <Real T>
void WideLogistic<T>::choose_start(double reduced_alpha) {
  const auto null = options_.max_iter > 0 ? problem_.null_start() : std::vector<double>{};
  if (null.empty()) return;
  const auto last = fit_.coef.empty() ? problem_.prior_start() : std::move(fit_.coef);
  const double at_last = objective_at(last, reduced_alpha);
  if (!(objective_at(null, reduced_alpha) < at_last)) fit_.coef = last;
}

// |rho - r| / |r|: if u = r / alpha gives predictors with other residuals rho, the gradient of
// coefficient j is up to |x_j| |rho - r|.
template <Real T>
double WideLogistic<T>::discrepancy(const std::vector<double>& r,
                                    const std::vector<double>& rho) const {
  double size = 0.0;
  double off = 0.0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    const double w = problem_.weight(static_cast<Index>(i) / data_.n_outputs());
    size += r[i] * r[i] / w;
    off += (rho[i] - r[i]) * (rho[i] - r[i]) / w;
  }
  return off > 0.0 ? std::sqrt(off / size) : 0.0;
}

// An upper bound of objective - minimum, in scaled weights, at coefficients b - m = F^-1 Z^T r /
// alpha whose predictors are z. r are the residuals of the predictors of the reduced fit, with the
// probabilities q. Duality (see gap_bound.hpp): the penalties leave nothing, by the choice of b,
// and sum_i w_i KL(q_i || p_i), p_i being the probabilities of z, is the bound where columns
// without a penalty have no gradient at q. Otherwise a tilt of q, with decrement d, adds at most d,
// the root of d times the variance of log(q / p), and |Z^T W^1/2|^2 d / (2 alpha).
template <Real T>
double WideLogistic<T>::bound(double alpha, const std::vector<double>& r,
                              const std::vector<double>& z) const {
  const Index outputs = data_.n_outputs();
  const Index n = problem_.n_rows();
  const Index n_features = problem_.n_reduced() - n;
  const Index n_free = n_features + (options_.fit_intercept ? 1 : 0);
  if (!worth_free_step(outputs, n_free)) return infinity;
  std::vector<double> curvature(n * outputs), weight(n), x;
  std::vector<double> slope(outputs * n_free, 0.0);
  double divergence = 0.0, variance = 0.0, trace = 0.0;
  std::vector<double> q(std::max<Index>(2, outputs)), by(q.size());
  for (Index i = 0; i < n; ++i) {
    const double w = weight[i] = problem_.weight(i);
    const double* off = fit_.predictor.data() + i * outputs;
    const bool binary = outputs == 1;
    for (Index k = 0; k < outputs; ++k) {
      const double y = problem_.label(i) == (binary ? 1 : k) ? 1.0 : 0.0;
      q[k] = std::clamp(y - r[i * outputs + k] / w, 0.0, 1.0);
      by[k] = off[k] - z[i * outputs + k];
      curvature[i * outputs + k] = binary ? w * q[k] * (1.0 - q[k]) : q[k];
    }
    if (binary) {
      q[1] = 1.0 - q[0];
      by[1] = 0.0;
    }
    double spread = 0.0;
    divergence += w * divergence_from(q, by, spread);
    variance += w * spread;
    const double* row = problem_.reduced_row(i);
    trace += w * sum_over(n, [&](Index j) { return row[j] * row[j]; });
    for (Index u = 0; u < n_free; ++u) {
      x.push_back(u < n_features ? row[n + u] : 1.0);
      for (Index k = 0; k < outputs; ++k) slope[k * n_free + u] += x.back() * r[i * outputs + k];
    }
  }
  const RowCurvature rows{.n = n,
                          .outputs = outputs,
                          .curvature = curvature.data(),
                          .row_stride = outputs,
                          .output_stride = 1,
                          .weight = weight.data()};
  const auto tilt = free_step(rows, x.data(), n_free, slope, monitor_);
  const bool known = tilt.known && tilt.range < 1.0;
  if (!known && n_features > 0) return infinity;
  if (!known || divergence == infinity) return fit_.info.objective;
  return divergence + tilt.decrement * (1.0 + 0.5 * trace / problem_.reduced_alpha(alpha)) +
         std::sqrt(tilt.decrement * variance);
}

// Corrections: the difference between the predictors of the coefficients and those of the reduced
// features is added to the latter as an offset.
template <Real T>
void WideLogistic<T>::fit_penalised(double alpha, double* coef) {
  std::vector<double> correction(problem_.offset().size(), 0.0);
  double last = infinity;
  fit_.info = {};
  choose_start(problem_.reduced_alpha(alpha));
  double tol = reduced_tol();
  for (int step = 0; step < most_corrections; ++step) {
    reduce(problem_.reduced_alpha(alpha), correction, tol);
    double loss = 0.0;
    const auto r = problem_.residuals(fit_.predictor, loss);
    const auto fitted = problem_.expand(r, alpha, coef);
    ++fit_.info.n_passes;
    std::vector<double> z(fitted.size());
    for (std::size_t i = 0; i < z.size(); ++i) {
      z[i] = fit_.predictor[i] - correction[i] - fit_.penalised[i] + fitted[i];
      correction[i] = fitted[i] - fit_.penalised[i];
    }
    const double off = discrepancy(r, problem_.residuals(z, fit_.info.loss));
    fit_.info.optimality += off;
    fit_.info.objective = fit_.info.loss + problem_.penalty(coef, alpha) * problem_.weight_scale();
    fit_.info.gap = relative_gap(bound(alpha, r, z), fit_.info.objective);
    if (fit_.info.status == Status::separable) break;
    if (fit_.info.optimality <= options_.tol) break;
    if (!(off <= correction_contraction * last)) {
      if (problem_.in_float() || tol <= least_reduced_tol) break;
      tol = std::max(least_reduced_tol, closer_share * tol * options_.tol / off);
    }
    last = off;
  }
  fit_.info.tolerance = options_.tol;
  if (fit_.info.status == Status::separable) return;
  fit_.info.status =
      fit_.info.optimality <= options_.tol ? Status::converged : Status::max_iter_reached;
}

// Without a penalty the reduced problem determines the predictors alone.
template <Real T>
void WideLogistic<T>::fit_unpenalised(double* coef, double* intercept) {
  const std::vector<double> none(problem_.offset().size(), 0.0);
  problem_.reveal_rank();
  reduce(0.0, none, reduced_tol());
  fit_.info.loss = fit_.info.objective;
  RowPredictors z{problem_.rows(), fit_.predictor};
  for (std::size_t i = 0; i < z.value.size(); ++i) z.value[i] -= problem_.own_offset()[i];
  nearest_coefficients(data_, options_, monitor_, z, coef, intercept);
}

template <Real T>
LogisticInfo WideLogistic<T>::fit(double alpha, double* coef, double* intercept) {
  // A penalty that vanishes beside the squares of the data is none.
  const bool unpenalised = problem_.reduced_alpha(alpha) == 0.0;
  const auto fit_once = [&] {
    if (unpenalised) fit_unpenalised(coef, intercept);
    else fit_penalised(alpha, coef);
  };
  fit_once();
  if (fit_.info.status == Status::max_iter_reached && problem_.in_float()) {
    problem_.prepare_again_in_double();
    fit_once();
  }
  if (!unpenalised) problem_.write(fit_.coef, coef, intercept);
  problem_.restore_intercepts(intercept);
  fit_.info.loss /= problem_.weight_scale();
  fit_.info.objective = fit_.info.loss + problem_.penalty(coef, alpha);
  const bool asked = options_.solver != LogisticSolver::automatic;
  fit_.info.reason = asked ? "asked for, of the features reduced to one for each sample"
                           : "more penalised features than samples";
  return fit_.info;
}

}  // namespace

template <Real T>
std::vector<LogisticInfo> logistic_wide(const LogisticPath<T>& path, Monitor& monitor) {
  WideLogistic<T> wide(path, monitor);
  std::vector<LogisticInfo> infos;
  path.plan(monitor);
  for (Index a = 0; a < path.n_alphas(); ++a) {
    infos.push_back(wide.fit(path.alphas[a], path.coef_of(a), path.intercept_of(a)));
    path.finish_one(monitor);
  }
  return infos;
}

template std::vector<LogisticInfo> logistic_wide<double>(const LogisticPath<double>&, Monitor&);
template std::vector<LogisticInfo> logistic_wide<float>(const LogisticPath<float>&, Monitor&);

}  // namespace elltwo
