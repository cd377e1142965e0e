#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>

#include "elltwo/ridge_path.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"
#include "signal_poll.hpp"
#include "sparse_arguments.hpp"

namespace elltwo::python {
namespace {

/// A decomposed problem, with the arrays that it looks at.
class Path {
 public:
  Path(py::object x, py::array y, py::object penalty_factors, py::object prior_mean,
       py::object sample_weight, bool fit_intercept, bool penalize_intercept, double smallest_alpha,
       int n_threads)
      : x_(x),
        arguments_{y, py::none(), penalty_factors, prior_mean, sample_weight},
        options_{.fit_intercept = fit_intercept,
                 .penalize_intercept = penalize_intercept,
                 .n_threads = n_threads} {
    if (py::isinstance<py::tuple>(x)) take_sparse(py::cast<py::tuple>(x));
    else take_dense(py::cast<py::array>(x));
    run([&](auto& path) { return path.decompose(smallest_alpha); });
  }

  std::string solver() const {
    return std::visit([](const auto& path) { return std::string(to_string(path->solver())); },
                      path_);
  }

  Index n_unpenalised() const {
    return std::visit([](const auto& path) { return path->n_unpenalised(); }, path_);
  }

  Array<double> eigenvalues() const {
    return std::visit(
        [](const auto& path) {
          const auto s = path->eigenvalues();
          return Array<double>(static_cast<py::ssize_t>(s.size()), s.data());
        },
        path_);
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

 private:
  void take_dense(const py::array& x) {
    with_element_type(x, [&]<Real T>(T) {
      const auto data = arguments_.data(matrix_view<T>(x));
      n_samples_ = data.x.rows;
      n_features_ = data.x.cols;
      n_targets_ = data.y.cols;
      path_ = std::make_unique<RidgePath<T>>(data, options_, monitor_);
      return true;
    });
  }

  void take_sparse(const py::tuple& x) {
    SparseArguments(x).with_view([&]<Real T>(const SparseView<T>& view) {
      const auto data = arguments_.data<double>();
      n_samples_ = view.rows;
      n_features_ = view.cols;
      n_targets_ = data.y.cols;
      path_ = std::make_unique<RidgePath<double>>(view, data, options_, monitor_);
      return true;
    });
  }

  static Index size(std::span<const double> values) { return static_cast<Index>(values.size()); }

  template <class F>
  void run(F f) {
    bool done = false;
    {
      const py::gil_scoped_release release;
      const std::lock_guard guard(one_at_a_time_);
      monitor_ = signal_monitor();
      done = std::visit([&](auto& path) { return f(*path); }, path_);
    }
    if (!done) throw py::error_already_set();
  }

  py::object x_;  // kept alive
  RidgeArguments arguments_;
  RidgeOptions options_;
  Index n_samples_ = 0;
  Index n_features_ = 0;
  Index n_targets_ = 0;
  Monitor monitor_;
  std::mutex one_at_a_time_;
  std::variant<std::unique_ptr<RidgePath<double>>, std::unique_ptr<RidgePath<float>>> path_;
};

}  // namespace

void register_path(py::module_& module) {
  py::class_<Path>(module, "RidgePath")
      .def(py::init<py::object, py::array, py::object, py::object, py::object, bool, bool, double,
                    int>())
      .def_property_readonly("solver", &Path::solver)
      .def_property_readonly("n_unpenalised", &Path::n_unpenalised)
      .def("eigenvalues", &Path::eigenvalues)
      .def("coefficients", &Path::coefficients)
      .def("measures", &Path::measures)
      .def("leave_one_out", &Path::leave_one_out)
      .def("leverages", &Path::leverages);
}

}  // namespace elltwo::python
