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
  without_gil(
      [&](Monitor& monitor) { return choose_alphas(data, choice, options, monitor, results); });
  return py::make_tuple(alpha, own ? py::object(grid) : py::none(), score,
                        with_errors ? py::object(error) : py::none());
}

// (alphas, n_folds, one_standard_error); 0 folds leave one row out, -1 is generalised
// cross-validation. The array of alphas must outlive what is returned.
Choice choice_of(const py::tuple& rule) {
  require_size(rule, 3, "rule");
  const auto n_folds = py::cast<Index>(rule[1]);
  return {.by = n_folds > 0    ? ChoiceBy::folds
                : n_folds == 0 ? ChoiceBy::leave_one_out
                               : ChoiceBy::gcv,
          .n_folds = n_folds,
          .one_standard_error = py::cast<bool>(rule[2]),
          .alphas = optional_values("alphas", rule[0])};
}

py::tuple choose_alphas_(const py::array& x, const py::tuple& problem, const py::object& starts,
                         const py::object& order, const py::tuple& rule, const py::tuple& options) {
  const BatchArguments arguments{x, RidgeArguments(problem), starts, order};
  const auto asked = batch_options(options);
  const auto choice = choice_of(rule);
  return arguments.with_element_type(
      [&]<Real T>(T) { return chosen<T>(arguments, choice, asked); });
}

}  // namespace

void register_batch_choice(py::module_& module) { module.def("choose_alphas", &choose_alphas_); }

}  // namespace elltwo::python
