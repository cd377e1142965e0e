#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <vector>

#include "elltwo/cross_validation.hpp"
#include "held_problem.hpp"
#include "register.hpp"

namespace elltwo::python {
namespace {

/// A problem and the splits that it is cross-validated by.
class SplitProblem : public HeldProblem<RidgeSplits> {
 public:
  using Groups = py::array_t<std::int32_t, py::array::c_style>;

  SplitProblem(py::array x, py::array y, Groups group, Index n_groups, py::object train,
               py::object test, py::object penalty_factors, py::object prior_mean,
               py::object sample_weight, bool fit_intercept, bool penalize_intercept, double tol,
               int max_iter, int n_threads)
      : HeldProblem(x, {y, py::none(), penalty_factors, prior_mean, sample_weight},
                    {.fit_intercept = fit_intercept,
                     .penalize_intercept = penalize_intercept,
                     .tol = tol,
                     .max_iter = max_iter,
                     .n_threads = n_threads}),
        group_(group),
        train_(train),
        test_(test) {
    const Splits splits{.group = {group_.data(), static_cast<std::size_t>(group_.size())},
                        .n_groups = n_groups,
                        .train = optional_values("train", train_),
                        .test = optional_values("test", test_)};
    n_splits_ = splits.size();
    create([&]<Real T>(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor) {
      return new RidgeSplits<T>(data, splits, options, monitor);
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
  Groups group_;  // kept alive
  py::object train_;
  py::object test_;
  Index n_splits_ = 0;
};

}  // namespace

void register_splits(py::module_& module) {
  py::class_<SplitProblem>(module, "RidgeSplits")
      .def(py::init<py::array, py::array, SplitProblem::Groups, Index, py::object, py::object,
                    py::object, py::object, py::object, bool, bool, double, int, int>())
      .def("eigenvalues", &SplitProblem::eigenvalues)
      .def("score", &SplitProblem::score)
      .def("fit", &SplitProblem::fit);
}

}  // namespace elltwo::python
