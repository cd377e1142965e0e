#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "elltwo/ridge.hpp"
#include "elltwo/rolling.hpp"
#include "parallel/n_threads.hpp"
#include "solvers/ridge/validate.hpp"
#include "solvers/ridge_rolling/steps.hpp"
#include "solvers/shared/results.hpp"

namespace elltwo {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Condition above which moments determine the coefficients to fewer than about 11 digits.
constexpr double condition_exact = 1e4;

// Throws std::invalid_argument unless starts, which are not empty, are as RollingData say.
template <Real T>
void validate_starts(const RollingData<T>& data, const RollingOptions& options) {
  const auto n = static_cast<Index>(data.starts.size());
  if (n != data.x.rows) {
    throw std::invalid_argument("starts must have length " + std::to_string(data.x.rows) +
                                ", got " + std::to_string(n));
  }
  if (options.window > 0 || !std::isinf(options.half_life)) {
    throw std::invalid_argument("starts must be empty where there is a window or a half_life");
  }
  Index least = 0;
  for (Index i = 0; i < n; ++i) {
    const Index start = data.starts[i];
    if (start < least || start > i) {
      throw std::invalid_argument("starts must be in [" + std::to_string(least) + ", " +
                                  std::to_string(i) + "] at row " + std::to_string(i) + ", got " +
                                  std::to_string(start));
    }
    least = start;
  }
}

template <Real T>
void validate_rolling(const RollingData<T>& data, const RollingOptions& options) {
  validate<T>({.x = data.x,
               .y = data.y,
               .alpha = {&data.alpha, 1},
               .penalty_factors = data.penalty_factors,
               .prior_mean = {},
               .sample_weight = data.sample_weight},
              {.n_threads = options.n_threads});
  const auto refuse = [](const std::string& what, auto got) {
    throw std::invalid_argument(what + ", got " + std::to_string(got));
  };
  if (options.window < 0) refuse("window must be at least 1", options.window);
  if (!(options.half_life > 0.0)) refuse("half_life must be positive", options.half_life);
  if (options.window > 0 && !std::isinf(options.half_life)) {
    refuse("half_life must be infinite where there is a window", options.half_life);
  }
  if (options.min_periods < 1) refuse("min_periods must be at least 1", options.min_periods);
  if (options.window > 0 && options.min_periods > options.window) {
    refuse("min_periods must not exceed the window", options.min_periods);
  }
  if (!data.starts.empty()) validate_starts(data, options);
}

// Writes the number of rows that count in the window of each step.
template <Real T>
void count_rows(const RollingRows<T>& rows, const RollingOptions& options,
                std::span<std::int64_t> n_rows) {
  std::int64_t count = 0;
  Index gone = 0;
  for (Index i = 0; i < rows.size(); ++i) {
    count += rows.counts(i);
    for (const Index first = rows.first_row(i, options.window); gone < first; ++gone) {
      count -= rows.counts(gone);
    }
    n_rows[i] = count;
  }
}

/// Writes the predictions that the kernels have not: those of rows that do not count, and those by
/// steps that were fitted from their rows.
template <Real T>
void predict_left_out(const RollingSteps<T>& steps) {
  const Index p = steps.rows.data().x.cols;
  const Index targets = steps.rows.n_targets();
  const auto& out = steps.results;
  for (Index i = 1; i < steps.rows.size(); ++i) {
    if (steps.rows.counts(i) && steps.poor[i - 1] == 0) continue;
    for (Index t = 0; t < targets; ++t) {
      const Index before = (i - 1) * targets + t;
      out.prediction[before + targets] =
          out.intercept[before] + steps.rows.product(i, out.coef.data() + before * p);
    }
  }
}

// Throws std::overflow_error, naming the step, where a fit holds NaN or infinity.
template <Real T>
void require_finite_fits(const RollingSteps<T>& steps) {
  const Index p = steps.rows.data().x.cols;
  const Index t = steps.rows.n_targets();
  const auto& out = steps.results;
  const auto results = [&](Index first, Index last) {
    const Index n = (last - first) * t;
    return Results{out.coef.subspan(first * t * p, n * p), p, out.intercept.subspan(first * t, n)};
  };
  for (Index first = 0, last = 0; first < steps.rows.size(); first = last) {
    const bool fitted = steps.has_fit(first);
    while (last < steps.rows.size() && steps.has_fit(last) == fitted) ++last;
    if (!fitted || are_finite(results(first, last))) continue;
    for (Index i = first; i < last; ++i) {
      try {
        require_finite_results(results(i, i + 1));
      } catch (const std::overflow_error& error) {
        throw std::overflow_error(naming_step(i, error.what()));
      }
    }
  }
}

}  // namespace

template <Real T>
RollingSteps<T>::RollingSteps(const RollingRows<T>& r, const RollingOptions& o,
                              const RollingResults& out)
    : rows(r),
      options(o),
      results(out),
      shape{.features = static_cast<Index>(r.features().size()),
            .targets = r.n_targets(),
            .centred = o.fit_intercept},
      kernels(window::kernels()),
      decay(std::exp2(-1.0 / o.half_life)),
      poor(r.size()) {}

template <Real T>
void RollingSteps<T>::write_nothing(Index i) const {
  const Index targets = shape.targets;
  const Index p = rows.data().x.cols;
  std::fill_n(results.coef.data() + i * targets * p, targets * p, nan);
  std::fill_n(results.intercept.data() + i * targets, targets, nan);
  std::fill_n(results.residual_variance.data() + i * targets, targets, nan);
  if (i + 1 < rows.size()) std::fill_n(results.prediction.data() + (i + 1) * targets, targets, nan);
}

template <Real T>
void write_fits(RollingSteps<T>& steps, Index first, Index n_steps, const double* record,
                RollingWorst& worst) {
  const auto& shape = steps.shape;
  const auto& out = steps.results;
  const Index columns = steps.rows.data().x.cols;
  const Index targets = shape.targets;
  const Index n = std::min(n_steps, steps.rows.size() - first);
  const Index record_step = steps.record() * steps.kernels.width;
  RollingWorst mine;
  for (Index k = 0; k < n; ++k, record += record_step) {
    const Index i = first + k;
    if (!steps.has_fit(i)) {
      steps.write_nothing(i);
      continue;
    }
    const double condition = record[shape.condition()];
    if (!(condition <= condition_exact)) {
      steps.poor[i] = 1;
      continue;
    }
    mine.take({condition, record[shape.optimality()]});
    double* coef = out.coef.data() + i * targets * columns;
    if (shape.features == columns) std::copy_n(record, targets * columns, coef);
    else steps.write_free(record, coef);
    const bool predicts = i + 1 < steps.rows.size();
    for (Index t = 0; t < targets; ++t) {
      const Index at = i * targets + t;
      out.intercept[at] = record[shape.intercept() + t];
      out.residual_variance[at] = record[shape.variance() + t];
      if (predicts) {
        out.prediction[at + targets] = record[shape.prediction() + t];
      }
    }
  }
  worst.take(mine);
}

template <Real T>
void RollingSteps<T>::write_free(const double* record, double* coef) const {
  const Index columns = rows.data().x.cols;
  std::fill_n(coef, shape.targets * columns, 0.0);
  for (Index t = 0; t < shape.targets; ++t, coef += columns) {
    for (const Index j : rows.features()) coef[j] = *record++;
  }
}

template <Real T>
void leave_to_refits(RollingSteps<T>& steps) {
  for (Index i = 0; i < steps.rows.size(); ++i) {
    if (steps.has_fit(i)) steps.poor[i] = 1;
    else steps.write_nothing(i);
  }
}

template <Real T>
SolveInfo ridge_rolling(const RollingData<T>& data, const RollingOptions& options, Monitor& monitor,
                        const RollingResults& results) {
  validate_rolling(data, options);
  const RollingRows<T> rows(data, options);
  count_rows(rows, options, results.n_rows);
  RollingSteps<T> steps(rows, options, results);
  std::fill_n(results.prediction.data(), rows.n_targets(), nan);
  const auto p = static_cast<double>(steps.shape.features + 1);
  const double work = static_cast<double>(rows.size()) * p * p * (p + 10.0);
  SolveInfo info{.solver = Solver::cholesky,
                 .reason = "p x p normal equations from the moments of each window",
                 .tolerance = 1e-10,
                 .rank = steps.shape.features};
  info.n_threads = threads_for(options.n_threads, work);
  Relay relay(monitor);
  RollingWorst worst;
  const auto fit_all = [&] {
    if (!data.starts.empty()) fit_varying(steps, relay, info.n_threads, worst);
    else if (options.window > 0) fit_windows(steps, relay, info.n_threads, worst);
    else fit_growing(steps, relay, info.n_threads, worst);
    info.optimality = std::sqrt(worst.optimality);
    info.rcond = 1.0 / (std::max(1.0, p - 1.0) * worst.condition);
    refit_poor(steps, relay, info.n_threads, info);
    predict_left_out(steps);
    require_finite_fits(steps);
  };
  if (!completed(fit_all)) info.status = Status::interrupted;
  return info;
}

template struct RollingSteps<double>;
template struct RollingSteps<float>;
template void write_fits<double>(RollingSteps<double>&, Index, Index, const double*, RollingWorst&);
template void write_fits<float>(RollingSteps<float>&, Index, Index, const double*, RollingWorst&);
template void leave_to_refits<double>(RollingSteps<double>&);
template void leave_to_refits<float>(RollingSteps<float>&);
template SolveInfo ridge_rolling<double>(const RollingData<double>&, const RollingOptions&,
                                         Monitor&, const RollingResults&);
template SolveInfo ridge_rolling<float>(const RollingData<float>&, const RollingOptions&, Monitor&,
                                        const RollingResults&);

}  // namespace elltwo
