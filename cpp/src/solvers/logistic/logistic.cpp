#include "elltwo/logistic.hpp"

#include <algorithm>

#include "solvers/logistic/class_means.hpp"
#include "solvers/logistic/path.hpp"
#include "solvers/logistic/present_classes.hpp"
#include "solvers/logistic/small.hpp"
#include "solvers/logistic/tall.hpp"
#include "solvers/logistic/validate.hpp"
#include "solvers/logistic/wide.hpp"

namespace elltwo {
namespace {

// Removes what rounding has left of the means over classes, which are zero at the minimum: of
// coefficients, measured from their prior means, and of intercepts.
template <Real T>
void centre_over_classes(const LogisticPath<T>& path, Index a) {
  const Index outputs = path.data.n_outputs();
  const Index p = path.data.x.cols;
  const double* prior = path.data.prior_mean.empty() ? nullptr : path.data.prior_mean.data();
  for (Index j = 0; j < p; ++j) {
    subtract_mean({path.coef_of(a) + j, outputs, p}, prior != nullptr ? prior + j : nullptr, p);
  }
  subtract_mean({path.intercept_of(a), outputs, 1});
}

/// Features a row up to which a pass over the data costs little beside a kernel's products, and
/// rows from which these cost many passes.
constexpr Index most_features_a_row = 4;
constexpr Index many_rows = 400;

// Whether two classes of more features than rows, all of them penalised, are fitted as they are:
// most of the steps then need no kernel.
template <Real T>
bool nearly_square(const LogisticPath<T>& path) {
  const auto& data = path.data;
  const Index n = data.rows.empty() ? data.x.rows : static_cast<Index>(data.rows.size());
  const auto penalised = [](double value) { return value > 0.0; };
  return data.n_outputs() == 1 && path.options.solver == LogisticSolver::automatic &&
         n >= many_rows && data.x.cols <= most_features_a_row * n &&
         std::ranges::all_of(path.alphas, penalised) &&
         std::ranges::all_of(data.penalty_factors, penalised);
}

template <Real T>
std::vector<LogisticInfo> fit_path(const LogisticPath<T>& path, Monitor& monitor) {
  return reported_path(path, [&] {
    if (LogisticInfo info; logistic_small(path, info)) return std::vector{info};
    const auto& data = path.data;
    const bool wide = WideProblem<T>::suits(data) && !nearly_square(path);
    auto infos = wide ? logistic_wide(path, monitor) : logistic_tall(path, monitor);
    for (Index a = 0; a < path.n_alphas() && data.n_outputs() > 1; ++a) {
      centre_over_classes(path, a);
    }
    return infos;
  });
}

}  // namespace

template <Real T>
std::vector<LogisticInfo> logistic_path(const LogisticData<T>& data, std::span<const double> alphas,
                                        const LogisticOptions& options, Monitor& monitor,
                                        std::span<const double> start, std::span<double> coef,
                                        std::span<double> intercept) {
  validate(data, alphas, options, start);
  return fit_present_classes(data, alphas.size(), options, start, coef, intercept,
                             [&](const LogisticData<T>& present, std::span<const double> from,
                                 std::span<double> b, std::span<double> b0) {
                               return fit_path<T>({present, alphas, options, from, b, b0}, monitor);
                             });
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
