#include "solvers/logistic_pass/sums.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace elltwo {

PassSums::PassSums(const PassPoints& points)
    : PassSums(points, Buffer<double>::zeros(points.n_hessians() * points.n_pairs() *
                                             points.cols() * points.cols())) {}

PassSums PassSums::without_matrices(const PassPoints& points) { return {points, {}}; }

PassSums::PassSums(const PassPoints& points, Buffer<double> room)
    : matrices(std::move(room)),
      outputs_(points.n_outputs()),
      cols_(points.cols()),
      stride_(6 + outputs_ * (1 + cols_)) {
  linear.resize(points.n_points() * stride_);
}

namespace {

void add_or_take(Buffer<double>& to, Buffer<double>&& from) {
  if (to.size() == 0) {
    to = std::move(from);
    return;
  }
  for (Index i = 0; i < from.size(); ++i) to[i] += from[i];
}

bool all_finite(const Buffer<double>& values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

}  // namespace

void PassSums::make_raw(const PassPoints& points) {
  if (raw.size() > 0) return;
  raw = Buffer<double>::zeros(points.n_hessians() * points.n_pairs() * cols_ * cols_);
}

void PassSums::add(PassSums&& other) {
  n_rows += other.n_rows;
  for (std::size_t i = 0; i < linear.size(); ++i) linear[i].add(other.linear[i]);
  add_or_take(matrices, std::move(other.matrices));
  add_or_take(raw, std::move(other.raw));
}

bool PassSums::finite() const {
  return std::ranges::all_of(linear, [](const auto& sum) { return std::isfinite(sum.value()); }) &&
         all_finite(matrices) && all_finite(raw);
}

// With sums G of x x^T, g of x and t of 1, each times h, the matrix about shifts c in units s is
// s_i s_j (G_ij - c_i g_j - c_j (g_i - c_i t)).
std::vector<double> PassSums::scaled_matrix(const PassPoints& points, Index m) const {
  std::vector<double> out(cols_ * cols_, 0.0);
  if (matrices.size() > 0) std::copy_n(matrix(m), cols_ * cols_, out.data());
  if (raw.size() == 0) return out;
  const Index p = cols_ - 1;
  const double* sums = raw.data() + m * cols_ * cols_;
  const auto& c = points.shift;
  const auto& s = points.scale;
  const double total = sums[p * cols_ + p];
  for (Index i = 0; i < p; ++i) {
    const double first = sums[i * cols_ + p] - c[i] * total;
    for (Index j = i; j < p; ++j) {
      const double centred = sums[i * cols_ + j] - c[i] * sums[j * cols_ + p] - c[j] * first;
      out[i * cols_ + j] += s[i] * s[j] * centred;
    }
    out[i * cols_ + p] += s[i] * first;
  }
  out[p * cols_ + p] += total;
  return out;
}

}  // namespace elltwo
