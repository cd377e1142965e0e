#include "solvers/elastic_net/grouped_targets.hpp"

#include <algorithm>

#include "model/row_gap.hpp"
#include "solvers/elastic_net/paths.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {

bool suits_gram_of(const ElasticNetOptions& options, const ProblemShape& shape) {
  constexpr Index most_joined_features = 3000;
  if (suits_gram(shape.n_rows, shape.n_features)) return true;
  return joins_targets(options, shape.n_targets) && shape.n_features <= most_joined_features;
}

GroupedTargets::GroupedTargets(const NetFrame& frame, const std::vector<char>& pinned,
                               Index n_targets)
    : frame_(frame) {
  for (Index t = 0; t < n_targets; ++t) {
    penalties_.emplace_back(frame.terms, frame.units, pinned, t);
    if (frame.units.y(t) < frame.units.y(reference_)) reference_ = t;
  }
  for (Index t = 0; t < n_targets; ++t) {
    to_rows_.push_back(frame.units.y(reference_) / frame.units.y(t));
  }
  for (const Index j : shared().movable()) {
    (shared().is_unpenalised(j) ? free_ : penalised_).push_back(j);
  }
}

NetNullModel GroupedTargets::null_model(Index target, double rss, double total,
                                        double alpha_max) const {
  const double square = to_rows_[target] * to_rows_[target];
  return {.rss = rss / square,
          .total = total / square,
          .alpha_max = penalties_[target].scaled_alpha(shared().user_alpha(alpha_max))};
}

std::vector<double> GroupedTargets::rows_of(std::span<const double> coef,
                                            const std::vector<Index>& features) const {
  const Index n = size(), p = shared().n_features();
  std::vector<double> rows;
  for (const Index j : features) {
    for (Index t = 0; t < n; ++t) {
      const double prior = frame_.terms.prior.empty() ? 0.0 : frame_.terms.prior[t * p + j];
      const double y_unit = frame_.units.y(reference_);
      rows.push_back(rescaled(coef[t * p + j] - prior, y_unit, frame_.units.x(j)));
    }
  }
  return rows;
}

double GroupedTargets::scaled(double alpha, double alpha_max) const {
  return shared().alpha_to_solve_at(alpha, alpha_max);
}

bool GroupedTargets::write(double alpha, const GroupPoint& point,
                           std::vector<PathWriter>& writers) const {
  const Index n = size();
  bool more = true;
  for (Index t = 0; t < n; ++t) {
    const double square = to_rows_[t] * to_rows_[t];
    NetPoint own{.features = point.features,
                 .values = {},
                 .rss = point.report.rss / square,
                 .penalty = point.report.penalty / square,
                 .gap = point.report.gap.gap / square,
                 .violation = point.report.gap.violation,
                 .rounds = point.report.rounds,
                 .finished = point.report.finished};
    for (std::size_t k = 0; k < point.features.size(); ++k) {
      own.values.push_back(point.rows[k * n + t] / to_rows_[t]);
    }
    more = writers[t].add(alpha, own) && more;
  }
  return more;
}

GroupPoint group_point(const std::vector<Index>& features, const std::vector<double>& rows,
                       const std::vector<Index>& free, const std::vector<double>& free_rows,
                       const RowReport& report) {
  std::vector<std::pair<Index, const double*>> present;
  const auto count = features.size() + free.size();
  const auto values = rows.size() + free_rows.size();
  const Index n = count > 0 ? static_cast<Index>(values / count) : 0;
  for (std::size_t s = 0; s < features.size(); ++s) {
    const double* row = rows.data() + static_cast<Index>(s) * n;
    if (!is_zero_row(row, n)) present.emplace_back(features[s], row);
  }
  for (std::size_t k = 0; k < free.size(); ++k) {
    present.emplace_back(free[k], free_rows.data() + static_cast<Index>(k) * n);
  }
  std::ranges::sort(present);
  GroupPoint point{.features = {}, .rows = {}, .report = report};
  for (const auto& [feature, row] : present) {
    point.features.push_back(feature);
    point.rows.insert(point.rows.end(), row, row + n);
  }
  return point;
}

void certify_rows(const RowSlots& slots, double alpha, const CoefficientRows& rows, double rss,
                  RowReport& report) {
  std::vector<double> l1, l2;
  for (Index s = 0; s < slots.size(); ++s) {
    l1.push_back(alpha * slots.l1(s));
    l2.push_back(alpha * slots.l2(s));
  }
  report.rss = rss;
  report.penalty = row_penalty(rows, {l1, l2});
  report.gap = squared_loss_row_gap(rss, rows, {l1, l2});
}

}  // namespace elltwo
