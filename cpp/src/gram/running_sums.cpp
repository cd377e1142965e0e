#include "gram/running_sums.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gram/running_sums_step.hpp"

namespace elltwo {
namespace {

constexpr double lowest_weight = 1e-60, highest_weight = 1e60;
// Part of the weight before a subtraction below which what is left is rounding error.
constexpr double lost_weight = 1e-13;

// Number of rounding errors in a sum of gram(), which adds products in blocks of at most 256 rows,
// then the blocks.
double terms_of(double n_rows) { return std::min(n_rows, 256.0) + n_rows / 256.0 + 8.0; }

DoubleDouble scaled(DoubleDouble x, int exponent) {
  return {std::ldexp(x.hi, exponent), std::ldexp(x.lo, exponent)};
}

DoubleDouble minus(DoubleDouble a, DoubleDouble b) {
  DoubleDouble d = difference(a.hi, b.hi);
  d.lo += a.lo - b.lo;
  return d.normalised();
}

}  // namespace

RunningSums::RunningSums(Index n_features, Index n_targets) : n_features_(n_features) {
  const Index cols = n_features + n_targets;
  units_.column.assign(cols, 1.0);
  rows_.mean.resize(cols);
  rows_.square.assign(cols, 0.0);
  rows_.square_error.assign(cols, 0.0);
  rows_.sum_error.assign(cols, 0.0);
}

RunningSums::RunningSums(ShiftedGram about_shift, Index n_features, SumUnits units,
                         std::int64_t n_rows)
    : RunningSums(n_features, static_cast<Index>(about_shift.y_shift.size())) {
  units_ = std::move(units);
  const auto& g = about_shift.gram;
  const double weight = g(cols(), cols()), terms = terms_of(static_cast<double>(n_rows));
  rows_.n_rows = n_rows;
  rows_.weight = {weight, 0.0};
  for (Index j = 0; j < cols(); ++j) {
    const double shift =
        j < n_features ? about_shift.x_shift[j] : about_shift.y_shift[j - n_features];
    DoubleDouble mean{shift, 0.0};
    mean.add(quotient({g(j, cols()), 0.0}, weight));
    rows_.mean[j] = mean.normalised();
    const double square = std::max(g(j, j), 0.0);
    rows_.square_error[j] = 2.0 * unit_roundoff * terms * square;
    rows_.sum_error[j] = unit_roundoff * terms * std::sqrt(square) * std::sqrt(weight);
  }
  auto moments =
      centred_moments(std::move(about_shift.gram), about_shift.x_shift, about_shift.y_shift);
  high_ = std::move(moments.gram).with_full_rows();
  update_squares();
}

void RunningSums::update_squares() {
  for (Index j = 0; j < cols(); ++j) {
    rows_.square[j] = product(j, j);
  }
}

void RunningSums::make_low() {
  if (high_.cols() == 0) {
    const Index size = cols() + 1;
    high_ = GramMatrix(size, size, Buffer<double>::zeros(size * size));
  }
  if (low_.size() == 0) low_ = Buffer<double>::zeros(high_.size());
}

// Multiplies the units of column j by 2^column[j] and those of the weights by 2^weight, exactly.
void RunningSums::rescale(const std::vector<int>& column, int weight) {
  for (Index i = 0; i < cols(); ++i) {
    const int own = column[i];
    units_.column[i] = std::ldexp(units_.column[i], own);
    rows_.mean[i] = scaled(rows_.mean[i], own);
    rows_.square_error[i] = std::ldexp(rows_.square_error[i], 2 * own + weight);
    rows_.sum_error[i] = std::ldexp(rows_.sum_error[i], own + weight);
    if (high_.cols() == 0) continue;
    const Index end = i < n_features_ ? cols() : i + 1;
    for (Index j = i; j < end; ++j) {
      const int shift = own + column[j] + weight;
      if (shift == 0) continue;
      double& high = high_.data()[i * high_.ld() + j];
      high = std::ldexp(high, shift);
      if (low_.size() > 0) low_[i * high_.ld() + j] = std::ldexp(low_at(i, j), shift);
    }
  }
  units_.weight = std::ldexp(units_.weight, weight);
  rows_.weight = scaled(rows_.weight, weight);
  update_squares();
}

// With W' = W + s W_B, d = mean_B - mean and s = 1 or -1:
//   mean' = mean + s (W_B / W') d,   G' = G + s (G_B + (W W_B / W') d d^T).
// An error e of sum w x changes a remaining square by 2 |sum w (x - mean)| e / W + e^2 / W.
auto RunningSums::step_to(const RowsInSum& other, double sign) const -> Step {
  Step step;
  auto& next = step.rows;
  next.n_rows = rows_.n_rows + static_cast<std::int64_t>(sign) * other.n_rows;
  next.weight = rows_.weight;
  next.weight.add({sign * other.weight.hi, sign * other.weight.lo});
  next.weight = next.weight.normalised();
  const double weight = next.weight.value();
  const DoubleDouble share = [&] {
    DoubleDouble q = quotient(other.weight, weight);
    q.lo -= q.hi * next.weight.lo / weight;
    return q;
  }();
  step.factor = rows_.weight.value() * share.value();
  const auto n = rows_.mean.size();
  step.distance.resize(n);
  next.mean = rows_.mean;
  next.square.resize(n);
  next.square_error.resize(n);
  next.sum_error.resize(n);
  for (std::size_t j = 0; j < n; ++j) {
    const DoubleDouble d = minus(other.mean[j], rows_.mean[j]);
    DoubleDouble move;
    move.add_product(d, share);
    next.mean[j].add({sign * move.hi, sign * move.lo});
    next.mean[j] = next.mean[j].normalised();
    step.distance[j] = d.value();
    const double size = std::abs(d.value()), between = step.factor * size * size;
    const double own = rows_.sum_error[j], others = other.sum_error[j];
    next.square[j] = rows_.square[j] + sign * (other.square[j] + between);
    next.sum_error[j] = own + others;
    const double of_means =
        sign > 0.0
            ? 2.0 * size * (share.value() * own + step.factor / other.weight.value() * others)
            : (2.0 * size * other.weight.value() + next.sum_error[j]) *
                  (next.sum_error[j] / weight);
    next.square_error[j] =
        rows_.square_error[j] + other.square_error[j] + of_means + 4.0 * unit_roundoff * between;
  }
  return step;
}

bool RunningSums::in_range(const Step& step, const RowsInSum& other) const {
  for (std::size_t j = 0; j < step.distance.size(); ++j) {
    const double square = step.rows.square[j];
    const bool nothing =
        step.distance[j] == 0.0 && rows_.square[j] == 0.0 && other.square[j] == 0.0;
    if (!(square <= highest_square) || (square < lowest_square && !nothing)) return false;
  }
  const double weight = step.rows.weight.value();
  return weight >= lowest_weight && weight <= highest_weight;
}

// Exponents by which units are to change so that a step stays within range: columns', then
// weights'.
std::vector<int> RunningSums::better_units(const Step& step, const RowsInSum& other) const {
  std::vector<int> change;
  for (std::size_t j = 0; j < step.distance.size(); ++j) {
    const double square = step.rows.square[j];
    const double deviation =
        std::max({std::sqrt(std::max(rows_.square[j], 0.0) / rows_.weight.value()),
                  std::sqrt(std::max(other.square[j], 0.0) / other.weight.value()),
                  std::abs(step.distance[j])});
    const double size = std::isfinite(deviation)
                            ? deviation
                            : std::max(std::abs(rows_.mean[j].hi), std::abs(other.mean[j].hi));
    const bool fine = square <= highest_square && (square >= lowest_square || size == 0.0);
    change.push_back(fine ? 0 : unit_change(units_.column[j], size));
  }
  const double weight = step.rows.weight.value();
  const bool fine = weight >= lowest_weight && weight <= highest_weight;
  change.push_back(fine ? 0 : unit_change(units_.weight, weight));
  return change;
}

void RunningSums::take_step(Step step) {
  rows_ = std::move(step.rows);
  update_squares();
}

// Brings both into the same units, exactly. In a column the units of the sums that are not zero are
// taken over, and if neither is, the smaller units, which belong to larger values.
void RunningSums::align(RunningSums& other) {
  std::vector<int> mine, others;
  for (std::size_t j = 0; j < units_.column.size(); ++j) {
    const int difference = exponent_of(other.units_.column[j]) - exponent_of(units_.column[j]);
    const bool take = rows_.square[j] == 0.0 || (other.rows_.square[j] > 0.0 && difference < 0);
    mine.push_back(take ? difference : 0);
    others.push_back(take ? 0 : -difference);
  }
  const int difference = exponent_of(other.units_.weight) - exponent_of(units_.weight);
  rescale(mine, std::min(difference, 0));
  other.rescale(others, std::min(-difference, 0));
}

bool RunningSums::same_units(const RunningSums& other) const {
  return units_.column == other.units_.column && units_.weight == other.units_.weight;
}

void RunningSums::accumulate(const Step& step, double sign, const RunningSums& other) {
  const auto& high = other.high_;
  const bool none = high.cols() == 0;
  accumulate(step, sign, [&](Index i) { return none ? nullptr : high.data() + i * high.ld(); });
  if (other.low_.size() == 0) return;
  for (Index i = 0; i < cols(); ++i) {
    const Index end = i < n_features_ ? cols() : i + 1;
    double* low = low_.data() + i * high_.ld();
    const double* more = other.low_.data() + i * high.ld();
    for (Index j = i; j < end; ++j) low[j] += sign * more[j];
  }
}

void RunningSums::merge(const RunningSums& other) {
  constexpr int most_rescalings = 4;
  merge(other, most_rescalings);
}

void RunningSums::merge(const RunningSums& other, int rescalings_left) {
  if (other.empty()) return;
  if (empty()) {
    *this = other.copy();
    return;
  }
  if (!same_units(other)) {
    auto aligned = other.copy();
    align(aligned);
    return merge(aligned, rescalings_left);
  }
  auto step = step_to(other.rows_, 1.0);
  if (rescalings_left > 0 && !in_range(step, other.rows_)) {
    auto change = better_units(step, other.rows_);
    const int weight = change.back();
    change.pop_back();
    if (weight != 0 || std::any_of(change.begin(), change.end(), [](int c) { return c != 0; })) {
      auto rescaled = other.copy();
      rescale(change, weight);
      rescaled.rescale(change, weight);
      return merge(rescaled, rescalings_left - 1);
    }
  }
  accumulate(step, 1.0, other);
  take_step(std::move(step));
}

Index RunningSums::subtract(const RunningSums& other) {
  if (other.empty()) return subtracted;
  if (other.rows_.n_rows > rows_.n_rows) return cols();
  if (!same_units(other)) {
    auto mine = copy(), aligned = other.copy();
    mine.align(aligned);
    const Index lost = mine.subtract(aligned);
    if (lost == subtracted) *this = std::move(mine);
    return lost;
  }
  auto step = step_to(other.rows_, -1.0);
  auto& next = step.rows;
  const double left = next.weight.value(), before = rows_.weight.value();
  if (next.n_rows == 0 && std::abs(left) <= lost_weight * before) {
    *this = empty_like();
    return subtracted;
  }
  if (next.n_rows == 0 || !(left > lost_weight * before)) return cols();
  for (Index j = 0; next.n_rows > 1 && j < cols(); ++j) {
    if (next.square_error[j] > 0.0 && !(next.square[j] > next.square_error[j])) return j;
  }
  accumulate(step, -1.0, other);
  if (next.n_rows == 1) {  // one row has no squares about its mean
    high_ = GramMatrix();
    low_ = Buffer<double>();
    std::fill(next.square_error.begin(), next.square_error.end(), 0.0);
  }
  take_step(std::move(step));
  return subtracted;
}

}  // namespace elltwo
