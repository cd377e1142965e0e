#include "solvers/network/lbfgs_history.hpp"

#include <utility>

#include "parallel/sum_over.hpp"

namespace elltwo::network {
namespace {

constexpr double least_curvature = 1e-10;  // of a pair, relative to the lengths of its vectors

void add_multiple(double factor, const std::vector<double>& v, std::span<double> to) {
  for (std::size_t i = 0; i < v.size(); ++i) to[i] += factor * v[i];
}

}  // namespace

void LbfgsHistory::add(double step, std::span<const double> direction,
                       std::span<const double> before, std::span<const double> after) {
  Pair pair;
  if (static_cast<int>(pairs_.size()) == memory_) {
    pair = std::move(pairs_.front());
    pairs_.pop_front();
  }
  pair.step.resize(size_);
  pair.change.resize(size_);
  for (Index i = 0; i < size_; ++i) {
    pair.step[i] = step * direction[i];
    pair.change[i] = after[i] - before[i];
  }
  pair.product = dot(pair.step, pair.change);
  const double lengths = dot(pair.step, pair.step) * dot(pair.change, pair.change);
  if (pair.product > 0.0 &&
      pair.product * pair.product > least_curvature * least_curvature * lengths)
    pairs_.push_back(std::move(pair));
}

void LbfgsHistory::direction(std::span<const double> gradient, std::span<double> direction) {
  for (Index i = 0; i < size_; ++i) direction[i] = -gradient[i];
  for (auto pair = pairs_.rbegin(); pair != pairs_.rend(); ++pair) {
    pair->weight = dot(size_, pair->step.data(), direction.data()) / pair->product;
    add_multiple(-pair->weight, pair->change, direction);
  }
  if (!pairs_.empty()) {
    const Pair& last = pairs_.back();
    const double scale = last.product / dot(last.change, last.change);
    for (double& d : direction) d *= scale;
  }
  for (Pair& pair : pairs_) {
    const double back = dot(size_, pair.change.data(), direction.data()) / pair.product;
    add_multiple(pair.weight - back, pair.step, direction);
  }
}

}  // namespace elltwo::network
