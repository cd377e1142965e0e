#include <cmath>

#include "elltwo/logistic.hpp"
#include "solvers/logistic/path.hpp"
#include "solvers/logistic/validate.hpp"
#include "solvers/logistic_bounded/descent.hpp"
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

template <Real T>
std::vector<LogisticInfo> fit_path(const LogisticPath<T>& path, const Box& box, Monitor& monitor) {
  std::vector<LogisticInfo> infos(path.alphas.size());
  BoundedLogistic<T> fits(path.data, box, path.options, monitor);
  for (Index a = 0; a < path.n_alphas(); ++a) {
    if (a == 0) fits.begin(path.alphas[a], path.start);
    fits.fit(path.alphas[a], infos[a]);
    fits.write(path.alphas[a], path.coef_of(a), path.intercept_of(a), infos[a]);
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
  require_pinned_inside(data, alphas, box);
  const LogisticPath<T> path{data, alphas, options, start, coef, intercept};
  return reported_path(path, [&] { return fit_path(path, box, monitor); });
}

template std::vector<LogisticInfo> bounded_logistic_path<double>(
    const LogisticData<double>&, const Box&, std::span<const double>, const LogisticOptions&,
    Monitor&, std::span<const double>, std::span<double>, std::span<double>);
template std::vector<LogisticInfo> bounded_logistic_path<float>(
    const LogisticData<float>&, const Box&, std::span<const double>, const LogisticOptions&,
    Monitor&, std::span<const double>, std::span<double>, std::span<double>);

}  // namespace elltwo
