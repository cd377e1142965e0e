#include "solvers/network/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

#include "parallel/interruption.hpp"
#include "solvers/network/objective.hpp"
#include "solvers/network/scores.hpp"

namespace elltwo::network {
namespace {

constexpr double slowest_rate = 1e-6;  // of the adaptive schedule
constexpr double slow_down = 5.0;

void pad_or_clear(const Layout<float>& layout, const std::vector<double>& from, Buffer<float>& to) {
  if (from.empty()) {
    to.fill_zero();
  } else {
    layout.pad(from.data(), to.data());
  }
}

}  // namespace

Trainer::Trainer(const NetworkModel& model, const Layout<float>& layout, const Rows<float>& rows,
                 const StochasticOptions& options)
    : model_(model),
      layout_(layout),
      rows_(rows),
      options_(options),
      batch_size_(std::min(options.batch_size, rows.n())),
      weights_(layout),
      first_(layout.size()),
      second_(options.adam ? layout.size() : 0),
      slope_(layout.size()),
      pass_(model, layout, layout.block_rows()),
      gathered_(rows, layout.block_rows()),
      order_(rows.n()) {
  std::iota(order_.begin(), order_.end(), Index{0});
}

void Trainer::read(const StochasticState& state) {
  weights_.set(state.parameters.data());
  pad_or_clear(layout_, state.first, first_);
  if (options_.adam) pad_or_clear(layout_, state.second, second_);
}

void Trainer::write(StochasticState& state) const {
  const auto size = static_cast<std::size_t>(model_.n_parameters());
  state.parameters.resize(size);
  state.first.resize(size);
  layout_.strip(weights_.padded(), state.parameters.data());
  layout_.strip(first_.data(), state.first.data());
  if (!options_.adam) return;
  state.second.resize(size);
  layout_.strip(second_.data(), state.second.data());
}

/// The step after a batch of this weight.
void Trainer::update(StochasticState& state, double weight) {
  state.n_steps += 1.0;
  double rate = state.learning_rate;
  if (options_.adam) {
    rate *= std::sqrt(1.0 - std::pow(options_.beta_2, state.n_steps)) /
            (1.0 - std::pow(options_.beta_1, state.n_steps));
  }
  const Kernels& table = kernels();
  const auto run = options_.adam ? table.adam : options_.nesterov ? table.nesterov : table.momentum;
  Update job{.scale = static_cast<float>(1.0 / weight),
             .rate = static_cast<float>(rate),
             .beta_1 = static_cast<float>(options_.adam ? options_.beta_1 : options_.momentum),
             .beta_2 = static_cast<float>(options_.beta_2),
             .epsilon = static_cast<float>(options_.epsilon)};
  const auto take = [&](Index begin, Index size, double decay) {
    job.size = size;
    job.decay = static_cast<float>(decay);
    job.slope = slope_.data() + begin;
    job.parameter = weights_.padded() + begin;
    job.first = first_.data() + begin;
    job.second = options_.adam ? second_.data() + begin : nullptr;
    run(job);
  };
  for (Index l = 0; l < model_.n_layers(); ++l) {
    const LayerLayout& layer = layout_.layers()[l];
    take(layer.weights_at, layer.rows() * layer.stride(),
         model_.alpha_of(l) / rows_.total_weight());
    take(layer.intercepts_at, layer.ld_out, 0.0);
  }
  weights_.refresh();
}

/// One mini-batch. Adds its loss.
void Trainer::step(StochasticState& state, Index begin, Index n, double& loss) {
  slope_.fill_zero();
  double weight = 0.0;
  for (Index i = 0; i < n; i += layout_.block_rows()) {
    const Index size = std::min(layout_.block_rows(), n - i);
    const auto block = gathered_.gather(order_.data() + begin + i, size);
    for (Index r = 0; r < size; ++r) weight += block.weight == nullptr ? 1.0 : block.weight[r];
    pass_.forward(weights_, block);
    loss += pass_.backward(weights_, slope_.data());
  }
  if (weight > 0.0) update(state, weight);
}

void Trainer::epoch(StochasticState& state, Monitor& monitor) {
  if (options_.shuffle) shuffle(state.seed, state.n_epochs, order_);
  double loss = 0.0;
  for (Index begin = 0; begin < rows_.n(); begin += batch_size_) {
    step(state, begin, std::min(batch_size_, rows_.n() - begin), loss);
    check(monitor);
  }
  state.n_epochs += 1;
  state.n_rows += static_cast<double>(rows_.n());
  layout_.strip(weights_.padded(), state.parameters.data());
  const double mean = (loss + penalty(model_, state.parameters, {})) / rows_.total_weight();
  if (!std::isfinite(mean)) {
    throw std::overflow_error("the loss became NaN or infinite in epoch " +
                              std::to_string(state.n_epochs) +
                              ": lower learning_rate_init, or bring X and y to a scale of 1");
  }
  state.loss_curve.push_back(mean);
}

double Trainer::score(const Rows<float>& validation, Monitor& monitor) {
  Scores scores(model_);
  for (Index i = 0; i < validation.n(); i += layout_.block_rows()) {
    const auto block = validation.block(i, std::min(layout_.block_rows(), validation.n() - i));
    pass_.forward(weights_, block);
    scores.add(block, pass_.input(model_.n_layers()), layout_.last().ld_out);
    check(monitor);
  }
  return scores.score();
}

/// Whether the last epoch was better than those before it, by more than tol or at all. Counts.
bool Trainer::improved(StochasticState& state, bool by_score) const {
  const auto& curve = by_score ? state.scores : state.loss_curve;
  const double sign = by_score ? -1.0 : 1.0;
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i + 1 < curve.size(); ++i) best = std::min(best, sign * curve[i]);
  const double last = sign * curve.back();
  state.n_no_change = last > best - options_.tol ? state.n_no_change + 1 : 0;
  return last < best;
}

/// Whether the schedule answers to the lack of progress by a smaller rate.
bool Trainer::goes_on_slower(StochasticState& state) const {
  if (options_.adam || options_.schedule != LearningRate::adaptive) return false;
  if (state.learning_rate <= slowest_rate) return false;
  state.learning_rate /= slow_down;
  state.n_no_change = 0;
  return true;
}

NetworkInfo Trainer::run(StochasticState& state, const Rows<float>* validation, Monitor& monitor) {
  NetworkInfo info{.status = Status::max_iter_reached,
                   .solver = options_.adam ? NetworkSolver::adam : NetworkSolver::sgd,
                   .reason = "max_epochs epochs"};
  if (state.learning_rate == 0.0) state.learning_rate = options_.learning_rate;
  read(state);
  for (int e = 0; e < options_.max_epochs; ++e) {
    epoch(state, monitor);
    ++info.n_iter;
    if (!options_.adam && options_.schedule == LearningRate::invscaling) {
      state.learning_rate = options_.learning_rate / std::pow(state.n_rows + 1.0, options_.power);
    }
    if (validation != nullptr) state.scores.push_back(score(*validation, monitor));
    if (improved(state, validation != nullptr) && validation != nullptr) {
      state.best = state.parameters;
    }
    const bool at_end =
        options_.n_iter_no_change > 0 && state.n_no_change > options_.n_iter_no_change;
    if (!at_end || goes_on_slower(state)) continue;
    info.status = Status::converged;
    info.reason =
        validation != nullptr ? "the validation score no longer rises" : "the loss no longer falls";
    break;
  }
  write(state);
  if (validation != nullptr && !state.best.empty()) state.parameters = state.best;
  info.objective = state.loss_curve.empty() ? 0.0 : state.loss_curve.back() * rows_.total_weight();
  info.loss = info.objective - penalty(model_, state.parameters, {});
  info.n_evaluations = info.n_iter;
  return info;
}

}  // namespace elltwo::network
