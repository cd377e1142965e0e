#include "solvers/elastic_net/wide_solver.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {

template <Real T>
std::unique_ptr<Columns> columns_of(const NetDesign<T>& design, int n_threads, Monitor& monitor) {
  const std::span<const double> shift(design.means().x);
  if (const auto* rows = design.sparse()) {
    return sparse_columns(transposed(*rows), design.scale(), shift, n_threads, monitor);
  }
  return dense_columns(design.problem().data().x, design.scale(), shift, n_threads, monitor);
}

template <Real T>
WideSolver<T>::WideSolver(const NetDesign<T>& design, const NetTerms& terms,
                          const WideOptions& options, std::unique_ptr<Columns> columns,
                          Monitor& monitor)
    : design_(design),
      options_(options),
      monitor_(monitor),
      frame_{design.units(), design.means(), options.shift, terms},
      columns_(std::move(columns)),
      rows_{*columns_, design.weight(), design.problem().centred(), options.most_features} {
  const auto pinned = design.pinned();
  for (Index t = 0; t < design.problem().n_targets(); ++t) {
    targets_.push_back({NetPenalty(terms, frame_.units, pinned, t)});
  }
  for (const double square : design.spread()) norms_.push_back(std::sqrt(square));
}

template <Real T>
NetNullModel WideSolver<T>::null_model(Index t) {
  auto& target = targets_[t];
  target.residual = design_.residual(t, target.penalty.prior());
  auto weighted = target.residual;
  static_cast<void>(rows_.weigh(weighted.data()));
  target.c.resize(columns_->n_columns());
  columns_->products(1, weighted.data(), target.c.data());
  ++counts_.passes;
  WideTargetPath path(rows_, own(target), monitor_);
  const NetNullModel null = path.solve_null();
  counts_.passes += path.counts().passes;
  return null;
}

template <Real T>
std::unique_ptr<WideTargetPath> WideSolver<T>::set_out(std::span<const double> alphas,
                                                       std::span<const double> start,
                                                       PathWriter& writer) {
  const auto& target = targets_[writer.penalty().target()];
  auto path = std::make_unique<WideTargetPath>(rows_, own(target), monitor_);
  path->solve_null();
  if (!start.empty()) path->begin(start_point(frame_, target.penalty, start));
  path->start(alphas, options_.max_iter, writer);
  return path;
}

template <Real T>
void WideSolver<T>::solve(std::span<const double> alphas, std::span<const double> start,
                          std::vector<PathWriter>& writers) {
  for (auto& writer : writers) {
    const auto path = set_out(alphas, start, writer);
    try {
      run(*path);
    } catch (...) {
      add(path->counts());
      throw;
    }
    add(path->counts());
  }
}

template <Real T>
void WideSolver<T>::run(WideTargetPath& path) {
  std::vector<double> products;
  while (!path.finished()) {
    const auto sides = path.propose();
    if (path.finished()) return;
    const Index m = static_cast<Index>(sides.size()) / columns_->n_rows();
    products.resize(m * columns_->n_columns());
    columns_->products(m, sides.data(), products.data());
    path.accept(products.data());
  }
}

template <Real T>
void WideSolver<T>::add(const WideCounts& counts) {
  counts_.passes += counts.passes;
  counts_.ever = std::max(counts_.ever, counts.ever);
  counts_.exchanges += counts.exchanges;
  counts_.monotone += counts.monotone;
}

template <Real T>
void WideSolver<T>::report(ElasticNetInfo& info) const {
  info.solver = Solver::active_set;
  info.reason = "working sets of the columns of X";
  info.n_passes += counts_.passes;
  info.n_ever = std::max(info.n_ever, counts_.ever);
  info.n_exchanges += counts_.exchanges;
  info.n_monotone += counts_.monotone;
}

template <Real T>
std::unique_ptr<NetSolver> wide_path(const NetDesign<T>& design, const NetTerms& terms,
                                     const WideOptions& options, Monitor& monitor) {
  return std::make_unique<WideSolver<T>>(design, terms, options,
                                         columns_of(design, options.n_threads, monitor), monitor);
}

template class WideSolver<double>;
template class WideSolver<float>;
template std::unique_ptr<Columns> columns_of<double>(const NetDesign<double>&, int, Monitor&);
template std::unique_ptr<Columns> columns_of<float>(const NetDesign<float>&, int, Monitor&);
template std::unique_ptr<NetSolver> wide_path<double>(const NetDesign<double>&, const NetTerms&,
                                                      const WideOptions&, Monitor&);
template std::unique_ptr<NetSolver> wide_path<float>(const NetDesign<float>&, const NetTerms&,
                                                     const WideOptions&, Monitor&);

}  // namespace elltwo
