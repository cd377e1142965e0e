#include "solvers/network/varpro.hpp"

#include <algorithm>
#include <stdexcept>

#include "parallel/interruption.hpp"

namespace elltwo::network {
namespace {

const char* reason_of(DescentEnd end) {
  switch (end) {
    case DescentEnd::converged:
      return "stationary point";
    case DescentEnd::stalled:
      return "the objective no longer falls but by rounding";
    case DescentEnd::max_iter:
      return "max_iter steps";
    case DescentEnd::max_passes:
      return "max_passes over the data";
    case DescentEnd::overflow:
      break;
  }
  return "";
}

}  // namespace

template <Real S>
NetworkInfo Varpro<S>::run(std::span<double> parameters, Monitor& monitor) {
  point_.parameters.assign(parameters.begin(), parameters.end());
  const bool done = completed([&] { descend(monitor); });
  std::copy(point_.parameters.begin(), point_.parameters.end(), parameters.begin());
  if (!done) throw Interrupted{};
  info_.objective = point_.value.objective;
  info_.loss = point_.value.loss;
  info_.gradient_norm = norm_of(point_.gradient);
  info_.optimality = point_.optimality;
  info_.n_iter = steps_.n_iter();
  info_.n_evaluations = steps_.n_evaluations();
  return info_;
}

template <Real S>
void Varpro<S>::descend(Monitor& monitor) {
  {
    ReducedProblem<float> single(model_, problem_.single_layout(), problem_.single_rows(),
                                 n_threads_);
    info_.n_threads = single.n_threads();
    steps_.run(single, point_, monitor);
  }
  ReducedProblem<double> exact(model_, problem_.double_layout(), problem_.double_rows(),
                               n_threads_);
  const DescentEnd end = steps_.run(exact, point_, monitor);
  if (end == DescentEnd::overflow) {
    throw std::overflow_error("the squared error at the start is too large for float64");
  }
  info_.in_double = true;
  info_.status = end == DescentEnd::converged ? Status::converged : Status::max_iter_reached;
  info_.stalled = end == DescentEnd::stalled;
  info_.reason = reason_of(end);
}

template class Varpro<float>;
template class Varpro<double>;

}  // namespace elltwo::network
