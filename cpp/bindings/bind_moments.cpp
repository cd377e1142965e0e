#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fitted.hpp"
#include "moments_holder.hpp"
#include "register.hpp"

namespace elltwo::python {
namespace {

constexpr double brief = 4e6;  // operations that are not worth giving the GIL away

/// Calls change(x, y) with views of X and y.
template <class Change>
bool with_rows(const py::array& x, const py::array& y, Change change) {
  if (!is_viewable<double>(y) || y.ndim() < 1 || y.ndim() > 2) {
    throw std::invalid_argument("y must be an aligned float64 array of one or two dimensions");
  }
  return with_element_type(
      x, [&]<Real T>(T) { return change(matrix_view<T>(x), matrix_view<double>(y)); });
}

void add(MomentsHolder& self, const py::array& x, const py::array& y, const py::object& weight,
         int n_threads, bool remove) {
  const auto weights = optional_values("sample_weight", weight);
  auto monitor = signal_monitor();
  const bool done = with_rows(x, y, [&](auto rows, auto targets) {
    const double work = static_cast<double>(rows.rows) * rows.cols * rows.cols;
    if (work < brief && rows.rows <= 8 && !remove) {
      return self.change(
          [&](Moments& m) { return m.add(rows, targets, weights, n_threads, monitor); });
    }
    const py::gil_scoped_release release;
    const CallInProgress counted;
    auto taken = self.empty_like();
    if (!taken.add(rows, targets, weights, n_threads, monitor)) return false;
    return self.change([&](Moments& m) {
      if (remove) m.subtract(taken);
      else m.merge(taken);
      return true;
    });
  });
  if (!done) throw py::error_already_set();
}

// The fast path: plain arrays of the right types, and too few rows for a second thread. False sends
// the caller to the general path.
bool add_plain(MomentsHolder& self, const py::object& x_object, const py::object& y_object) {
  if (!is_plain_array(x_object) || !is_plain_array(y_object)) return false;
  const auto x = py::reinterpret_borrow<py::array>(x_object);
  const auto y = py::reinterpret_borrow<py::array>(y_object);
  if (x.ndim() != 2 || y.ndim() != (self.one_dimensional() ? 1 : 2) || !is_viewable<double>(y))
    return false;
  if (!is_viewable<double>(x) && !is_viewable<float>(x)) return false;
  if (static_cast<double>(x.size()) * static_cast<double>(x.shape(1)) >= brief) return false;
  add(self, x, y, py::none(), 1, false);
  return true;
}

template <class Fill>
py::array_t<double> filled(std::vector<py::ssize_t> shape, Fill fill) {
  Array<double> out(std::move(shape));
  fill(writable(out));
  return out;
}

py::tuple fit(const MomentsHolder& self, const py::object& alpha, const py::object& factors,
              const py::object& prior, const py::tuple& options) {
  const auto m = self.get();
  const RidgePenalty penalty{optional_values("alpha", alpha),
                             optional_values("penalty_factors", factors),
                             optional_values("prior_mean", prior)};
  const auto asked = ridge_options(options);
  return fitted(m->n_targets(), m->n_features(),
                [&](Monitor& monitor, std::span<double> coef, std::span<double> intercept) {
                  return ridge(*m, penalty, asked, monitor, coef, intercept);
                });
}

Array<double> squared_errors(const MomentsHolder& self, const py::object& coef,
                             const py::object& intercept) {
  const auto m = self.get();
  const auto b = optional_values("coef", coef), b0 = optional_values("intercept", intercept);
  if (b.size() != b0.size() * static_cast<std::size_t>(m->n_features()) ||
      b0.size() % static_cast<std::size_t>(m->n_targets()) != 0) {
    throw std::invalid_argument("coef and intercept must be of the moments' features and targets");
  }
  Array<double> out(static_cast<py::ssize_t>(b0.size()));
  const auto values = writable(out);
  const py::gil_scoped_release release;
  m->squared_errors(b, b0, values);
  return out;
}

py::bytes to_bytes(const MomentsHolder& self) {
  const auto bytes = self.get()->to_bytes(self.one_dimensional() ? 1 : 0);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

MomentsHolder from_bytes(const py::bytes& given) {
  const auto text = static_cast<std::string_view>(given);
  std::uint64_t vector = 0;
  auto moments = Moments::from_bytes(std::as_bytes(std::span(text.data(), text.size())), &vector);
  return {std::move(moments), vector == 1};
}

}  // namespace

void register_moments(py::module_& module) {
  using Columns = py::array_t<Index, py::array::c_style>;
  py::class_<MomentsHolder>(module, "Moments")
      .def(py::init<Index, Index, bool>())
      .def(py::init(&from_bytes))
      .def("add", &add)
      .def("add_plain", &add_plain)
      .def("merge",
           [](MomentsHolder& self, const MomentsHolder& other) {
             const auto theirs = other.get();
             const py::gil_scoped_release release;
             self.change([&](Moments& m) { return m.merge(*theirs), true; });
           })
      .def("subtract",
           [](MomentsHolder& self, const MomentsHolder& other) {
             const auto theirs = other.get();
             const py::gil_scoped_release release;
             self.change([&](Moments& m) { return m.subtract(*theirs), true; });
           })
      .def("scale",
           [](MomentsHolder& self, double factor) {
             self.change([&](Moments& m) { return m.scale(factor), true; });
           })
      .def("select",
           [](const MomentsHolder& self, const Columns& columns) {
             const std::span<const Index> features(columns.data(),
                                                   static_cast<std::size_t>(columns.size()));
             return MomentsHolder(self.get()->select(features), self.one_dimensional());
           })
      .def("of_targets",
           [](const MomentsHolder& self, const Columns& targets) {
             const std::span<const Index> columns(targets.data(),
                                                  static_cast<std::size_t>(targets.size()));
             return MomentsHolder(self.get()->of_targets(columns), self.one_dimensional());
           })
      .def_property_readonly("shape",
                             [](const MomentsHolder& self) {
                               const auto m = self.get();
                               return py::make_tuple(m->n_rows(), m->n_features());
                             })
      .def("copy", [](const MomentsHolder& self) { return MomentsHolder(self); })
      .def("to_bytes", &to_bytes)
      .def("__reduce_ex__",
           [](const py::object& self, int) {
             return py::make_tuple(py::type::of(self),
                                   py::make_tuple(to_bytes(self.cast<const MomentsHolder&>())));
           })
      .def_property_readonly("n_features",
                             [](const MomentsHolder& self) { return self.get()->n_features(); })
      .def_property_readonly("n_targets",
                             [](const MomentsHolder& self) { return self.get()->n_targets(); })
      .def_property_readonly("one_dimensional", &MomentsHolder::one_dimensional)
      .def_property_readonly("n_rows",
                             [](const MomentsHolder& self) { return self.get()->n_rows(); })
      .def_property_readonly("weight",
                             [](const MomentsHolder& self) { return self.get()->weight(); })
      .def("means",
           [](const MomentsHolder& self) {
             const auto m = self.get();
             return filled({m->n_features() + m->n_targets()}, [&](auto out) { m->means(out); });
           })
      .def("squares",
           [](const MomentsHolder& self) {
             const auto m = self.get();
             return filled({m->n_features() + m->n_targets()}, [&](auto out) { m->squares(out); });
           })
      .def("relative_errors",
           [](const MomentsHolder& self) {
             const auto m = self.get();
             return filled({m->n_features() + m->n_targets()},
                           [&](auto out) { m->relative_errors(out); });
           })
      .def("products",
           [](const MomentsHolder& self) {
             const auto m = self.get();
             return filled({m->n_features(), m->n_features() + m->n_targets()},
                           [&](auto out) { m->products(out); });
           })
      .def("fit", &fit)
      .def("squared_errors", &squared_errors);
}

}  // namespace elltwo::python
