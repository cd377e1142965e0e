#include "solvers/network/head.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/posdef.hpp"
#include "linalg/rounded.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/network/head_system.hpp"

namespace elltwo::network {
namespace {

constexpr Index head_chunk_rows = 1024;
constexpr Index most_head_chunks = 32;

/// Conditions below which the diagonal is raised, and by how much of it at first.
template <Real T>
constexpr double least_rcond = std::same_as<T, float> ? 1e-9 : 1e-15;
template <Real T>
constexpr double head_lift = std::same_as<T, float> ? 1e-7 : 1e-14;

}  // namespace

template <Real T>
Head<T>::Head(const NetworkModel& model, const Layout<T>& layout, const Rows<T>& rows,
              int n_threads)
    : model_(model),
      layout_(layout),
      rows_(rows),
      n_threads_(threads_for(n_threads, layout.operations() * static_cast<double>(rows.n()))),
      n_features_(model.inputs(model.n_layers() - 1) + 1),
      weights_(layout) {
  const Index width = kernels().passes<T>().width;
  ld_ = rounded_up(n_features_ + model.n_outputs(), width);
  const Index n_chunks = std::clamp(rows.n() / head_chunk_rows, Index{1}, most_head_chunks);
  for (Index c = 0; c < n_chunks; ++c) chunks_.emplace_back(n_features_ * ld_);
  n_threads_ = static_cast<int>(std::min<Index>(n_threads_, n_chunks));
  for (int t = 0; t < n_threads_; ++t) {
    workers_.push_back(
        std::make_unique<Worker>(Worker{.pass = BlockPass<T>(model, layout, layout.block_rows()),
                                        .block = Buffer<T>::zeros(layout.block_rows() * ld_)}));
  }
}

template <Real T>
bool Head<T>::fit(std::span<double> parameters, Monitor& monitor) {
  weights_.set(parameters.data());
  TaskCounter tasks(static_cast<Index>(chunks_.size()));
  Relay relay(monitor);
  run_team(n_threads_, [&](TeamMember& member) {
    Monitor own = relay.monitor();
    for (Index c = 0; tasks.next(c);) visit(c, *workers_[member.rank()], own);
  });
  check(monitor);
  Buffer<double>& sum = chunks_.front();
  for (std::size_t c = 1; c < chunks_.size(); ++c) {
    for (Index i = 0; i < sum.size(); ++i) sum[i] += chunks_[c][i];
  }
  return solve(parameters, monitor);
}

template <Real T>
void Head<T>::visit(Index c, Worker& worker, Monitor& monitor) {
  const auto n_chunks = static_cast<Index>(chunks_.size());
  const Index end = (c + 1) * rows_.n() / n_chunks;
  chunks_[c].fill_zero();
  for (Index i = c * rows_.n() / n_chunks; i < end; i += layout_.block_rows()) {
    const auto rows = rows_.block(i, std::min(layout_.block_rows(), end - i));
    worker.pass.forward(weights_, rows);
    fill_block(rows, worker);
    kernels().passes<T>().outer_sum({.n = rows.n,
                                     .k = n_features_,
                                     .m = n_features_ + model_.n_outputs(),
                                     .a = worker.block.data(),
                                     .ld_a = ld_,
                                     .b = worker.block.data(),
                                     .ld_b = ld_,
                                     .c = chunks_[c].data(),
                                     .ld_c = ld_});
    check(monitor);
  }
}

template <Real T>
void Head<T>::fill_block(const RowBlock<T>& rows, Worker& worker) const {
  const Index last = model_.n_layers() - 1;
  const Index inputs = n_features_ - 1;
  for (Index i = 0; i < rows.n; ++i) {
    const T* a = worker.pass.input(last) + i * worker.pass.ld_input(last);
    const double* y = rows.y + i * model_.n_outputs();
    T* line = worker.block.data() + i * ld_;
    const double root = rows.weight == nullptr ? 1.0 : std::sqrt(rows.weight[i]);
    const T factor = static_cast<T>(root);
    for (Index j = 0; j < inputs; ++j) line[j] = factor * a[j];
    line[inputs] = factor;
    for (Index t = 0; t < model_.n_outputs(); ++t) {
      line[n_features_ + t] = static_cast<T>(root * y[t]);
    }
  }
}

template <Real T>
bool Head<T>::solve(std::span<double> parameters, Monitor& monitor) const {
  const Index n = n_features_;
  const Index outputs = model_.n_outputs();
  const double alpha = model_.alpha_of(model_.n_layers() - 1);
  const Buffer<double>& sums = chunks_.front();
  const HeadSystem equations{.n = n, .sums = sums, .ld = ld_, .scale = 1.0, .alpha = alpha};
  return equations.solved(head_lift<T>, [&](Buffer<double> lower) {
    PosDefSystem system(n, std::move(lower));
    if (!system.factor(1, monitor) || system.rcond() < least_rcond<T>) return false;
    Buffer<double> coef(n * outputs);
    for (Index t = 0; t < outputs; ++t) {
      for (Index i = 0; i < n; ++i) coef[t * n + i] = sums[i * ld_ + n + t];
    }
    system.solve(coef.data(), outputs, n, 1, monitor);
    double* head = parameters.data() + model_.weights_at(model_.n_layers() - 1);
    for (Index t = 0; t < outputs; ++t) {
      for (Index i = 0; i < n; ++i) head[i * outputs + t] = coef[t * n + i];
    }
    return true;
  });
}

template class Head<float>;
template class Head<double>;

}  // namespace elltwo::network
