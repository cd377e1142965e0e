#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "elltwo/elastic_net.hpp"
#include "info_values.hpp"
#include "moments_holder.hpp"
#include "pickling.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"
#include "signal_poll.hpp"
#include "sparse_arguments.hpp"
#include "split_arguments.hpp"

namespace elltwo::python {
namespace {

/// (l1_ratio, n_alphas, alpha_min_ratio, max_features, start | None, group_targets) and
/// (fit_intercept, tol, max_iter, n_threads). The array of start must outlive what is returned.
ElasticNetOptions elastic_net_options(const py::tuple& penalty, const py::tuple& options) {
  require_size(penalty, 6, "penalty");
  require_size(options, 4, "options");
  return {.l1_ratio = py::cast<double>(penalty[0]),
          .n_alphas = py::cast<Index>(penalty[1]),
          .alpha_min_ratio = py::cast<double>(penalty[2]),
          .max_features = py::cast<Index>(penalty[3]),
          .fit_intercept = py::cast<bool>(options[0]),
          .tol = py::cast<double>(options[1]),
          .max_iter = py::cast<int>(options[2]),
          .n_threads = py::cast<int>(options[3]),
          .start = optional_values("start", penalty[4]),
          .group_targets = py::cast<bool>(penalty[5])};
}

py::list as_list(std::vector<ElasticNetPath> targets) {
  py::list list;
  for (auto& target : targets) {
    list.append(py::cast(std::make_unique<ElasticNetPath>(std::move(target))));
  }
  return list;
}

/// (paths, info).
py::tuple as_tuple(ElasticNetPaths paths) {
  return py::make_tuple(as_list(std::move(paths.targets)), paths.info);
}

/// RidgeArguments of moments, whose y and weights are gone.
RidgePenalty penalty_of(const py::tuple& problem) {
  require_size(problem, 5, "problem");
  return {optional_values("alpha", problem[1]), optional_values("penalty_factors", problem[2]),
          optional_values("prior_mean", problem[3])};
}

// The points of so many sets of paths, if each is solved at the alphas of the data.
template <Real T>
std::int64_t n_points(const RidgeData<T>& data, const ElasticNetOptions& options, Index n_sets) {
  const auto given = static_cast<Index>(data.alpha.size());
  return n_sets * (given > 0 ? given : options.n_alphas) * data.y.cols;
}

py::tuple elastic_net_(const py::object& x, const py::tuple& bounds, const py::tuple& problem,
                       const py::tuple& penalty, const py::tuple& options) {
  const auto asked = elastic_net_options(penalty, options);
  const auto box = box_of(bounds);
  if (py::isinstance<MomentsHolder>(x)) {
    const auto moments = py::cast<const MomentsHolder&>(x).get();
    const auto terms = penalty_of(problem);
    return as_tuple(without_gil(
        [&](Monitor& monitor) { return elastic_net(*moments, terms, box, asked, monitor); }));
  }
  const RidgeArguments arguments(problem);
  if (py::isinstance<py::tuple>(x)) {
    const SparseArguments matrix(x);
    return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
      const auto data = arguments.data<T>();
      return as_tuple(without_gil([&](Monitor& monitor) {
        monitor.plan(n_points(data, asked, 1));
        return sparse_elastic_net(view, data, box, asked, monitor);
      }));
    });
  }
  const auto array = py::cast<py::array>(x);
  return with_element_type(array, [&]<Real T>(T) {
    const auto data = arguments.data(matrix_view<T>(array));
    return as_tuple(without_gil([&](Monitor& monitor) {
      monitor.plan(n_points(data, asked, 1));
      return elastic_net(data, box, asked, monitor);
    }));
  });
}

/// (paths, info, split paths, sse, weight).
py::tuple as_tuple(ElasticNetSplits splits, Index n_targets) {
  py::list parts;
  for (auto& part : splits.split) parts.append(as_list(std::move(part.targets)));
  const auto n_splits = static_cast<Index>(splits.weight.size());
  const Index n_alphas = static_cast<Index>(splits.sse.size()) / (n_splits * n_targets);
  const Array<double> sse({n_splits, n_alphas, n_targets}, splits.sse.data());
  const Array<double> weight(n_splits, splits.weight.data());
  const auto info = splits.all.info;
  return py::make_tuple(as_list(std::move(splits.all.targets)), info, parts, sse, weight);
}

py::list as_list(std::vector<ElasticNetSplits> results, Index n_targets) {
  py::list list;
  for (auto& one : results) list.append(as_tuple(std::move(one), n_targets));
  return list;
}

/// A result for each of l1_ratios, which stand in the place of that of the penalty.
py::list elastic_net_splits_(const py::object& x, const py::tuple& bounds, const py::tuple& problem,
                             const py::tuple& penalty, const py::object& l1_ratios,
                             const py::tuple& splits, const py::tuple& options) {
  const NetRatios asked{elastic_net_options(penalty, options),
                        optional_values("l1_ratios", l1_ratios)};
  const auto box = box_of(bounds);
  const SplitArguments split_arguments(splits);
  const auto sets = split_arguments.splits();
  const Index n_sets = static_cast<Index>(asked.l1_ratios.size()) * (sets.size() + 1);
  const RidgeArguments arguments(problem);
  if (py::isinstance<py::tuple>(x)) {
    const SparseArguments matrix(x);
    return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
      const auto data = arguments.data<T>();
      return as_list(without_gil([&](Monitor& monitor) {
                       monitor.plan(n_points(data, asked.options, n_sets));
                       return sparse_elastic_net_splits(view, data, box, sets, asked, monitor);
                     }),
                     data.y.cols);
    });
  }
  const auto array = py::cast<py::array>(x);
  return with_element_type(array, [&]<Real T>(T) {
    const auto data = arguments.data(matrix_view<T>(array));
    return as_list(without_gil([&](Monitor& monitor) {
                     monitor.plan(n_points(data, asked.options, n_sets));
                     return elastic_net_splits(data, box, sets, asked, monitor);
                   }),
                   data.y.cols);
  });
}

// The fast road: plain float64 arrays, one target, a number for alpha. Returns coefficients,
// intercept, path and info; None sends the caller to the general road.
py::object elastic_net_small_(const py::object& x_object, const py::object& y_object,
                              const py::object& alpha, const py::object& l1_ratio,
                              const py::object& intercept) {
  if (!is_plain_array(x_object) || !is_plain_array(y_object)) return py::none();
  if (!PyFloat_CheckExact(alpha.ptr()) || !PyFloat_CheckExact(l1_ratio.ptr())) return py::none();
  if (intercept.ptr() != Py_True && intercept.ptr() != Py_False) return py::none();
  const auto x = py::reinterpret_borrow<py::array>(x_object);
  const auto y = py::reinterpret_borrow<py::array>(y_object);
  constexpr py::ssize_t most_rows = 4096;
  if (x.ndim() != 2 || y.ndim() != 1 || !is_viewable<double>(x) || !is_viewable<double>(y) ||
      x.shape(0) != y.shape(0) || x.shape(0) > most_rows ||
      x.shape(1) > elastic_net_small_max_features || x.size() == 0) {
    return py::none();
  }
  const MatrixView<double> targets{static_cast<const double*>(y.data()), y.shape(0), 1,
                                   y.strides(0) / static_cast<Index>(sizeof(double)), 1};
  auto path = std::make_unique<ElasticNetPath>();
  ElasticNetInfo info{.tolerance = ElasticNetOptions{}.tol};
  const SmallElasticNet asked{PyFloat_AS_DOUBLE(alpha.ptr()), PyFloat_AS_DOUBLE(l1_ratio.ptr()),
                              intercept.ptr() == Py_True};
  if (!elastic_net_small(matrix_view<double>(x), targets, asked, *path, info)) return py::none();
  Array<double> coef(x.shape(1));
  double* b = coef.mutable_data();
  std::fill_n(b, x.shape(1), 0.0);
  for (std::size_t i = 0; i < path->features.size(); ++i) b[path->features[i]] = path->values[i];
  const double constant = path->intercept[0];
  return py::make_tuple(std::move(coef), constant, py::cast(std::move(path)), info);
}

/// (starts, columns, ridge). Their arrays must outlive what is returned.
NetFaces net_faces(const py::tuple& faces) {
  require_size(faces, 3, "faces");
  return {optional_integers<std::int64_t>("starts", faces[0]),
          optional_integers<std::int64_t>("columns", faces[1]), optional_values("ridge", faces[2])};
}

Array<double> net_traces_(const Array<double>& gram, const py::tuple& faces, int n_threads) {
  const auto view = matrix_view<double>(gram);
  const auto asked = net_faces(faces);
  const auto traces =
      without_gil([&](Monitor& monitor) { return net_traces(view, asked, n_threads, monitor); });
  return Array<double>(static_cast<py::ssize_t>(traces.size()), traces.data());
}

Array<double> grouped_net_traces_(const Array<double>& gram, const py::tuple& faces,
                                  const py::object& curvature, const Array<double>& directions,
                                  int n_threads) {
  const auto view = matrix_view<double>(gram);
  const RowFaces asked{net_faces(faces), optional_values("curvature", curvature),
                       optional_values("directions", directions),
                       directions.ndim() == 2 ? directions.shape(1) : 1};
  const auto traces = without_gil(
      [&](Monitor& monitor) { return grouped_net_traces(view, asked, n_threads, monitor); });
  return Array<double>(static_cast<py::ssize_t>(traces.size()), traces.data());
}

/// A read-only array over a vector of a bound path, which it keeps alive.
template <auto Member>
py::array viewed(const py::object& self) {
  const auto& values = py::cast<const ElasticNetPath&>(self).*Member;
  using Value = typename std::remove_cvref_t<decltype(values)>::value_type;
  py::array_t<Value> array(static_cast<py::ssize_t>(values.size()), values.data(), self);
  py::detail::array_proxy(array.ptr())->flags &= ~py::detail::npy_api::NPY_ARRAY_WRITEABLE_;
  return array;
}

void register_path_type(py::module_& module) {
  py::class_<ElasticNetPath> path(module, "ElasticNetPath");
  refuse_pickling(path);
  path.def_property_readonly("alphas", &viewed<&ElasticNetPath::alphas>)
      .def_property_readonly("starts", &viewed<&ElasticNetPath::starts>)
      .def_property_readonly("features", &viewed<&ElasticNetPath::features>)
      .def_property_readonly("values", &viewed<&ElasticNetPath::values>)
      .def_property_readonly("intercept", &viewed<&ElasticNetPath::intercept>)
      .def_property_readonly("objective", &viewed<&ElasticNetPath::objective>)
      .def_property_readonly("rss", &viewed<&ElasticNetPath::rss>)
      .def_property_readonly("gap", &viewed<&ElasticNetPath::gap>)
      .def_property_readonly("violation", &viewed<&ElasticNetPath::violation>)
      .def_property_readonly("n_active", &viewed<&ElasticNetPath::n_active>)
      .def_property_readonly("n_iter", &viewed<&ElasticNetPath::n_iter>)
      .def_property_readonly("converged", &viewed<&ElasticNetPath::converged>)
      .def_readonly("null_objective", &ElasticNetPath::null_objective)
      .def_readonly("alpha_max", &ElasticNetPath::alpha_max)
      .def_readonly("stopped_early", &ElasticNetPath::stopped_early);
}

void register_info_type(py::module_& module) {
  py::class_<ElasticNetInfo> info(module, "ElasticNetInfo");
  refuse_pickling(info);
  info.def_property_readonly("status", [](const ElasticNetInfo& i) { return to_string(i.status); })
      .def_property_readonly("solver", [](const ElasticNetInfo& i) { return to_string(i.solver); })
      .def_readonly("reason", &ElasticNetInfo::reason)
      .def_property_readonly("fallback", &fallback_of<ElasticNetInfo>)
      .def_readonly("tolerance", &ElasticNetInfo::tolerance)
      .def_readonly("n_passes", &ElasticNetInfo::n_passes)
      .def_readonly("n_ever", &ElasticNetInfo::n_ever)
      .def_readonly("n_exchanges", &ElasticNetInfo::n_exchanges)
      .def_readonly("n_monotone", &ElasticNetInfo::n_monotone)
      .def_readonly("n_threads", &ElasticNetInfo::n_threads)
      .def_readonly("group_targets", &ElasticNetInfo::group_targets);
}

}  // namespace

void register_elastic_net(py::module_& module) {
  register_path_type(module);
  register_info_type(module);
  module.def("elastic_net", &elastic_net_);
  module.def("elastic_net_small", &elastic_net_small_);
  module.def("elastic_net_splits", &elastic_net_splits_);
  module.def("net_traces", &net_traces_);
  module.def("grouped_net_traces", &grouped_net_traces_);
}

}  // namespace elltwo::python
