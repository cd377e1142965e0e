#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <stdexcept>

#include "batch_arguments.hpp"
#include "elltwo/batch_adjoint.hpp"
#include "register.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {
namespace {

// (X, Y, alpha) with X and Y of three dimensions, or X of two where all problems share it.
BatchArguments direct_arguments(const py::array& x, const py::array& y, const py::array& alpha) {
  const BatchArguments arguments{
      x, RidgeArguments(py::make_tuple(y, alpha, py::none(), py::none(), py::none())), py::none(),
      py::none()};
  if (x.ndim() == 3 && y.ndim() == 3 && x.shape(0) < y.shape(0)) {
    throw std::invalid_argument("X must hold as many problems as y");
  }
  return arguments;
}

RidgeOptions direct_options(bool fit_intercept, int n_threads) {
  return {.fit_intercept = fit_intercept, .n_threads = n_threads};
}

py::tuple ridge_batch_direct_(const py::array& x, const py::array& y, const py::array& alpha,
                              bool fit_intercept, bool keep, int n_threads) {
  const auto arguments = direct_arguments(x, y, alpha);
  return arguments.with_element_type([&]<Real T>(T) -> py::tuple {
    const auto data = arguments.data<T>();
    Array<double> coef({data.n_problems, data.y.cols, data.x.cols});
    Array<double> intercept({data.n_problems, data.y.cols});
    const Index size = keep ? direct_kept_size(data.x.rows, data.x.cols, data.y.cols) : 0;
    Array<double> kept({data.n_problems, size});
    const BatchResults results{writable(coef), writable(intercept)};
    without_gil([&](Monitor& monitor) {
      return ridge_batch_direct(data, direct_options(fit_intercept, n_threads), monitor, results,
                                writable(kept));
    });
    return py::make_tuple(coef, intercept, keep ? py::object(kept) : py::none());
  });
}

py::tuple ridge_batch_adjoint_(const py::array& x, const py::array& y, const py::array& alpha,
                               bool fit_intercept, const py::tuple& upstream, int n_threads) {
  const auto arguments = direct_arguments(x, y, alpha);
  require_size(upstream, 3, "upstream");
  const BatchUpstream given{optional_values("the gradient of coef", upstream[0]),
                            optional_values("the gradient of intercept", upstream[1]),
                            optional_values("kept", upstream[2])};
  return arguments.with_element_type([&]<Real T>(T) -> py::tuple {
    const auto data = arguments.data<T>();
    const auto n_coef = static_cast<std::size_t>(data.n_problems * data.y.cols * data.x.cols);
    const auto n_intercepts = static_cast<std::size_t>(data.n_problems * data.y.cols);
    if (given.coef.size() != n_coef ||
        !(given.intercept.empty() || given.intercept.size() == n_intercepts)) {
      throw std::invalid_argument("gradients must have the shapes of coef and intercept");
    }
    const Index size = direct_kept_size(data.x.rows, data.x.cols, data.y.cols);
    if (!given.kept.empty() && static_cast<Index>(given.kept.size()) != data.n_problems * size) {
      throw std::invalid_argument("what was kept must be of the same problems");
    }
    Array<T> x_gradient({data.n_problems, data.x.rows, data.x.cols});
    Array<double> y_gradient({data.n_problems, data.x.rows, data.y.cols});
    Array<double> alpha_gradient(data.n_problems);
    const BatchGradients<T> gradients{
        {x_gradient.mutable_data(), static_cast<std::size_t>(x_gradient.size())},
        writable(y_gradient),
        writable(alpha_gradient)};
    without_gil([&](Monitor& monitor) {
      return ridge_batch_adjoint(data, direct_options(fit_intercept, n_threads), given, monitor,
                                 gradients);
    });
    return py::make_tuple(x_gradient, y_gradient, alpha_gradient);
  });
}

}  // namespace

void register_batch_adjoint(py::module_& module) {
  module.def("ridge_batch_direct", &ridge_batch_direct_);
  module.def("ridge_batch_adjoint", &ridge_batch_adjoint_);
}

}  // namespace elltwo::python
