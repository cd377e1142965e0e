#include "solvers/elastic_net/point_builder.hpp"

#include <cmath>
#include <utility>

#include "model/duality_gap.hpp"

namespace elltwo {

void PointBuilder::begin(double alpha) {
  alpha_ = alpha;
  point_ = {};
  for (auto* values : {&d_, &q_, &l1_, &l2_, &lower_, &upper_}) values->clear();
}

void PointBuilder::add(Index feature, double d, double q, const SlotPenalty& slot) {
  if (d != 0.0) {
    point_.features.push_back(feature);
    point_.values.push_back(d);
    point_.penalty += alpha_ * (slot.l1 * std::abs(d) + slot.l2 * (d * d / 2));
  } else if (std::abs(q) <= alpha_ * slot.l1 && slot.lower <= 0.0 && slot.upper >= 0.0) {
    return;
  }
  d_.push_back(d);
  q_.push_back(q);
  l1_.push_back(alpha_ * slot.l1);
  l2_.push_back(alpha_ * slot.l2);
  lower_.push_back(slot.lower);
  upper_.push_back(slot.upper);
}

NetPoint PointBuilder::finish(double rss) {
  const auto gap = squared_loss_gap(rss, d_.data(), q_.data(), static_cast<Index>(d_.size()),
                                    {.l1 = l1_, .l2 = l2_, .lower = lower_, .upper = upper_});
  point_.rss = rss;
  point_.gap = gap.gap;
  point_.violation = gap.violation;
  return std::move(point_);
}

}  // namespace elltwo
