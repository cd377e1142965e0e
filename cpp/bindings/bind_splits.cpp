#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <vector>

#include "elltwo/cross_validation.hpp"
#include "held_problem.hpp"
#include "pickling.hpp"
#include "register.hpp"
#include "split_arguments.hpp"

namespace elltwo::python {
namespace {

/// A problem and the splits that it is cross-validated by.
class SplitProblem : public HeldProblem<RidgeSplits> {
 public:
  SplitProblem(py::array x, const py::tuple& problem, const py::tuple& splits,
               const py::tuple& options)
      : HeldProblem(x, problem, options), split_arguments_(splits) {
    const auto sets = split_arguments_.splits();
    n_splits_ = sets.size();
    create([&]<Real T>(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor) {
      return new RidgeSplits<T>(data, sets, options, monitor);
    });
  }

  Array<double> eigenvalues() {
    std::vector<double> values;
    run([&](auto& core) {
      bool done = false;
      values = core.eigenvalues(done);
      return done;
    });
    return copied(values);
  }

  py::tuple score(const py::object& alphas) {
    const auto grid = optional_values("alphas", alphas);
    Array<double> sse({n_splits_, size(grid), n_targets_});
    Array<double> weight(n_splits_);
    const auto sse_out = writable(sse);
    const auto weight_out = writable(weight);
    run([&](auto& core) { return core.score(grid, sse_out, weight_out); });
    return py::make_tuple(sse, weight);
  }

 private:
  SplitArguments split_arguments_;  // kept alive
  Index n_splits_ = 0;
};

}  // namespace

void register_splits(py::module_& module) {
  py::class_<SplitProblem> splits(module, "RidgeSplits");
  refuse_pickling(splits);
  splits.def(py::init<py::array, py::tuple, py::tuple, py::tuple>())
      .def("eigenvalues", &SplitProblem::eigenvalues)
      .def("score", &SplitProblem::score)
      .def("fit", &SplitProblem::fit);
}

}  // namespace elltwo::python
