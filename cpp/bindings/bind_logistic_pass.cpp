#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "arrays.hpp"
#include "elltwo/logistic_pass.hpp"
#include "pickling.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"
#include "signal_poll.hpp"
#include "sparse_arguments.hpp"

namespace elltwo::python {
namespace {

/// A pass to which threads may add at once; one waits for the other.
class PassHolder {
 public:
  explicit PassHolder(const LogisticPassPoints& points) : pass_(points) {}

  /// The pass, for its sizes, which do not change.
  const LogisticPass& sizes() const { return pass_; }

  /// f(pass). The caller must not hold the GIL, which whoever has the lock may wait for.
  template <class F>
  auto with(F f) {
    const std::lock_guard guard(lock_);
    return f(pass_);
  }

 private:
  std::mutex lock_;
  LogisticPass pass_;
};

std::span<const std::uint8_t> flags(const py::array& array) {
  if (!py::isinstance<py::array_t<bool, py::array::c_style>>(array)) {
    throw std::invalid_argument("hessian must be a contiguous array of bool");
  }
  return {static_cast<const std::uint8_t*>(array.data()), static_cast<std::size_t>(array.size())};
}

std::unique_ptr<PassHolder> make_pass(const py::array& theta, const py::array& left_out,
                                      const py::array& shift, const py::array& scale,
                                      Index n_classes, const py::array& hessian, bool in_float32) {
  if (theta.ndim() != 3) throw std::invalid_argument("theta must have three dimensions");
  const LogisticPassPoints points{.n_features = theta.shape(2) - 1,
                                  .n_classes = n_classes,
                                  .theta = optional_values("theta", theta),
                                  .left_out = optional_integers<std::int32_t>("left_out", left_out),
                                  .shift = optional_values("shift", shift),
                                  .scale = optional_values("scale", scale),
                                  .hessian = flags(hessian),
                                  .hessian_in_float = in_float32};
  if (theta.shape(1) != points.n_outputs() || theta.shape(0) != left_out.size()) {
    throw std::invalid_argument(
        "theta must be points x outputs x (features + 1), with one output for two classes");
  }
  return std::make_unique<PassHolder>(points);
}

void add_to_pass(PassHolder& self, const py::object& x, const py::array& label,
                 const py::object& sample_weight, const py::object& offset, const py::object& fold,
                 int n_threads) {
  const LogisticPassRows beside{.label = optional_integers<std::int32_t>("label", label),
                                .sample_weight = optional_values("sample_weight", sample_weight),
                                .offset = optional_values("offset", offset),
                                .fold = optional_integers<std::int32_t>("fold", fold)};
  const auto add = [&](const auto& view) {
    without_gil([&](Monitor& monitor) {
      return self.with(
          [&](LogisticPass& pass) { return pass.add(view, beside, n_threads, monitor); });
    });
  };
  if (py::isinstance<py::tuple>(x)) {
    const SparseArguments matrix(py::reinterpret_borrow<py::tuple>(x));
    return matrix.with_view([&](const auto& view) { add(view); });
  }
  const auto array = py::cast<py::array>(x);
  if (array.ndim() != 2) throw std::invalid_argument("X must have two dimensions");
  with_element_type(array, [&]<Real T>(T) { add(matrix_view<T>(array)); });
}

Array<double> array_of(const std::vector<double>& values, std::vector<py::ssize_t> shape) {
  Array<double> out(std::move(shape));
  std::ranges::copy(values, out.mutable_data());
  return out;
}

py::tuple pass_sums(PassHolder& self) {
  const auto& sizes = self.sizes();
  const Index n = sizes.n_points(), outputs = sizes.n_outputs(), cols = sizes.n_features() + 1;
  Array<double> hessian({sizes.n_hessians(), sizes.hessian_size(), sizes.hessian_size()});
  const auto to = writable(hessian);
  const auto sums = [&] {
    const py::gil_scoped_release release;
    return self.with([&](const LogisticPass& pass) {
      pass.hessians(to);
      return pass.sums();
    });
  }();
  return py::make_tuple(array_of(sums.weight, {n}), array_of(sums.loss, {n}),
                        array_of(sums.gradient, {n, outputs, cols}),
                        array_of(sums.residual, {n, outputs}), hessian, array_of(sums.held, {n, 4}),
                        sums.n_rows);
}

}  // namespace

void register_logistic_pass(py::module_& module) {
  py::class_<PassHolder> pass(module, "LogisticPass");
  pass.def(py::init(&make_pass)).def("add", &add_to_pass).def("sums", &pass_sums);
  refuse_pickling(pass);
}

}  // namespace elltwo::python
