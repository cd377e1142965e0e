#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "arrays.hpp"
#include "elltwo/ridge.hpp"
#include "register.hpp"

namespace elltwo::python {
namespace {

// The fast road: plain float64 arrays, a number for alpha. None sends the caller to the general
// one.
py::object ridge_small_(const py::object& x_object, const py::object& y_object,
                        const py::object& alpha_object, const py::object& intercept_object) {
  if (!is_plain_array(x_object) || !is_plain_array(y_object)) return py::none();
  const auto x = py::reinterpret_borrow<py::array>(x_object);
  const auto y = py::reinterpret_borrow<py::array>(y_object);
  if (x.ndim() != 2 || y.ndim() != 1 || !is_viewable<double>(x) || !is_viewable<double>(y))
    return py::none();
  const auto xv = matrix_view<double>(x);
  const MatrixView<double> yv{static_cast<const double*>(y.data()), y.shape(0), 1,
                              y.strides(0) / static_cast<Index>(sizeof(double)), 1};
  if (xv.rows != yv.rows || xv.empty() || xv.cols > ridge_small_max_features || xv.rows > 4096)
    return py::none();
  double alpha = 0.0;
  if (PyFloat_Check(alpha_object.ptr())) {
    alpha = PyFloat_AS_DOUBLE(alpha_object.ptr());
  } else if (PyLong_CheckExact(alpha_object.ptr())) {
    alpha = PyLong_AsDouble(alpha_object.ptr());
    if (PyErr_Occurred() != nullptr) PyErr_Clear();  // beyond double: the general road says so
  } else {
    return py::none();
  }
  if (intercept_object.ptr() != Py_True && intercept_object.ptr() != Py_False) return py::none();
  Array<double> coef(xv.cols);
  double intercept = 0.0;
  SolveInfo info{.tolerance = 1e-10};
  if (!ridge_small(xv, yv, alpha, intercept_object.ptr() == Py_True, coef.mutable_data(),
                   &intercept, info)) {
    return py::none();
  }
  return py::make_tuple(std::move(coef), intercept, info);
}

}  // namespace

void register_ridge_small(py::module_& module) { module.def("ridge_small", &ridge_small_); }

}  // namespace elltwo::python
