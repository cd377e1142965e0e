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
                             std::span<const Index> columns)
    : design_(design), penalty_(penalty), slots_of_(design.outputs), place_of_(design.p, -1) {
  const Index intercepts = !design.has_intercept ? 0 : std::max<Index>(1, design.outputs - 1);
  for (Index k = 0; k < intercepts; ++k) {
    owner_.push_back({-1, k});
    slots_of_[k].push_back(k);
  }
  slots_.append(std::vector<SlotPenalty>(intercepts, SlotPenalty{.l1 = 0.0, .l2 = 0.0}));
  append(columns);
}

Index LogisticL1Set::entry(Index s) const {
  const Owner& owner = owner_[s];
  if (owner.place < 0) return -1 - owner.output;
  return owner.output * design_.p + columns_[owner.place];
}

void LogisticL1Set::append_slots(std::span<const Index> columns) {
  std::vector<SlotPenalty> penalties;
  for (const Index j : columns) {
    place_of_[j] = n_columns();
    columns_.push_back(j);
    const bool last_is_zero = penalty_.free[j] && penalty_.lower.empty() && design_.outputs > 1;
    for (Index k = 0; k < design_.outputs - (last_is_zero ? 1 : 0); ++k) {
      slots_of_[k].push_back(static_cast<Index>(owner_.size()));
      owner_.push_back({place_of_[j], k});
      penalties.push_back(penalty_.slot(k * design_.p + j));
    }
  }
  slots_.append(penalties);
}

void LogisticL1Set::append(std::span<const Index> columns) {
  if (columns.empty()) return;
  const Index first_slot = size();
  const Index first_place = n_columns();
  design_.columns->select(columns);
  append_slots(columns);
  if (has_curvature()) fill_gram(first_slot, first_place);
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
  fill_gram(0, 0);
}

// G of the slots from first_slot on, of columns at places from first_place on, with all others.
void LogisticL1Set::fill_gram(Index first_slot, Index first_place) {
  for (Index k = 0; k < design_.outputs; ++k) {
    for (Index l = 0; l <= k; ++l) fill_block(k, l, first_slot, first_place);
  }
  slots_.mirror(first_slot);
}

// The same between slots of output k and slots of output l.
void LogisticL1Set::fill_block(Index k, Index l, Index first_slot, Index first_place) {
  const double* weight = curvature_[block_number(k, l)].data();
  const Index m = n_columns();
  Buffer<double> products(std::max<Index>(1, m * (m - first_place)));  // by new places
  design_.columns->gram(first_place, m, weight, products.data() - first_place * m, m);
  std::vector<double> sums(m);  // of weights times columns
  double total = 0.0;
  if (design_.has_intercept) {
    design_.columns->selected_products(1, weight, sums.data());
    total = sum_over(design_.n, [&](Index i) { return weight[i]; });
  }
  const auto between = [&](Index s, Index t) {
    const Index a = std::max(owner_[s].place, owner_[t].place);
    const Index b = std::min(owner_[s].place, owner_[t].place);
    if (b >= 0) return products[(a - first_place) * m + b];
    return a >= 0 ? sums[a] : total;
  };
  const auto scatter = [&](const std::vector<Index>& added, const std::vector<Index>& others) {
    for (const Index s : added) {
      for (const Index t : others) {
        if (s >= first_slot && t <= s) slots_.gram(s)[t] = between(s, t);
      }
    }
  };
  scatter(slots_of_[k], slots_of_[l]);
  if (k != l) scatter(slots_of_[l], slots_of_[k]);
}

void LogisticL1Set::slopes(const double* v, std::vector<double>& out) {
  const Index m = n_columns();
  std::vector<double> products(m * design_.outputs);
  if (m > 0) design_.columns->selected_products(design_.outputs, v, products.data());
  out.resize(size());
  for (Index s = 0; s < size(); ++s) {
    const auto [place, k] = owner_[s];
    const double* vk = v + k * design_.n;
    out[s] =
        place >= 0 ? products[k * m + place] : sum_over(design_.n, [&](Index i) { return vk[i]; });
  }
}

void LogisticL1Set::predictors(Index m, const double* coef, double* out) {
  const Index n = design_.n;
  const Index outputs = design_.outputs;
  std::vector<Index> places;
  std::vector<Index> number(n_columns(), -1);  // among places
  for (Index s = 0; s < size(); ++s) {
    const Index place = owner_[s].place;
    bool used = false;
    for (Index a = 0; a < m; ++a) used = used || coef[a * size() + s] != 0.0;
    if (place < 0 || !used || number[place] >= 0) continue;
    number[place] = static_cast<Index>(places.size());
    places.push_back(place);
  }
  const auto width = static_cast<Index>(places.size());
  std::vector<double> dense(m * outputs * width, 0.0);
  std::vector<double> intercept(m * outputs, 0.0);
  for (Index a = 0; a < m; ++a) {
    for (Index s = 0; s < size(); ++s) {
      const auto [place, k] = owner_[s];
      const double b = coef[a * size() + s];
      if (place < 0) intercept[a * outputs + k] = b;
      else if (b != 0.0) dense[(a * outputs + k) * width + number[place]] = b;
    }
  }
  if (width > 0) design_.columns->combine(places, m * outputs, dense.data(), out);
  else std::fill_n(out, m * outputs * n, 0.0);
  for (Index k = 0; k < m * outputs; ++k) {
    for (Index i = 0; intercept[k] != 0.0 && i < n; ++i) out[k * n + i] += intercept[k];
  }
}

}  // namespace elltwo
