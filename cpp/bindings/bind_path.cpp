#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>

#include "elltwo/ridge_path.hpp"
#include "held_problem.hpp"
#include "pickling.hpp"
#include "register.hpp"

namespace elltwo::python {
namespace {

/// A decomposed problem.
class Path : public HeldProblem<RidgePath> {
 public:
  /// Without a smallest alpha only leave_one_out may be called, and fit after it.
  Path(py::object x, const py::tuple& problem, std::optional<double> smallest_alpha,
       const py::tuple& options)
      : HeldProblem(x, problem, options) {
    if (py::isinstance<py::tuple>(x)) {
      create_sparse([]<Real T>(const SparseView<T>& view, const RidgeData<double>& data,
                               const RidgeOptions& options, Monitor& monitor) {
        return new RidgePath<double>(view, data, options, monitor);
      });
    } else if (py::isinstance<MomentsHolder>(x)) {
      create_from_moments(
          [](const Moments& moments, const RidgeData<double>& data, const RidgeOptions& options,
             Monitor& monitor) { return new RidgePath<double>(moments, data, options, monitor); });
    } else {
      create([]<Real T>(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor) {
        return new RidgePath<T>(data, options, monitor);
      });
    }
    if (smallest_alpha) run([&](auto& path) { return path.decompose(*smallest_alpha); });
  }

  std::string solver() const {
    return ask([](const auto& path) { return std::string(to_string(path.solver())); });
  }

  Index n_unpenalised() const {
    return ask([](const auto& path) { return path.n_unpenalised(); });
  }

  Array<double> eigenvalues() const {
    return ask([](const auto& path) { return copied(path.eigenvalues()); });
  }

  py::tuple coefficients(const py::object& alphas) {
    const auto grid = optional_values("alphas", alphas);
    Array<double> coef({size(grid), n_targets_, n_features_});
    Array<double> intercept({size(grid), n_targets_});
    const auto coef_out = writable(coef);
    const auto intercept_out = writable(intercept);
    run([&](auto& path) { return path.coefficients(grid, coef_out, intercept_out); });
    return py::make_tuple(coef, intercept);
  }

  py::tuple measures(const py::object& alphas) {
    const auto grid = optional_values("alphas", alphas);
    Array<double> edf(size(grid));
    Array<double> rss({size(grid), n_targets_});
    const auto edf_out = writable(edf);
    const auto rss_out = writable(rss);
    run([&](auto& path) {
      path.measures(grid, edf_out, rss_out);
      return true;
    });
    return py::make_tuple(edf, rss);
  }

  py::tuple leave_one_out(const py::object& alphas, bool with_predictions) {
    const auto grid = optional_values("alphas", alphas);
    Array<double> sse({size(grid), n_targets_});
    Array<double> predictions({n_samples_, n_targets_, with_predictions ? size(grid) : 0});
    const auto sse_out = writable(sse);
    const auto predictions_out = writable(predictions);
    run([&](auto& path) { return path.leave_one_out(grid, sse_out, predictions_out); });
    return py::make_tuple(sse, predictions);
  }

  Array<double> leverages(const py::object& alphas) {
    const auto grid = optional_values("alphas", alphas);
    Array<double> h({size(grid), n_samples_});
    const auto out = writable(h);
    run([&](auto& path) { return path.leverages(grid, out); });
    return h;
  }

  bool dual() const {
    return ask([](const auto& path) { return path.dual(); });
  }

  Array<double> basis() {
    const auto count = ask([](const auto& path) { return path.n_directions(); });
    Array<double> directions({n_features_ + 1, count});
    const auto out = writable(directions);
    run([&](auto& path) { return path.basis(out); });
    return directions;
  }
};

}  // namespace

void register_path(py::module_& module) {
  py::class_<Path> path(module, "RidgePath");
  refuse_pickling(path);
  path.def(py::init<py::object, py::tuple, std::optional<double>, py::tuple>())
      .def_property_readonly("solver", &Path::solver)
      .def_property_readonly("n_unpenalised", &Path::n_unpenalised)
      .def("eigenvalues", &Path::eigenvalues)
      .def("coefficients", &Path::coefficients)
      .def("measures", &Path::measures)
      .def("leave_one_out", &Path::leave_one_out)
      .def("leverages", &Path::leverages)
      .def_property_readonly("dual", &Path::dual)
      .def("basis", &Path::basis)
      .def("fit", &Path::fit);
}

}  // namespace elltwo::python
