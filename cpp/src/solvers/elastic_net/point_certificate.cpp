#include "solvers/elastic_net/point_certificate.hpp"

namespace elltwo {

NetPoint PointCertificate::measured(const FacePoint& face, const PointSlopes& slopes) {
  for (std::size_t i = 0; i < face.slots.size(); ++i) {
    d_[set_.feature(face.slots[i])] = face.values[i];
  }
  builder_.begin(face.alpha);
  for (const Index j : slopes.features) builder_.add(j, d_[j], slopes.q[j], penalty_[j]);
  for (const Index s : face.slots) d_[set_.feature(s)] = 0.0;
  auto point = builder_.finish(slopes.rss);
  point.rounds = face.rounds;
  return point;
}

}  // namespace elltwo
