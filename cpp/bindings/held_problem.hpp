#pragma once

#include <pybind11/numpy.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <variant>

#include "moments_holder.hpp"
#include "ridge_arguments.hpp"
#include "signal_poll.hpp"
#include "sparse_arguments.hpp"

namespace elltwo::python {

/// A compiled object Core<float> or Core<double> over arrays that it looks at, one call at a time.
template <template <class> class Core>
class HeldProblem {
 public:
  HeldProblem(py::object x, const py::tuple& problem, const py::tuple& options)
      : x_(std::move(x)), arguments_(problem), options_(path_options(options)) {}

  /// What ridge() does, for penalties that stand in for those of the problem.
  py::tuple fit(const py::object& alpha) {
    const auto penalties = optional_values("alpha", alpha);
    Array<double> coef({n_targets_, n_features_});
    Array<double> intercept(n_targets_);
    const auto coef_out = writable(coef);
    const auto intercept_out = writable(intercept);
    SolveInfo info;
    run([&](auto& core) {
      info = core.fit(penalties, coef_out, intercept_out);
      return info.status != Status::interrupted;
    });
    return py::make_tuple(coef, intercept, info);
  }

 protected:
  /// make(data, options, monitor) returns the object for the element type of X.
  template <class Make>
  void create(Make make) {
    const auto x = py::cast<py::array>(x_);
    with_element_type(x, [&]<Real T>(T) {
      const auto data = arguments_.data(matrix_view<T>(x));
      n_samples_ = data.x.rows;
      n_features_ = data.x.cols;
      n_targets_ = data.y.cols;
      core_ = std::unique_ptr<Core<T>>(make(data, options_, monitor_));
      return true;
    });
  }

  /// make(view, data, options, monitor) returns an object for doubles from a sparse X.
  template <class Make>
  void create_sparse(Make make) {
    SparseArguments(py::cast<py::tuple>(x_)).with_view([&]<Real T>(const SparseView<T>& view) {
      const auto data = arguments_.template data<double>();
      n_samples_ = view.rows;
      n_features_ = view.cols;
      n_targets_ = data.y.cols;
      core_ = std::unique_ptr<Core<double>>(make(view, data, options_, monitor_));
      return true;
    });
  }

  /// make(moments, data, options, monitor) returns an object for moments as they are now.
  template <class Make>
  void create_from_moments(Make make) {
    const auto moments = py::cast<const MomentsHolder&>(x_).get();
    const auto data = arguments_.template data<double>();
    n_samples_ = static_cast<Index>(moments->n_rows());
    n_features_ = moments->n_features();
    n_targets_ = moments->n_targets();
    core_ = std::unique_ptr<Core<double>>(make(*moments, data, options_, monitor_));
  }

  /// Without the GIL; f says false if the monitor asked to stop, which it also may while another
  /// thread's call is awaited.
  template <class F>
  void run(F f) {
    bool done = false;
    {
      const py::gil_scoped_release release;
      auto monitor = signal_monitor();
      std::unique_lock turn(one_at_a_time_, std::defer_lock);
      while (!turn.try_lock_for(std::chrono::milliseconds(50)) && !monitor.should_stop()) {
      }
      if (turn.owns_lock()) {
        counts_.done = counts_.total = 0;
        monitor_ = signal_monitor(counts_);
        const CallInProgress counted;
        done = std::visit([&](auto& core) { return f(*core); }, core_);
      }
    }
    if (!done) throw py::error_already_set();
  }

  template <class F>
  auto ask(F f) const {
    return std::visit([&](const auto& core) { return f(*core); }, core_);
  }

  static Index size(std::span<const double> values) { return static_cast<Index>(values.size()); }

  Index n_samples_ = 0;
  Index n_features_ = 0;
  Index n_targets_ = 0;

 private:
  py::object x_;  // kept alive
  RidgeArguments arguments_;
  RidgeOptions options_;
  WorkCounts counts_;
  Monitor monitor_;
  std::timed_mutex one_at_a_time_;
  std::variant<std::unique_ptr<Core<double>>, std::unique_ptr<Core<float>>> core_;
};

inline Array<double> copied(std::span<const double> values) {
  return Array<double>(static_cast<py::ssize_t>(values.size()), values.data());
}

}  // namespace elltwo::python
