#include "elltwo/logistic.hpp"

#include "solvers/logistic/small.hpp"
#include "solvers/logistic/tall.hpp"
#include "solvers/logistic/validate.hpp"
#include "solvers/logistic/wide.hpp"

namespace elltwo {
namespace {

// What classes have in common the loss does not see: at the minimum coefficients have as much of it as
// their means, and intercepts none by convention.
template <Real T>
void level(const LogisticData<T>& data, double* coef, double* intercept) {
  const Index outputs = data.n_outputs();
  const Index p = data.x.cols;
  const auto subtract_mean = [outputs](double* values, Index stride, const double* prior) {
    double sum = 0.0;
    for (Index k = 0; k < outputs; ++k) {
      sum += values[k * stride] - (prior != nullptr ? prior[k * stride] : 0.0);
    }
    for (Index k = 0; k < outputs; ++k) values[k * stride] -= sum / static_cast<double>(outputs);
  };
  const double* prior = data.prior_mean.empty() ? nullptr : data.prior_mean.data();
  for (Index j = 0; j < p; ++j) subtract_mean(coef + j, p, prior != nullptr ? prior + j : nullptr);
  subtract_mean(intercept, 1, nullptr);
}

template <Real T>
std::vector<LogisticInfo> fit_path(const LogisticData<T>& data, std::span<const double> alphas,
                                   const LogisticOptions& options, Monitor& monitor,
                                   std::span<const double> start, std::span<double> coef,
                                   std::span<double> intercept) {
  if (!WideLogistic<T>::suits(data)) {
    return logistic_tall(data, alphas, options, monitor, start, coef, intercept);
  }
  WideLogistic<T> wide(data, options, monitor);
  if (wide.prepare()) return wide.fit(alphas, coef, intercept);
  std::vector<LogisticInfo> infos(alphas.size());
  for (auto& info : infos) info.status = Status::interrupted;
  return infos;
}

}  // namespace

template <Real T>
std::vector<LogisticInfo> logistic_path(const LogisticData<T>& data, std::span<const double> alphas,
                                        const LogisticOptions& options, Monitor& monitor,
                                        std::span<const double> start, std::span<double> coef,
                                        std::span<double> intercept) {
  validate(data, alphas, options, start);
  if (LogisticInfo info;
      start.empty() && logistic_small(data, alphas, options, coef, intercept, info)) {
    return {info};
  }
  auto infos = fit_path(data, alphas, options, monitor, start, coef, intercept);
  for (std::size_t a = 0; a < alphas.size() && data.n_outputs() > 1; ++a) {
    const Index outputs = data.n_outputs();
    const auto size = outputs * data.x.cols;
    if (infos[a].status == Status::interrupted) continue;
    level(data, coef.data() + a * size, intercept.data() + a * outputs);
  }
  return infos;
}

template std::vector<LogisticInfo> logistic_path<double>(const LogisticData<double>&,
                                                         std::span<const double>,
                                                         const LogisticOptions&, Monitor&,
                                                         std::span<const double>, std::span<double>,
                                                         std::span<double>);
template std::vector<LogisticInfo> logistic_path<float>(const LogisticData<float>&,
                                                        std::span<const double>,
                                                        const LogisticOptions&, Monitor&,
                                                        std::span<const double>, std::span<double>,
                                                        std::span<double>);

}  // namespace elltwo
