#include <cmath>

#include "elltwo/logistic.hpp"
#include "solvers/logistic/path.hpp"
#include "solvers/logistic/present_classes.hpp"
#include "solvers/logistic/validate.hpp"
#include "solvers/logistic_bounded/descent.hpp"
#include "solvers/logistic_bounded/sparse_matrix.hpp"
#include "solvers/shared/box.hpp"

namespace elltwo {
namespace {

// Throws std::invalid_argument if a coefficient that the penalty pins at some alpha lies outside
// the box.
template <Real T>
void require_pinned_inside(const LogisticData<T>& data, std::span<const double> alphas,
                           const Box& box) {
  bool all_pinned = false;
  for (const double alpha : alphas) all_pinned = all_pinned || std::isinf(alpha);
  for (Index j = 0; j < data.x.cols; ++j) {
    const double f = data.penalty_factors.empty() ? 1.0 : data.penalty_factors[j];
    if (!std::isinf(f) && !(all_pinned && f > 0.0)) continue;
    for (Index k = 0; k < data.n_outputs(); ++k) {
      const Index at = k * data.x.cols + j;
      require_inside(box, j, data.prior_mean.empty() ? 0.0 : data.prior_mean[at]);
    }
  }
}

// Moves coefficients that lie outside the box, prior means of empty classes, into it. Returns what
// this adds to the penalty.
template <Real T>
double move_into_box(const LogisticData<T>& data, const Box& box, double alpha,
                     std::span<double> coef) {
  double penalty = 0.0;
  for (std::size_t i = 0; i < coef.size(); ++i) {
    const auto j = static_cast<Index>(i) % data.x.cols;
    const double inside = clipped(box, j, coef[i]);
    if (inside == coef[i]) continue;
    const double f = data.penalty_factors.empty() ? 1.0 : data.penalty_factors[j];
    if (f > 0.0) penalty += 0.5 * alpha * f * (inside - coef[i]) * (inside - coef[i]);
    coef[i] = inside;
  }
  return penalty;
}

template <Real T>
std::vector<LogisticInfo> fit_path(const LogisticPath<T>& path, const Box& box, Monitor& monitor,
                                   LogisticMatrix* matrix) {
  std::vector<LogisticInfo> infos(path.alphas.size());
  BoundedLogistic<T> fits(path.data, box, path.options, monitor, matrix);
  path.plan(monitor);
  for (Index a = 0; a < path.n_alphas(); ++a) {
    if (a == 0) fits.begin(path.alphas[a], path.start);
    fits.fit(path.alphas[a], infos[a]);
    fits.write(path.alphas[a], path.coef_of(a), path.intercept_of(a), infos[a]);
    path.finish_one(monitor);
  }
  return infos;
}

// The fits of features in a matrix or, if that is null, in the data.
template <Real T>
std::vector<LogisticInfo> fit_in_box(const LogisticData<T>& data, const Box& box,
                                     std::span<const double> alphas, const LogisticOptions& options,
                                     Monitor& monitor, std::span<const double> start,
                                     std::span<double> coef, std::span<double> intercept,
                                     LogisticMatrix* matrix) {
  require_pinned_inside(data, alphas, box);
  auto infos = fit_present_classes(
      data, alphas.size(), options, start, coef, intercept,
      [&](const LogisticData<T>& present, std::span<const double> from, std::span<double> b,
          std::span<double> b0) {
        const LogisticPath<T> path{present, alphas, options, from, b, b0};
        return reported_path(path, [&] { return fit_path(path, box, monitor, matrix); });
      });
  for (std::size_t a = 0; a < infos.size(); ++a) {
    const std::size_t size = coef.size() / infos.size();
    infos[a].objective += move_into_box(data, box, alphas[a], coef.subspan(a * size, size));
  }
  return infos;
}

}  // namespace

template <Real T>
std::vector<LogisticInfo> bounded_logistic_path(const LogisticData<T>& data, const Box& box,
                                                std::span<const double> alphas,
                                                const LogisticOptions& options, Monitor& monitor,
                                                std::span<const double> start,
                                                std::span<double> coef,
                                                std::span<double> intercept) {
  validate(data, alphas, options, start);
  require_box(box, data.x.cols);
  if (is_unbounded(box)) {
    return logistic_path(data, alphas, options, monitor, start, coef, intercept);
  }
  return fit_in_box(data, box, alphas, options, monitor, start, coef, intercept, nullptr);
}

template <Real T>
std::vector<LogisticInfo> sparse_bounded_logistic_path(
    const SparseView<T>& x, const LogisticData<T>& data, const Box& box,
    std::span<const double> alphas, const LogisticOptions& options, Monitor& monitor,
    std::span<const double> start, std::span<double> coef, std::span<double> intercept) {
  LogisticData<T> shaped = data;
  shaped.x = {nullptr, x.rows, x.cols, 0, 0};
  validate(shaped, alphas, options, start);
  require_box(box, x.cols);
  if (is_unbounded(box)) {
    return sparse_logistic_path(x, data, alphas, options, monitor, start, coef, intercept);
  }
  SparseLogisticMatrix<T> matrix(checked_rows(x, options.n_threads), options, monitor);
  return fit_in_box(shaped, box, alphas, options, monitor, start, coef, intercept, &matrix);
}

template std::vector<LogisticInfo> bounded_logistic_path<double>(
    const LogisticData<double>&, const Box&, std::span<const double>, const LogisticOptions&,
    Monitor&, std::span<const double>, std::span<double>, std::span<double>);
template std::vector<LogisticInfo> bounded_logistic_path<float>(
    const LogisticData<float>&, const Box&, std::span<const double>, const LogisticOptions&,
    Monitor&, std::span<const double>, std::span<double>, std::span<double>);

template std::vector<LogisticInfo> sparse_bounded_logistic_path<double>(
    const SparseView<double>&, const LogisticData<double>&, const Box&, std::span<const double>,
    const LogisticOptions&, Monitor&, std::span<const double>, std::span<double>,
    std::span<double>);
template std::vector<LogisticInfo> sparse_bounded_logistic_path<float>(
    const SparseView<float>&, const LogisticData<float>&, const Box&, std::span<const double>,
    const LogisticOptions&, Monitor&, std::span<const double>, std::span<double>,
    std::span<double>);

}  // namespace elltwo
