#include "solvers/elastic_net/row_working_set.hpp"

#include <algorithm>

#include "model/row_gap.hpp"

namespace elltwo {
namespace {

constexpr Index least_forgotten_rows = 200;
constexpr double dependent_on_free_columns = 1e-12;
constexpr double well_below = 0.8;  // of alpha l1

}  // namespace

RowWorkingSet::RowWorkingSet(const WideRows& rows, const GroupedTargets& targets,
                             const std::vector<double>& y, int n_threads, Monitor& monitor)
    : rows_(rows),
      targets_(targets),
      y_(y),
      n_threads_(n_threads),
      monitor_(monitor),
      slots_(targets.size()),
      slot_of_(targets.shared().n_features(), -1),
      ever_(slot_of_.size(), 0) {
  auto weighted = y;
  const Index n = rows_.columns.n_rows(), p = rows_.columns.n_columns(), m = targets.size();
  double total = 0.0;
  for (Index t = 0; t < m; ++t) total += rows_.weigh(weighted.data() + t * n);
  std::vector<double> products(static_cast<std::size_t>(m * p));
  rows_.columns.products(m, weighted.data(), products.data());
  ++n_passes_;
  c_.resize(products.size());
  for (Index t = 0; t < m; ++t) {
    for (Index j = 0; j < p; ++j) c_[j * m + t] = products[t * p + j];
  }
  set_free();
  const auto null = free_.solve(free_c_, m);
  for (std::size_t k = 0; k < null.size(); ++k) total -= null[k] * free_c_[k];
  solver_ = std::make_unique<RowSolver>(slots_, std::max(total, 0.0), n_threads_, monitor_);
}

RowWorkingSet::~RowWorkingSet() { rows_.columns.keep({}); }

void RowWorkingSet::set_free() {
  const auto& z = targets_.free();
  const auto m = static_cast<Index>(z.size());
  std::vector<double> gram(z.size() * z.size());
  if (m > 0) {
    rows_.columns.select(z);
    const double* weight = rows_.weight.empty() ? nullptr : rows_.weight.data();
    rows_.columns.gram(0, m, weight, gram.data(), m);
    for (Index j = 0; j < m; ++j) {
      for (Index i = 0; i < j; ++i) gram[i * m + j] = gram[j * m + i];
    }
  }
  free_ = FreeRows(m, gram, monitor_);
  const Index n = targets_.size();
  for (const Index j : z) {
    free_c_.insert(free_c_.end(), c_.begin() + j * n, c_.begin() + (j + 1) * n);
  }
}

void RowWorkingSet::extend(std::span<const Index> features) {
  if (features.empty()) return;
  const Index first = size(), m = free_.size(), n = targets_.size();
  std::vector<SlotPenalty> penalties;
  for (const Index j : features) {
    slot_of_[j] = static_cast<Index>(features_.size());
    features_.push_back(j);
    penalties.push_back(targets_.shared()[j]);
    n_ever_ += ever_[j] == 0 ? 1 : 0;
    ever_[j] = 1;
  }
  rows_.columns.select(features);
  slots_.append(penalties);
  // Products with the unpenalised columns and with the slots, a column for each new one.
  const Index end = m + size(), count = size() - first;
  std::vector<double> products(static_cast<std::size_t>(count * end)), cross;
  const double* weight = rows_.weight.empty() ? nullptr : rows_.weight.data();
  rows_.columns.gram(m + first, end, weight, products.data() - (m + first) * end, end);
  for (Index k = 0; k < count; ++k) {
    const double* column = products.data() + k * end;
    cross.insert(cross.end(), column, column + m);
    std::copy_n(column + m, first + k + 1, slots_.gram().gram(first + k));
  }
  free_.append(cross);
  for (Index s = first; s < size(); ++s) {
    std::copy_n(c_.data() + features_[s] * n, n, slots_.c(s));
  }
  free_.subtract(first, free_.solve(free_c_, n), n, slots_.c(first));
  for (Index s = first; m > 0 && s < size(); ++s) take_explained(s);
  slots_.gram().mirror(first);
  solver_->take_appended();
}

// Leaves the products that the unpenalised features do not explain. A column that they explain but
// for rounding has no part in the problem: its slot stays at zero.
void RowWorkingSet::take_explained(Index s) {
  double* column = slots_.gram().gram(s);
  const double square = column[s];
  for (Index i = 0; i <= s; ++i) column[i] -= free_.explained(i, s);
  if (column[s] > dependent_on_free_columns * square) return;
  std::fill_n(column, s, 0.0);
  column[s] = square;
  std::fill_n(slots_.c(s), targets_.size(), 0.0);
}

void RowWorkingSet::forget(double alpha, const GroupSlopes& slopes) {
  const Index n = targets_.size(), m = free_.size();
  std::vector<Index> kept;
  for (Index s = 0; s < size(); ++s) {
    const double norm = row_norm(slopes.q.data() + features_[s] * n, n);
    const bool present = !is_zero_row(solver_->point().data() + s * n, n);
    if (present || norm > well_below * alpha * slots_.l1(s)) kept.push_back(s);
  }
  const Index idle = size() - static_cast<Index>(kept.size());
  if (idle < least_forgotten_rows || 3 * idle < size()) return;
  for (const Index j : features_) slot_of_[j] = -1;
  std::vector<Index> places;
  for (Index k = 0; k < m; ++k) places.push_back(k);
  for (std::size_t s = 0; s < kept.size(); ++s) {
    features_[s] = features_[kept[s]];
    slot_of_[features_[s]] = static_cast<Index>(s);
    places.push_back(m + kept[s]);
  }
  features_.resize(kept.size());
  rows_.columns.keep(places);
  free_.keep(kept);
  slots_.keep(kept);
  solver_->take_kept(kept);
}

std::vector<double> RowWorkingSet::free_rows() const {
  return free_.minimum(free_c_, solver_->point(), targets_.size());
}

// Y - Z B, a vector for each target.
std::vector<double> RowWorkingSet::residuals(const std::vector<double>& of_free) {
  const Index n = targets_.size(), m = free_.size();
  std::vector<Index> places;
  std::vector<double> rows;
  for (Index k = 0; k < m; ++k) places.push_back(k);
  rows = of_free;
  for (Index s = 0; s < size(); ++s) {
    const double* row = solver_->point().data() + s * n;
    if (is_zero_row(row, n)) continue;
    places.push_back(m + s);
    rows.insert(rows.end(), row, row + n);
  }
  const auto k = places.size();
  std::vector<double> coef(rows.size()), fitted(y_.size(), 0.0);
  for (std::size_t i = 0; i < k; ++i) {
    for (Index t = 0; t < n; ++t) coef[t * k + i] = rows[i * n + t];
  }
  if (k > 0) rows_.columns.combine(places, n, coef.data(), fitted.data());
  for (std::size_t e = 0; e < fitted.size(); ++e) fitted[e] = y_[e] - fitted[e];
  return fitted;
}

GroupSlopes RowWorkingSet::slopes() {
  const Index n = rows_.columns.n_rows(), p = rows_.columns.n_columns(), m = targets_.size();
  auto r = residuals(free_rows());
  GroupSlopes slopes;
  for (Index t = 0; t < m; ++t) slopes.rss += rows_.weigh(r.data() + t * n);
  std::vector<double> products(static_cast<std::size_t>(m * p));
  rows_.columns.products(m, r.data(), products.data());
  ++n_passes_;
  slopes.q.resize(products.size());
  for (Index t = 0; t < m; ++t) {
    for (Index j = 0; j < p; ++j) slopes.q[j * m + t] = products[t * p + j];
  }
  return slopes;
}

}  // namespace elltwo
