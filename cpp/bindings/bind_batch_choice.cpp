#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <stdexcept>

#include "batch_arguments.hpp"
#include "elltwo/batch_choice.hpp"
#include "register.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {
namespace {

// (alpha, grid, score, standard_error); None for a grid that is shared and for errors that gcv
// lacks.
template <Real T>
py::tuple chosen(const BatchArguments& arguments, const Choice& choice,
                 const RidgeOptions& options) {
  const auto data = arguments.data<T>();
  const bool own = choice.alphas.empty(), with_errors = choice.by != ChoiceBy::gcv;
  const Index n_alphas = own ? own_grid_size : static_cast<Index>(choice.alphas.size());
  Array<double> alpha(data.n_problems);
  Array<double> grid({own ? data.n_problems : Index{0}, n_alphas});
  Array<double> score({data.n_problems, n_alphas});
  Array<double> error({with_errors ? data.n_problems : Index{0}, n_alphas});
  const ChoiceResults results{writable(alpha), writable(grid), writable(score), writable(error)};
  auto monitor = signal_monitor();
  Status status;
  {
    const py::gil_scoped_release release;
    status = choose_alphas(data, choice, options, monitor, results);
  }
  throw_if_interrupted(status);
  return py::make_tuple(alpha, own ? py::object(grid) : py::none(), score,
                        with_errors ? py::object(error) : py::none());
}

// n_folds: 0 leaves one row out, -1 is generalised cross-validation.
py::tuple choose_alphas_(py::array x, py::array y, py::object starts, py::object order,
                         py::object alphas, Index n_folds, bool one_standard_error,
                         py::object penalty_factors, py::object prior_mean,
                         py::object sample_weight, bool fit_intercept, bool penalize_intercept,
                         double tol, int n_threads) {
  const BatchArguments arguments{
      x, y, starts, order, py::none(), penalty_factors, prior_mean, sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .tol = tol,
                             .n_threads = n_threads};
  const Choice choice{.by = n_folds > 0    ? ChoiceBy::folds
                            : n_folds == 0 ? ChoiceBy::leave_one_out
                                           : ChoiceBy::gcv,
                      .n_folds = n_folds,
                      .one_standard_error = one_standard_error,
                      .alphas = optional_values("alphas", alphas)};
  if (is_viewable<double>(x)) return chosen<double>(arguments, choice, options);
  if (is_viewable<float>(x)) return chosen<float>(arguments, choice, options);
  throw std::invalid_argument("X must be an aligned float32 or float64 array");
}

}  // namespace

void register_batch_choice(py::module_& module) { module.def("choose_alphas", &choose_alphas_); }

}  // namespace elltwo::python
