#include "solvers/network/objective.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/sum_over.hpp"
#include "parallel/team.hpp"

namespace elltwo::network {
namespace {

constexpr Index chunk_rows = 512;  // at least: sums of chunks take a small part of the time then
constexpr Index most_chunks = 32;

Index number_of_chunks(Index n) { return std::clamp(n / chunk_rows, Index{1}, most_chunks); }

constexpr double least_norm = 1e-140;  // beyond these, squares leave the range of normal numbers
constexpr double largest_norm = 1e150;

}  // namespace

double norm_of(std::span<const double> values) {
  const double norm = std::sqrt(dot(values, values));
  if (norm >= least_norm && norm <= largest_norm) return norm;
  double largest = 0.0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  if (largest == 0.0 || !std::isfinite(largest)) return norm;
  double sum = 0.0;
  for (const double value : values) sum += (value / largest) * (value / largest);
  return largest * std::sqrt(sum);
}

template <Real T>
Objective<T>::Objective(const NetworkModel& model, const Layout<T>& layout, const Rows<T>& rows,
                        int n_threads)
    : model_(model),
      layout_(layout),
      rows_(rows),
      n_threads_(threads_for(n_threads, layout.operations() * static_cast<double>(rows.n()))),
      weights_(layout),
      chunks_(number_of_chunks(rows.n())) {
  n_threads_ = static_cast<int>(std::min<Index>(n_threads_, static_cast<Index>(chunks_.size())));
  for (Chunk& chunk : chunks_) {
    chunk.gradient = Buffer<double>(layout.size());
    chunk.scales.resize(model.n_layers());
  }
  for (int t = 0; t < n_threads_; ++t) {
    passes_.push_back(std::make_unique<BlockPass<T>>(model, layout, layout.block_rows()));
  }
}

template <Real T>
void Objective<T>::visit(Index c, BlockPass<T>& pass, bool with_scales, Monitor& monitor) {
  const auto n_chunks = static_cast<Index>(chunks_.size());
  const Index end = (c + 1) * rows_.n() / n_chunks;
  Chunk& chunk = chunks_[c];
  chunk.loss = 0.0;
  chunk.gradient.fill_zero();
  std::fill(chunk.scales.begin(), chunk.scales.end(), 0.0);
  for (Index i = c * rows_.n() / n_chunks; i < end; i += layout_.block_rows()) {
    const auto block = rows_.block(i, std::min(layout_.block_rows(), end - i));
    pass.forward(weights_, block);
    chunk.loss +=
        pass.backward(weights_, chunk.gradient.data(), with_scales ? chunk.scales.data() : nullptr);
    check(monitor);
  }
}

/// Adds the chunks in order. Writes the gradient of the loss and returns the loss.
template <Real T>
double Objective<T>::total(std::span<double> gradient) {
  Chunk& first = chunks_.front();
  for (std::size_t c = 1; c < chunks_.size(); ++c) {
    first.loss += chunks_[c].loss;
    const double* more = chunks_[c].gradient.data();
    double* sum = first.gradient.data();
    for (Index i = 0; i < layout_.size(); ++i) sum[i] += more[i];
    for (std::size_t l = 0; l < first.scales.size(); ++l) first.scales[l] += chunks_[c].scales[l];
  }
  layout_.strip(first.gradient.data(), gradient.data());
  return first.loss;
}

template <Real T>
Value Objective<T>::evaluate(std::span<const double> parameters, std::span<double> gradient,
                             Monitor& monitor, std::span<double> scales) {
  weights_.set(parameters.data());
  TaskCounter tasks(static_cast<Index>(chunks_.size()));
  Relay relay(monitor);
  run_team(n_threads_, [&](TeamMember& member) {
    Monitor own = relay.monitor();
    for (Index c = 0; tasks.next(c);) visit(c, *passes_[member.rank()], !scales.empty(), own);
  });
  check(monitor);
  Value value;
  value.loss = total(gradient);
  if (!scales.empty()) {
    std::copy(chunks_.front().scales.begin(), chunks_.front().scales.end(), scales.begin());
    for (Index l = 0; l < model_.n_layers(); ++l) {
      const auto size = static_cast<std::size_t>(model_.inputs(l) * model_.outputs(l));
      scales[l] += model_.alpha_of(l) * norm_of(parameters.subspan(model_.weights_at(l), size));
    }
  }
  value.objective = value.loss + penalty(model_, parameters, gradient);
  return value;
}

double relative_gradient(const NetworkModel& model, std::span<const double> gradient,
                         std::span<const double> scales) {
  double largest = 0.0;
  for (Index l = 0; l < model.n_layers(); ++l) {
    const auto begin = static_cast<std::size_t>(model.weights_at(l));
    const auto size = static_cast<std::size_t>(model.weights_at(l + 1)) - begin;
    const double norm = norm_of(gradient.subspan(begin, size));
    if (norm == 0.0) continue;
    if (!std::isfinite(norm) || !std::isfinite(scales[l])) return HUGE_VAL;
    largest = std::max(largest, norm / scales[l]);
  }
  return largest;
}

bool meets_tolerance(const NetworkOptions& options, double optimality,
                     std::span<const double> gradient) {
  return optimality <= options.tol || std::ranges::all_of(gradient, [&](double slope) {
           return std::abs(slope) <= options.gradient_tol;
         });
}

double penalty(const NetworkModel& model, std::span<const double> parameters,
               std::span<double> gradient) {
  double sum = 0.0;
  for (Index l = 0; l < model.n_layers(); ++l) {
    const double alpha = model.alpha_of(l);
    if (alpha == 0.0) continue;
    const Index size = model.inputs(l) * model.outputs(l);
    const double* w = parameters.data() + model.weights_at(l);
    sum += 0.5 * alpha * dot(size, w, w);
    if (gradient.empty()) continue;
    double* g = gradient.data() + model.weights_at(l);
    for (Index i = 0; i < size; ++i) g[i] += alpha * w[i];
  }
  return sum;
}

template class Objective<float>;
template class Objective<double>;

}  // namespace elltwo::network
