#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "elltwo/batch_adjoint.hpp"
#include "parallel/n_threads.hpp"
#include "solvers/ridge_batch/direct_problem.hpp"
#include "solvers/ridge_batch/problem.hpp"
#include "solvers/ridge_batch/team.hpp"
#include "solvers/shared/results.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo {
namespace {

// Least pivot in units of its diagonal with which a factor alone serves: the relative error of a
// fit is then about 1e-6 at most in theory and far less in practice.
constexpr double least_pivot_of_fit = 1e-10;
// Least pivot with which there is a derivative at all.
constexpr double least_pivot_of_gradient = 1e-14;

// Operations of a problem, about.
template <Real T>
double direct_work(const BatchData<T>& data) {
  const double n = static_cast<double>(data.x.rows), p = static_cast<double>(data.x.cols);
  const double t = static_cast<double>(data.y.cols);
  const double s = std::min(n, p);
  return s * s * (std::max(n, p) + s / 3.0) + 12.0 * n * p * t + 4.0 * s * s * t;
}

template <Real T>
Index direct_chunk(const BatchData<T>& data) {
  return std::max<Index>(1, static_cast<Index>(1e6 / direct_work(data)));
}

template <Real T>
int direct_threads(const BatchData<T>& data, int asked) {
  return threads_for(asked, direct_work(data) * static_cast<double>(data.n_problems));
}

template <Real T>
void validate_direct(const BatchData<T>& data, const RidgeOptions& options) {
  validate_batch(data, options);
  if (data.starts.empty() && data.order.empty() && data.penalty_factors.empty() &&
      data.prior_mean.empty() && data.sample_weight.empty() && !options.penalize_intercept) {
    return;
  }
  throw std::invalid_argument("problems of a direct fit must have neither weights nor priors");
}

// Fits problem k as ridge() does, which also names what is wrong with its data.
template <Real T>
void fit_by_ridge(const BatchData<T>& data, Index k, const RidgeOptions& options, Monitor& monitor,
                  std::span<double> coef, std::span<double> intercept) {
  BatchProblem<T> problems(data);
  auto one_thread = options;
  one_thread.n_threads = 1;
  with_named_problem(data, k, [&] {
    const auto info = ridge(problems.take(k), one_thread, monitor, coef, intercept);
    if (info.status == Status::interrupted) throw Interrupted{};
  });
}

/// Gradients of problems on one thread.
template <Real T>
class AdjointWorker {
 public:
  AdjointWorker(const BatchData<T>& data, const RidgeOptions& options,
                const BatchUpstream& upstream, const BatchGradients<T>& gradients)
      : data_(data),
        options_(options),
        upstream_(upstream),
        gradients_(gradients),
        problem_(data.x.rows, data.x.cols, data.y.cols, options.fit_intercept) {}

  void run(Index k, Monitor& monitor) {
    const Index n = data_.x.rows, p = data_.x.cols, t = data_.y.cols;
    problem_.take(batch_x(data_, k), batch_y(data_, k));
    const Index size = problem_.kept_size();
    if (upstream_.kept.empty() || !problem_.restore(upstream_.kept.data() + k * size)) {
      solve(k, monitor);
    }
    const double* shift =
        upstream_.intercept.empty() ? nullptr : upstream_.intercept.data() + k * t;
    const auto x = gradients_.x.subspan(k * n * p, n * p);
    const auto y = gradients_.y.subspan(k * n * t, n * t);
    double& alpha = gradients_.alpha[k];
    alpha = problem_.adjoint(upstream_.coef.data() + k * t * p, shift, x.data(), y.data());
    if (are_finite<T>(x) && are_finite<double>(y) && std::isfinite(alpha)) return;
    throw std::overflow_error("the gradient of problem " + std::to_string(k) +
                              " is beyond the range of floating-point numbers");
  }

 private:
  void solve(Index k, Monitor& monitor) {
    if (!problem_.form_system()) refuse_data(k, monitor);
    const double alpha = batch_alpha(data_, k);
    if (problem_.solve_system(alpha, least_pivot_of_gradient)) return;
    throw std::invalid_argument(naming_problem(
        data_, k,
        "alpha is too small for a derivative: the system is singular to working precision, got " +
            show(alpha)));
  }

  [[noreturn]] void refuse_data(Index k, Monitor& monitor) const {
    const Index p = data_.x.cols, t = data_.y.cols;
    std::vector<double> coef(t * p), intercept(t);
    fit_by_ridge(data_, k, options_, monitor, coef, intercept);
    throw std::overflow_error(naming_problem(data_, k, "X or y is too large for a derivative"));
  }

  const BatchData<T>& data_;
  const RidgeOptions& options_;
  const BatchUpstream& upstream_;
  const BatchGradients<T>& gradients_;
  DirectProblem<T> problem_;
};

/// Fits problems on one thread.
template <Real T>
class DirectWorker {
 public:
  DirectWorker(const BatchData<T>& data, const RidgeOptions& options, const BatchResults& results,
               std::span<double> kept)
      : data_(data),
        options_(options),
        results_(results),
        kept_(kept),
        problem_(data.x.rows, data.x.cols, data.y.cols, options.fit_intercept) {}

  void run(Index k, Monitor& monitor) {
    const Index p = data_.x.cols, t = data_.y.cols, size = problem_.kept_size();
    const std::span coef(results_.coef.data() + k * t * p, t * p);
    const std::span intercept(results_.intercept.data() + k * t, t);
    double* kept = kept_.empty() ? nullptr : kept_.data() + k * size;
    if (is_solved(k)) {
      problem_.fit(coef.data(), intercept.data());
      if (kept != nullptr) problem_.keep(kept);
      if (are_finite({coef, p, intercept})) return;
    }
    if (kept != nullptr) std::fill_n(kept, size, std::numeric_limits<double>::quiet_NaN());
    fit_by_ridge(data_, k, options_, monitor, coef, intercept);
  }

 private:
  bool is_solved(Index k) {
    const double alpha = batch_alpha(data_, k);
    if (std::isinf(alpha)) return false;
    problem_.take(batch_x(data_, k), batch_y(data_, k));
    return problem_.form_system() && problem_.solve_system(alpha, least_pivot_of_fit);
  }

  const BatchData<T>& data_;
  const RidgeOptions& options_;
  const BatchResults& results_;
  std::span<double> kept_;
  DirectProblem<T> problem_;
};

/// Calls run(k, monitor) of a Worker, made of the arguments, for every problem.
template <class Worker, Real T, class... Arguments>
[[nodiscard]] Status run_direct(const BatchData<T>& data, const RidgeOptions& options,
                                Monitor& monitor, const Arguments&... arguments) {
  const auto run_all = [&] {
    run_batch(data.n_problems, direct_chunk(data), direct_threads(data, options.n_threads), monitor,
              [&] {
                return [worker = Worker(data, options, arguments...)](Index begin, Index end,
                                                                      Monitor& own) mutable {
                  for (Index k = begin; k < end; ++k) worker.run(k, own);
                };
              });
  };
  return completed(run_all) ? Status::converged : Status::interrupted;
}

}  // namespace

template <Real T>
Status ridge_batch_direct(const BatchData<T>& data, const RidgeOptions& options, Monitor& monitor,
                          const BatchResults& results, std::span<double> kept) {
  validate_direct(data, options);
  return run_direct<DirectWorker<T>>(data, options, monitor, results, kept);
}

template <Real T>
Status ridge_batch_adjoint(const BatchData<T>& data, const RidgeOptions& options,
                           const BatchUpstream& upstream, Monitor& monitor,
                           const BatchGradients<T>& gradients) {
  validate_direct(data, options);
  const auto infinite = std::ranges::find_if(data.alpha, [](double a) { return std::isinf(a); });
  if (infinite != data.alpha.end()) {
    throw std::invalid_argument("alpha must be finite where it is differentiated, got inf");
  }
  if (!are_finite(upstream.coef) || !are_finite(upstream.intercept)) {
    throw std::invalid_argument("gradients of coef and intercept must be finite");
  }
  return run_direct<AdjointWorker<T>>(data, options, monitor, upstream, gradients);
}

template Status ridge_batch_direct<double>(const BatchData<double>&, const RidgeOptions&, Monitor&,
                                           const BatchResults&, std::span<double>);
template Status ridge_batch_direct<float>(const BatchData<float>&, const RidgeOptions&, Monitor&,
                                          const BatchResults&, std::span<double>);
template Status ridge_batch_adjoint<double>(const BatchData<double>&, const RidgeOptions&,
                                            const BatchUpstream&, Monitor&,
                                            const BatchGradients<double>&);
template Status ridge_batch_adjoint<float>(const BatchData<float>&, const RidgeOptions&,
                                           const BatchUpstream&, Monitor&,
                                           const BatchGradients<float>&);

}  // namespace elltwo
