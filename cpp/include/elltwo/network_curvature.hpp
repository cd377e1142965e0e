#pragma once

#include "elltwo/network.hpp"

namespace elltwo {

/// The Gauss-Newton matrix J^T W J + A of a network with the squared loss: J are the derivatives of
/// the outputs by all parameters, and A is the penalty's diagonal.
struct NetworkCurvature {
  Status status = Status::converged;
  double smallest = 0.0;  ///< eigenvalue; 0 where the matrix is singular to working precision
  double largest = 0.0;   ///< eigenvalue
  /// tr(J (J^T W J + A)^-1 J^T W): the number of parameters that the data determine.
  double effective_parameters = 0.0;
};

/// Evaluates it at the parameters in double precision, where varpro_applies(). Throws
/// std::invalid_argument where a value is out of range, the data contain NaN or infinity, or the
/// model does not qualify.
template <Real T>
NetworkCurvature network_curvature(const NetworkModel& model, const NetworkData<T>& data,
                                   std::span<const double> parameters, int n_threads,
                                   Monitor& monitor);

/// The smallest eigenvalue of the Hessian of the objective, for any loss. Negative: the parameters
/// are at no minimum.
struct HessianEigenvalue {
  Status status = Status::converged;
  double value = 0.0;
  double error = 0.0;  ///< an eigenvalue lies within this of `value`
  int n_products = 0;  ///< products of the Hessian with a vector
};

/// Evaluates it by Lanczos's method (1950) with at most max_products products, which are central
/// differences of gradients in double precision. Where the activation is relu these are of one side
/// of its kink. Throws as network_objective() does.
template <Real T>
HessianEigenvalue network_hessian_eigenvalue(const NetworkModel& model, const NetworkData<T>& data,
                                             std::span<const double> parameters, int max_products,
                                             int n_threads, Monitor& monitor);

}  // namespace elltwo
