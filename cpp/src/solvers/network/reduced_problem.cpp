#include "solvers/network/reduced_problem.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/network/counter_random.hpp"

namespace elltwo::network {
namespace {

constexpr Index sampled_rows_per_parameter = 3;
/// Rows of a sample, times parameters and divided by rows, at which the matrix of a step takes
/// about as long as its objective and gradient.
constexpr double balanced_share = 10.0;
/// Above this share of all rows the sample is all of them.
constexpr double largest_share = 0.7;

Index sample_size(Index n, Index q) {
  const auto rows = static_cast<double>(n);
  const double balanced = balanced_share * rows / static_cast<double>(q);
  const double wanted = std::max(static_cast<double>(sampled_rows_per_parameter * q), balanced);
  return wanted > largest_share * rows ? n : static_cast<Index>(wanted);
}

/// Part [begin, end) of a sample of m among n rows: one from each of m equal ranges.
std::vector<Index> sample_part(Index n, Index m, int step, Index begin, Index end) {
  const CounterRandom random(0, static_cast<std::uint64_t>(step));
  std::vector<Index> rows;
  rows.reserve(end - begin);
  for (Index i = begin; i < end; ++i) {
    const Index first = i * n / m;
    const Index range = (i + 1) * n / m - first;
    rows.push_back(first + static_cast<Index>(random.below(i, range)));
  }
  return rows;
}

}  // namespace

template <Real T>
ReducedProblem<T>::ReducedProblem(const NetworkModel& model, const Layout<T>& layout,
                                  const Rows<T>& rows, int n_threads)
    : model_(model),
      rows_(rows),
      requested_threads_(n_threads),
      head_(model, layout, rows, n_threads),
      objective_(model, layout, rows, n_threads),
      scales_(model.n_layers()),
      n_sample_(sample_size(rows.n(), model.weights_at(model.n_layers() - 1))),
      weights_(layout),
      derivatives_(model, layout, std::min(n_sample_, derivative_rows_at_once)),
      matrix_(model) {}

template <Real T>
bool ReducedProblem<T>::evaluate(VarproPoint& point, Monitor& monitor) {
  if (!head_.fit(point.parameters, monitor)) return false;
  point.gradient.resize(point.parameters.size());
  point.value = objective_.evaluate(point.parameters, point.gradient, monitor);
  point.optimality = relative_gradient(model_, point.gradient, scales_);
  return std::isfinite(point.value.objective) && !std::isnan(point.optimality);
}

template <Real T>
void ReducedProblem<T>::certify(VarproPoint& point, Monitor& monitor) {
  point.value = objective_.evaluate(point.parameters, point.gradient, monitor, scales_);
  point.optimality = relative_gradient(model_, point.gradient, scales_);
}

template <Real T>
bool ReducedProblem<T>::matrix(const VarproPoint& point, int step, Monitor& monitor,
                               double* lower) {
  weights_.set(point.parameters.data());
  matrix_.clear();
  double weight = 0.0;
  for (Index begin = 0; begin < n_sample_; begin += derivative_rows_at_once) {
    const Index end = std::min(begin + derivative_rows_at_once, n_sample_);
    derivatives_.evaluate(rows_, sample_part(rows_.n(), n_sample_, step, begin, end), weights_,
                          point.parameters);
    matrix_.add(derivatives_, requested_threads_, monitor);
    weight += derivatives_.weight();
  }
  return weight > 0.0 && matrix_.reduced(rows_.total_weight() / weight, lower);
}

template class ReducedProblem<float>;
template class ReducedProblem<double>;

}  // namespace elltwo::network
