#include "solvers/logistic_sparse/terms.hpp"

#include <algorithm>
#include <cmath>

#include "model/logistic_loss.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double operations_of_loss = 60.0;  // for a row and an output
constexpr Index predictors_at_once = 4096;   // in a chunk

}  // namespace

LogisticTerms::LogisticTerms(Index n, Index outputs, const std::int32_t* label,
                             const double* weight, int n_threads)
    : n_(n),
      outputs_(outputs),
      label_(label),
      weight_(weight),
      chunk_(std::max<Index>(16, predictors_at_once / outputs)),
      width_(3 + 2 * outputs),
      n_threads_(threads_for(n_threads, operations_of_loss * static_cast<double>(n * outputs))),
      residual_(n * outputs),
      curvature_(n * outputs),
      sums_((n + chunk_ - 1) / chunk_ * width_),
      total_(width_) {
  if (outputs > 1) scratch_ = Buffer<double>(2 * outputs * chunk_ * n_threads_);
}

auto LogisticTerms::evaluate(const double* z, double t, const double* step) -> Line {
  const Index n_chunks = (n_ + chunk_ - 1) / chunk_;
  sums_.fill_zero();
  TaskCounter chunks(n_chunks);
  run_team(n_threads_, [&](TeamMember& member) {
    for (Index c = 0; chunks.next(c);) {
      const Chunk chunk{c * chunk_, std::min(n_, (c + 1) * chunk_), sums_.data() + c * width_};
      if (outputs_ == 1) binomial(chunk, z, t, step);
      else multinomial(chunk, z, t, step, member.rank());
    }
  });
  total_.fill_zero();
  for (Index c = 0; c < n_chunks; ++c) {
    for (Index s = 0; s < width_; ++s) total_[s] += sums_[c * width_ + s];
  }
  return {total_[0], total_[1], total_[2]};
}

void LogisticTerms::binomial(const Chunk& chunk, const double* z, double t, const double* step) {
  const auto [begin, end, sums] = chunk;
  double* r = residual_.data();
  double* h = curvature_.data();
  for (Index i = begin; i < end; ++i) r[i] = step != nullptr ? z[i] + t * step[i] : z[i];
  const double* w = weight_ != nullptr ? weight_ + begin : nullptr;
  sums[0] = binomial_terms(end - begin, r + begin, label_ + begin, w, h + begin);
  for (Index i = begin; i < end; ++i) {
    sums[3] += r[i] * (r[i] / weight_of(i));
    sums[4] += h[i];
  }
  for (Index i = begin; i < end && step != nullptr; ++i) {
    sums[1] -= r[i] * step[i];
    sums[2] += h[i] * step[i] * step[i];
  }
}

void LogisticTerms::multinomial(const Chunk& chunk, const double* z, double t, const double* step,
                                int rank) {
  const auto [begin, end, sums] = chunk;
  const Index k = outputs_;
  double* by_class = scratch_.data() + rank * 2 * k * chunk_;
  double* probability = by_class + k * chunk_;
  for (Index i = begin; i < end; ++i) {
    for (Index c = 0; c < k; ++c) {
      const Index e = i * k + c;
      by_class[c * chunk_ + i - begin] = step != nullptr ? z[e] + t * step[e] : z[e];
    }
  }
  const double* w = weight_ != nullptr ? weight_ + begin : nullptr;
  sums[0] =
      multinomial_terms(k, end - begin, by_class, chunk_, label_ + begin, w, probability, chunk_);
  for (Index i = begin; i < end; ++i) {
    const double weight = weight_of(i);
    double mean = 0.0, square = 0.0;
    for (Index c = 0; c < k; ++c) {
      const double r = residual_[i * k + c] = by_class[c * chunk_ + i - begin];
      const double q = curvature_[i * k + c] = probability[c * chunk_ + i - begin];
      sums[3 + c] += r * (r / weight);
      sums[3 + k + c] += weight * q * (1.0 - q);
      if (step == nullptr) continue;
      const double d = step[i * k + c];
      sums[1] -= r * d;
      mean += q * d;
      square += q * d * d;
    }
    if (step != nullptr) sums[2] += weight * std::max(square - mean * mean, 0.0);
  }
}

double LogisticTerms::residual_norm(Index t) const { return std::sqrt(total_[3 + t]); }

double LogisticTerms::least_residual() const {
  double least = infinity;
  for (Index i = 0; i < n_; ++i) {
    for (Index c = 0; c < outputs_; ++c) {
      if (outputs_ == 1) least = std::min(least, curvature_[i]);
      else if (c != label_[i]) least = std::min(least, weight_of(i) * curvature_[i * outputs_ + c]);
    }
  }
  return least;
}

std::vector<double> LogisticTerms::residuals_of_rows() const {
  std::vector<double> result(n_);
  for (Index i = 0; i < n_; ++i) {
    result[i] = std::abs(residual_[outputs_ == 1 ? i : i * outputs_ + label_[i]]);
  }
  return result;
}

auto LogisticTerms::margins(const double* z, const double* base) const -> Margins {
  Margins result{infinity, -infinity};
  const auto own = [&](Index e) { return base != nullptr ? z[e] - base[e] : z[e]; };
  for (Index i = 0; i < n_; ++i) {
    for (Index c = 0; c < outputs_; ++c) {
      if (outputs_ > 1 && c == label_[i]) continue;
      const double margin = outputs_ == 1 ? (label_[i] == 1 ? own(i) : -own(i))
                                          : own(i * outputs_ + label_[i]) - own(i * outputs_ + c);
      result.least = std::min(result.least, margin);
      result.largest = std::max(result.largest, margin);
    }
  }
  return result;
}

}  // namespace elltwo
