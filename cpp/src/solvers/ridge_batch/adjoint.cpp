#include "elltwo/batch_adjoint.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "parallel/n_threads.hpp"
#include "solvers/ridge_batch/direct_problem.hpp"
#include "solvers/ridge_batch/problem.hpp"
#include "solvers/ridge_batch/team.hpp"
#include "solvers/shared/results.hpp"

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
                  const Results& results, std::span<double> coef, std::span<double> intercept) {
  BatchProblem<T> problems(data);
  auto one_thread = options;
  one_thread.n_threads = 1;
  try {
    const auto info = ridge(problems.take(k), one_thread, monitor, coef, intercept);
    if (info.status == Status::interrupted) throw Interrupted{};
    require_finite_results(results);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(naming_problem(data, k, error.what()));
  } catch (const std::overflow_error& error) {
    throw std::overflow_error(naming_problem(data, k, error.what()));
  }
}

template <Real T>
bool all_finite(const T* values, Index size) {
  double not_finite = 0.0;  // v - v is 0 or NaN
  for (Index i = 0; i < size; ++i) not_finite += static_cast<double>(values[i] - values[i]);
  return not_finite == 0.0;
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
    if (!problem_.take(batch_x(data_, k), batch_y(data_, k))) refuse_data(k, monitor);
    if (!problem_.factor(batch_alpha(data_, k), least_pivot_of_gradient)) {
      throw std::invalid_argument(
          naming_problem(data_, k,
                         "alpha is too small for a derivative: the system is singular to working "
                         "precision, got " +
                             std::to_string(batch_alpha(data_, k))));
    }
    const double* shift = upstream_.intercept.empty() ? nullptr : upstream_.intercept.data() + k * t;
    T* x = gradients_.x.data() + k * n * p;
    double* y = gradients_.y.data() + k * n * t;
    double& alpha = gradients_.alpha[k];
    alpha = problem_.adjoint(upstream_.coef.data() + k * t * p, shift, x, y);
    if (all_finite(x, n * p) && all_finite(y, n * t) && std::isfinite(alpha)) return;
    throw std::overflow_error("the gradient of problem " + std::to_string(k) +
                              " is beyond the range of floating-point numbers");
  }

 private:
  [[noreturn]] void refuse_data(Index k, Monitor& monitor) const {
    const Index p = data_.x.cols, t = data_.y.cols;
    std::vector<double> coef(t * p), intercept(t);
    fit_by_ridge(data_, k, options_, monitor, Results{coef, p, intercept}, coef, intercept);
    throw std::overflow_error(naming_problem(data_, k, "X or y is too large for a derivative"));
  }

  const BatchData<T>& data_;
  const RidgeOptions& options_;
  const BatchUpstream& upstream_;
  const BatchGradients<T>& gradients_;
  DirectProblem<T> problem_;
};

template <Real T>
void fit_direct(const BatchData<T>& data, const RidgeOptions& options, Monitor& monitor,
                const BatchResults& results, DirectProblem<T>& problem, Index k) {
  const Index p = data.x.cols, t = data.y.cols;
  const std::span coef(results.coef.data() + k * t * p, t * p);
  const std::span intercept(results.intercept.data() + k * t, t);
  const Results mine{coef, p, intercept};
  const double alpha = batch_alpha(data, k);
  if (std::isfinite(alpha) && problem.take(batch_x(data, k), batch_y(data, k)) &&
      problem.factor(alpha, least_pivot_of_fit)) {
    problem.fit(coef.data(), intercept.data());
    if (are_finite(mine)) return;
  }
  fit_by_ridge(data, k, options, monitor, mine, coef, intercept);
}

}  // namespace

template <Real T>
Status ridge_batch_direct(const BatchData<T>& data, const RidgeOptions& options, Monitor& monitor,
                          const BatchResults& results) {
  validate_direct(data, options);
  const auto fit_all = [&] {
    run_batch(data.n_problems, direct_chunk(data), direct_threads(data, options.n_threads), monitor,
              [&] {
                return [&, problem = DirectProblem<T>(data.x.rows, data.x.cols, data.y.cols,
                                                      options.fit_intercept)](
                           Index begin, Index end, Monitor& own) mutable {
                  for (Index k = begin; k < end; ++k) {
                    fit_direct(data, options, own, results, problem, k);
                  }
                };
              });
  };
  return completed(fit_all) ? Status::converged : Status::interrupted;
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
  if (!all_finite(upstream.coef.data(), static_cast<Index>(upstream.coef.size())) ||
      !all_finite(upstream.intercept.data(), static_cast<Index>(upstream.intercept.size()))) {
    throw std::invalid_argument("gradients of coef and intercept must be finite");
  }
  const auto differentiate_all = [&] {
    run_batch(data.n_problems, direct_chunk(data), direct_threads(data, options.n_threads), monitor,
              [&] {
                return [worker = AdjointWorker<T>(data, options, upstream, gradients)](
                           Index begin, Index end, Monitor& own) mutable {
                  for (Index k = begin; k < end; ++k) worker.run(k, own);
                };
              });
  };
  return completed(differentiate_all) ? Status::converged : Status::interrupted;
}

template Status ridge_batch_direct<double>(const BatchData<double>&, const RidgeOptions&, Monitor&,
                                           const BatchResults&);
template Status ridge_batch_direct<float>(const BatchData<float>&, const RidgeOptions&, Monitor&,
                                          const BatchResults&);
template Status ridge_batch_adjoint<double>(const BatchData<double>&, const RidgeOptions&,
                                            const BatchUpstream&, Monitor&,
                                            const BatchGradients<double>&);
template Status ridge_batch_adjoint<float>(const BatchData<float>&, const RidgeOptions&,
                                           const BatchUpstream&, Monitor&,
                                           const BatchGradients<float>&);

}  // namespace elltwo
