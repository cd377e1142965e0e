#include "solvers/elastic_net/point_certificate.hpp"

#include <cmath>

#include "model/duality_gap.hpp"

namespace elltwo {

NetPoint PointCertificate::measured(const FacePoint& face, const PointSlopes& slopes) {
  const double* q = slopes.q;
  auto& d = d_;
  NetPoint point{.rss = slopes.rss, .rounds = face.rounds};
  for (std::size_t i = 0; i < face.slots.size(); ++i) {
    d[set_.feature(face.slots[i])] = face.values[i];
  }
  std::vector<double> own_d, own_q, l1, l2, lower, upper;
  for (const Index j : slopes.features) {
    const auto& slot = penalty_[j];
    if (d[j] != 0.0) {
      point.features.push_back(j);
      point.values.push_back(d[j]);
      point.penalty += face.alpha * (slot.l1 * std::abs(d[j]) + slot.l2 * (d[j] * d[j] / 2));
    } else if (std::abs(q[j]) <= face.alpha * slot.l1 && slot.lower <= 0.0 && slot.upper >= 0.0) {
      continue;
    }
    own_d.push_back(d[j]);
    own_q.push_back(q[j]);
    l1.push_back(face.alpha * slot.l1);
    l2.push_back(face.alpha * slot.l2);
    lower.push_back(slot.lower);
    upper.push_back(slot.upper);
  }
  for (const Index s : face.slots) d[set_.feature(s)] = 0.0;
  const auto gap = squared_loss_gap(slopes.rss, own_d.data(), own_q.data(),
                                    static_cast<Index>(own_d.size()), {l1, l2, lower, upper});
  point.gap = gap.gap;
  point.violation = gap.violation;
  return point;
}

}  // namespace elltwo
