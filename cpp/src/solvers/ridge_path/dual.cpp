#include "solvers/ridge_path/dual.hpp"

#include "solvers/ridge_path/dual_basis.hpp"
#include "solvers/ridge_path/dual_coefficients.hpp"
#include "solvers/ridge_path/dual_errors.hpp"
#include "solvers/ridge_path/dual_factored.hpp"
#include "solvers/ridge_path/dual_left_out.hpp"

namespace elltwo {

template <Real T>
void DualPath<T>::coefficients(std::span<const double> alphas, std::span<double> coef,
                               std::span<double> intercept) {
  DualCoefficients<T>(system_, *spectrum_).write(alphas, coef, intercept);
}

template <Real T>
void DualPath<T>::basis(double* out) const {
  dual_basis(system_, *spectrum_, out);
}

template <Real T>
void DualPath<T>::leave_one_out(std::span<const double> alphas, const LeftOutVisit& visit) const {
  dual_leave_one_out(system_, *spectrum_, alphas, visit);
}

template <Real T>
bool DualPath<T>::leave_one_out_factored(std::span<const double> alphas,
                                         const LeftOutVisit& visit) {
  return dual_leave_one_out_factored(system_, alphas, visit);
}

template <Real T>
void DualPath<T>::squared_errors(std::span<const Index> rows, std::span<const double> weight,
                                 std::span<const double> alphas, double* sse) {
  DualCoefficients<T> coefficients(system_, *spectrum_);
  dual_squared_errors(coefficients, rows, weight, alphas, sse);
}

template class DualPath<double>;
template class DualPath<float>;

}  // namespace elltwo
