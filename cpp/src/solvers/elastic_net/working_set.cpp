#include "solvers/elastic_net/working_set.hpp"

#include <algorithm>

#include "parallel/sum_over.hpp"
#include "solvers/elastic_net/path_writer.hpp"

namespace elltwo {
namespace {

constexpr Index least_forgotten = 100;  // slots, for which a new factor pays
constexpr double most_idle = 1.0 / 3;   // part of the slots that may be idle

}  // namespace

double WideRows::weigh(double* r) const {
  const Index n = columns.n_rows();
  if (centred) {
    const double total = sum_over(n, [&](Index i) { return weight_of(i); });
    const double mean = sum_over(n, [&](Index i) { return weight_of(i) * r[i]; }) / total;
    for (Index i = 0; i < n; ++i) r[i] -= mean;
  }
  double square = 0.0;
  if (weight.empty()) return dot(n, r, r);
  square = sum_over(n, [&](Index i) { return weight[i] * r[i] * r[i]; });
  for (Index i = 0; i < n; ++i) r[i] *= weight[i];
  return square;
}

WorkingSet::WorkingSet(const WideRows& rows, const NetPenalty& penalty,
                       const std::vector<double>& c, Monitor& monitor)
    : rows_(rows),
      penalty_(penalty),
      c_(c),
      faces_(slots_, monitor),
      slot_of_(penalty.n_features(), -1),
      ever_(penalty.n_features(), 0) {}

WorkingSet::~WorkingSet() { rows_.columns.keep({}); }

void WorkingSet::extend(std::span<const Index> features) {
  if (features.empty()) return;
  const Index first = size();
  if (!has_room(features.size())) throw_too_many_features();
  std::vector<SlotPenalty> penalties;
  penalties.reserve(features.size());
  for (const Index j : features) {
    slot_of_[j] = size();
    features_.push_back(j);
    penalties.push_back(penalty_[j]);
    n_ever_ += ever_[j] == 0 ? 1 : 0;
    ever_[j] = 1;
  }
  idle_.resize(features_.size(), 0);
  rows_.columns.select(features);
  slots_.append(penalties);
  const double* weight = rows_.weight.empty() ? nullptr : rows_.weight.data();
  rows_.columns.gram(first, size(), weight, slots_.gram(0), slots_.ld());
  slots_.mirror(first);
  for (Index s = first; s < size(); ++s) slots_.c(s) = c_[features_[s]];
  faces_.take_appended();
}

void WorkingSet::forget(int blocks) {
  std::vector<Index> kept;
  for (Index s = 0; s < size(); ++s) {
    const bool in_use = idle_[s] < blocks || faces_.point()[s] != 0.0;
    if (in_use || penalty_.is_unpenalised(features_[s])) kept.push_back(s);
  }
  const Index idle = size() - static_cast<Index>(kept.size());
  if (idle < least_forgotten || static_cast<double>(idle) < most_idle * size()) return;
  for (const Index j : features_) slot_of_[j] = -1;
  for (std::size_t s = 0; s < kept.size(); ++s) {
    features_[s] = features_[kept[s]];
    idle_[s] = idle_[kept[s]];
    slot_of_[features_[s]] = static_cast<Index>(s);
  }
  features_.resize(kept.size());
  idle_.resize(kept.size());
  rows_.columns.keep(kept);
  slots_.keep(kept);
  faces_.take_kept(kept);
}

void WorkingSet::set_point(const std::vector<double>& d) {
  std::vector<double> of_slots;
  for (const Index j : features_) of_slots.push_back(d[j]);
  faces_.set_point(of_slots.data());
}

FacePoint WorkingSet::solve(double alpha, double tolerance) {
  const FaceReport report = faces_.solve(alpha, tolerance);
  counts_.exchanges += report.exchanges;
  counts_.monotone_rounds += report.monotone_rounds;
  FacePoint point = here();
  point.alpha = alpha;
  point.rounds = report.rounds;
  point.converged = report.converged;
  for (const Index s : point.slots) idle_[s] = -1;
  return point;
}

FacePoint WorkingSet::here() const {
  FacePoint point;
  for (Index s = 0; s < size(); ++s) {
    if (faces_.point()[s] == 0.0) continue;
    point.slots.push_back(s);
    point.values.push_back(faces_.point()[s]);
  }
  return point;
}

FacePoint WorkingSet::derivative() {
  return {.slots = faces_.active(), .values = faces_.derivative()};
}

void WorkingSet::correct_slopes(const double* q) {
  for (Index s = 0; s < size(); ++s) slots_.c(s) += q[features_[s]] - faces_.slopes()[s];
  faces_.take_new_linear_term();
}

void WorkingSet::combine(std::span<const FacePoint> points, double* sides) {
  std::vector<Index> place(size(), -1);
  std::vector<Index> united;
  for (const auto& point : points) {
    for (const Index s : point.slots) {
      if (place[s] < 0) {
        place[s] = static_cast<Index>(united.size());
        united.push_back(s);
      }
    }
  }
  std::vector<double> coef(points.size() * united.size(), 0.0);
  for (std::size_t k = 0; k < points.size(); ++k) {
    for (std::size_t i = 0; i < points[k].slots.size(); ++i) {
      coef[k * united.size() + place[points[k].slots[i]]] = points[k].values[i];
    }
  }
  rows_.columns.combine(united, static_cast<Index>(points.size()), coef.data(), sides);
}

void WorkingSet::end_block() {
  for (int& blocks : idle_) ++blocks;
}

}  // namespace elltwo
