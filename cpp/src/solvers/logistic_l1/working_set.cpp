#include "solvers/logistic_l1/working_set.hpp"

#include <algorithm>

#include "parallel/sum_over.hpp"

namespace elltwo {
namespace {

Index block_number(Index k, Index l) {
  return std::max(k, l) * (std::max(k, l) + 1) / 2 + std::min(k, l);
}

}  // namespace

LogisticL1Set::LogisticL1Set(const LogisticL1Design& design, const LogisticL1Penalty& penalty,
                             std::span<const Index> entries, int n_threads, Monitor& monitor)
    : design_(design),
      penalty_(penalty),
      selected_(design.columns->selection(n_threads, monitor)),
      slots_of_(design.outputs),
      place_of_(design.p, -1),
      has_(design.outputs * design.p, 0) {
  const Index intercepts = !design.has_intercept ? 0 : std::max<Index>(1, design.outputs - 1);
  for (Index k = 0; k < intercepts; ++k) {
    owner_.push_back({-1, k});
    slots_of_[k].push_back(k);
  }
  slots_.append(std::vector<SlotPenalty>(intercepts, SlotPenalty{.l1 = 0.0, .l2 = 0.0}));
  append(entries);
}

Index LogisticL1Set::entry(Index s) const {
  const Owner& owner = owner_[s];
  if (owner.place < 0) return -1 - owner.output;
  return owner.output * design_.p + columns_[owner.place];
}

void LogisticL1Set::append_slots(std::span<const Index> entries) {
  std::vector<SlotPenalty> penalties;
  for (const Index e : entries) {
    const Index k = e / design_.p;
    has_[e] = 1;
    slots_of_[k].push_back(static_cast<Index>(owner_.size()));
    owner_.push_back({place_of_[e % design_.p], k});
    penalties.push_back(penalty_.slot(e));
  }
  slots_.append(penalties);
}

void LogisticL1Set::append(std::span<const Index> entries) {
  if (entries.empty()) return;
  std::vector<Index> added;
  for (const Index e : entries) {
    Index& place = place_of_[e % design_.p];
    if (place >= 0) continue;
    place = n_columns();
    columns_.push_back(e % design_.p);
    added.push_back(columns_.back());
  }
  selected_->append(added);
  const Index first = size();
  append_slots(entries);
  if (has_curvature()) fill_gram(first);
}

void LogisticL1Set::set_curvature(const LogisticL1Loss& loss) {
  const Index outputs = design_.outputs;
  curvature_.resize(outputs * (outputs + 1) / 2);
  for (Index k = 0; k < outputs; ++k) {
    for (Index l = 0; l <= k; ++l) {
      auto& block = curvature_[block_number(k, l)];
      block.resize(design_.n);
      curvature_of_block(design_, loss, k, l, block.data());
    }
  }
  fill_gram(0);
}

// G of the slots from the first on with all others.
void LogisticL1Set::fill_gram(Index first) {
  for (Index k = 0; k < design_.outputs; ++k) {
    const auto& of_k = slots_of_[k];
    const auto begin = std::ranges::lower_bound(of_k, first);
    const std::span<const Index> old(of_k.begin(), begin), added(begin, of_k.end());
    fill_block(k, k, added, added);
    fill_block(k, k, added, old);
    for (Index l = 0; l < k; ++l) {
      const auto& of_l = slots_of_[l];
      fill_block(k, l, added, of_l);
      fill_block(k, l, old, {std::ranges::lower_bound(of_l, first), of_l.end()});
    }
  }
  slots_.mirror(first);
}

// The same between slots of output k and slots of output l.
void LogisticL1Set::fill_block(Index k, Index l, std::span<const Index> a,
                               std::span<const Index> b) {
  if (a.empty() || b.empty()) return;
  const double* weight = curvature_[block_number(k, l)].data();
  const bool same = a.data() == b.data();
  std::vector<Index> places_a, places_b;
  const auto is_intercept = [&](Index s) { return owner_[s].place < 0; };
  for (const Index s : a) {
    if (!is_intercept(s)) places_a.push_back(owner_[s].place);
  }
  for (const Index s : b) {
    if (!is_intercept(s)) places_b.push_back(owner_[s].place);
  }
  const std::span<const Index> others = same ? places_a : places_b;
  const auto width = static_cast<Index>(others.size());
  Buffer<double> products(static_cast<Index>(places_a.size()) * width);
  selected_->gram(places_a, others, weight, products.data());
  std::vector<double> sums;  // of weights times columns
  double total = 0.0;
  if (is_intercept(a[0]) || is_intercept(b[0])) {
    sums.resize(n_columns());
    if (n_columns() > 0) selected_->products(1, weight, sums.data());
    total = sum_over(design_.n, [&](Index i) { return weight[i]; });
  }
  Index i = -1;
  for (const Index s : a) {
    const Index row = owner_[s].place;
    if (row >= 0) ++i;
    Index j = -1;
    for (const Index t : b) {
      const Index column = owner_[t].place;
      if (column >= 0) ++j;
      if (same && t < s) continue;
      double value = total;
      if (row >= 0 && column >= 0) value = products[i * width + j];
      else if (row >= 0 || column >= 0) value = sums[std::max(row, column)];
      slots_.gram(std::max(s, t))[std::min(s, t)] = value;
    }
  }
}

// Coefficients of slots as outputs x n_columns, and those of intercepts.
std::vector<double> LogisticL1Set::by_columns(const double* coef,
                                              std::vector<double>& intercept) const {
  std::vector<double> dense(design_.outputs * n_columns(), 0.0);
  intercept.assign(design_.outputs, 0.0);
  for (Index s = 0; s < size(); ++s) {
    const auto [place, k] = owner_[s];
    if (place < 0) intercept[k] = coef[s];
    else dense[k * n_columns() + place] = coef[s];
  }
  return dense;
}

void LogisticL1Set::by_slots(const std::vector<double>& products, const double* v,
                             std::vector<double>& out) const {
  out.resize(size());
  for (Index s = 0; s < size(); ++s) {
    const auto [place, k] = owner_[s];
    const double* vk = v + k * design_.n;
    out[s] = place >= 0 ? products[k * n_columns() + place]
                        : sum_over(design_.n, [&](Index i) { return vk[i]; });
  }
}

void LogisticL1Set::slopes(const double* v, std::vector<double>& out) {
  std::vector<double> products(n_columns() * design_.outputs);
  if (n_columns() > 0) selected_->products(design_.outputs, v, products.data());
  by_slots(products, v, out);
}

double LogisticL1Set::step(const double* change, double* eta,
                           const SelectedColumns::RowsFn& evaluate, const double* r,
                           std::vector<double>& slopes) {
  std::vector<double> intercept;
  const auto dense = by_columns(change, intercept);
  std::vector<double> products(dense.size());
  const double value = selected_->step(
      design_.outputs, dense.data(), eta,
      [&](Index first, Index count) {
        for (Index k = 0; k < design_.outputs; ++k) {
          double* rows = eta + k * design_.n + first;
          for (Index i = 0; intercept[k] != 0.0 && i < count; ++i) rows[i] += intercept[k];
        }
        return evaluate(first, count);
      },
      r, products.data());
  by_slots(products, r, slopes);
  return value;
}

void LogisticL1Set::predictors(Index m, const double* coef, double* out) {
  const Index n = design_.n;
  const Index outputs = design_.outputs;
  std::vector<double> dense, intercepts, intercept;
  for (Index a = 0; a < m; ++a) {
    const auto part = by_columns(coef + a * size(), intercept);
    dense.insert(dense.end(), part.begin(), part.end());
    intercepts.insert(intercepts.end(), intercept.begin(), intercept.end());
  }
  if (n_columns() > 0) selected_->combine(m * outputs, dense.data(), out);
  else std::fill_n(out, m * outputs * n, 0.0);
  for (Index k = 0; k < m * outputs; ++k) {
    for (Index i = 0; intercepts[k] != 0.0 && i < n; ++i) out[k * n + i] += intercepts[k];
  }
}

}  // namespace elltwo
