#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "elltwo/bounded.hpp"
#include "elltwo/ridge.hpp"
#include "fitted.hpp"
#include "info_values.hpp"
#include "pickling.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"

namespace elltwo::python {
namespace {

py::tuple ridge_(const py::array& x, const py::tuple& problem, const py::tuple& options) {
  const RidgeArguments arguments(problem);
  const auto asked = ridge_options(options);
  return with_element_type(x, [&]<Real T>(T) {
    const auto data = arguments.data(matrix_view<T>(x));
    return fitted(data.y.cols, data.x.cols, [&](Monitor& monitor, auto coef, auto intercept) {
      return ridge(data, asked, monitor, coef, intercept);
    });
  });
}

py::tuple ridge_bounded_(const py::array& x, const py::tuple& bounds, const py::tuple& problem,
                         const py::tuple& options) {
  const RidgeArguments arguments(problem);
  const auto asked = ridge_options(options);
  const auto box = box_of(bounds);
  return with_element_type(x, [&]<Real T>(T) {
    const auto data = arguments.data(matrix_view<T>(x));
    return fitted(data.y.cols, data.x.cols, [&](Monitor& monitor, auto coef, auto intercept) {
      return ridge_bounded(data, box, asked, monitor, coef, intercept);
    });
  });
}

}  // namespace

void register_solve_info(py::module_& module) {
  py::class_<SolveInfo> info(module, "SolveInfo");
  refuse_pickling(info);
  info.def_property_readonly("status", [](const SolveInfo& i) { return to_string(i.status); })
      .def_property_readonly("solver", [](const SolveInfo& i) { return to_string(i.solver); })
      .def_readonly("reason", &SolveInfo::reason)
      .def_property_readonly("fallback", &fallback_of<SolveInfo>)
      .def_readonly("optimality", &SolveInfo::optimality)
      .def_readonly("tolerance", &SolveInfo::tolerance)
      .def_readonly("rcond", &SolveInfo::rcond)
      .def_readonly("rank", &SolveInfo::rank)
      .def_readonly("n_iter", &SolveInfo::n_iter)
      .def_readonly("n_threads", &SolveInfo::n_threads);
}

void register_ridge(py::module_& module) {
  module.def("ridge", &ridge_);
  module.def("ridge_bounded", &ridge_bounded_);
}

}  // namespace elltwo::python
