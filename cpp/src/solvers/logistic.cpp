#include "elltwo/logistic.hpp"

#include "solvers/logistic_small.hpp"
#include "solvers/logistic_tall.hpp"
#include "solvers/logistic_validate.hpp"
#include "solvers/logistic_wide.hpp"

namespace elltwo {

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
  if (!WideLogistic<T>::suits(data)) {
    return logistic_tall(data, alphas, options, monitor, start, coef, intercept);
  }
  WideLogistic<T> wide(data, options, monitor);
  if (wide.prepare()) return wide.fit(alphas, coef, intercept);
  std::vector<LogisticInfo> infos(alphas.size());
  for (auto& info : infos) info.status = Status::interrupted;
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
