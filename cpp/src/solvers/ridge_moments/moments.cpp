#include "elltwo/moments.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

#include "gram/running_sums.hpp"
#include "parallel/interruption.hpp"
#include "solvers/ridge/problem.hpp"
#include "solvers/ridge/validate.hpp"

namespace elltwo {
namespace {

// Number of rows up to which they are added one by one, which costs less than a Gram matrix of
// their own.
constexpr Index few = 8;

std::string shape_text(Index n_features, Index n_targets) {
  return std::to_string(n_features) + " feature(s) and " + std::to_string(n_targets) + " target(s)";
}

// Whether sums of squares about the shifts lie within the range in which products keep their
// digits. Columns of equal values count as in range.
template <Real T>
bool in_range(const GramMatrix& g, const Problem<T>& problem) {
  const auto& data = problem.data();
  for (Index j = 0; j < data.x.cols; ++j) {
    if (g(j, j) == 0.0 && problem.vanishes(j)) continue;
    if (out_of_range<double>(g(j, j))) return false;
  }
  for (Index t = 0; t < data.y.cols; ++t) {
    const double square = g(data.x.cols + t, data.x.cols + t);
    if (square == 0.0 && vanishes(data.y.column(t), data.sample_weight, true)) continue;
    if (out_of_range<double>(square)) return false;
  }
  return true;
}

SumUnits units_of(const Scales& scales, double weight, Index cols) {
  SumUnits units{.column = scales.x, .weight = weight};
  units.column.insert(units.column.end(), scales.y.begin(), scales.y.end());
  if (units.column.empty()) units.column.assign(cols, 1.0);
  return units;
}

bool all_zero(std::span<const double> weights) {
  return std::all_of(weights.begin(), weights.end(), [](double w) { return w == 0.0; });
}

}  // namespace

Moments::Moments(Index n_features, Index n_targets) {
  if (n_features < 1 || n_targets < 1) {
    throw std::invalid_argument("moments need at least one feature and one target, got " +
                                shape_text(n_features, n_targets));
  }
  sums_ = std::make_unique<RunningSums>(n_features, n_targets);
}

Moments::Moments(std::unique_ptr<RunningSums> sums) : sums_(std::move(sums)) {}

Moments::Moments(const Moments& other)
    : sums_(std::make_unique<RunningSums>(other.sums_->copy())) {}

Moments::Moments(Moments&&) noexcept = default;

Moments& Moments::operator=(const Moments& other) {
  if (this != &other) sums_ = std::make_unique<RunningSums>(other.sums_->copy());
  return *this;
}

Moments& Moments::operator=(Moments&&) noexcept = default;
Moments::~Moments() = default;

Index Moments::n_features() const { return sums_->n_features(); }
Index Moments::n_targets() const { return sums_->n_targets(); }
std::int64_t Moments::n_rows() const { return sums_->rows().n_rows; }
double Moments::weight() const { return sums_->rows().weight.value() / sums_->units().weight; }

template <Real T>
bool Moments::add(MatrixView<T> x, MatrixView<double> y, std::span<const double> sample_weight,
                  int n_threads, Monitor& monitor) {
  const bool agree = x.cols == n_features() && y.cols == n_targets() && y.rows == x.rows;
  const bool weighted = !sample_weight.empty();
  if (agree && x.rows <= few && (!weighted || sample_weight.size() == std::size_t(x.rows)) &&
      sums_->add_few(x, y, weighted ? sample_weight.data() : nullptr)) {
    return true;
  }
  return completed([&] {
    auto added = empty_like();
    if (!added.sum_rows(x, y, sample_weight, n_threads, monitor)) return;
    if (sums_->empty()) sums_ = std::move(added.sums_);
    else sums_->merge(*added.sums_);
  });
}

// Replaces the sums, which are of no rows, by those of some rows. False if no row has a positive
// weight. The values are tested for NaN and infinity only where sums of squares are out of range.
// Throws Interrupted.
template <Real T>
bool Moments::sum_rows(MatrixView<T> x, MatrixView<double> y, std::span<const double> sample_weight,
                       int n_threads, Monitor& monitor) {
  if (x.cols != n_features() || y.cols != n_targets()) {
    throw std::invalid_argument("the moments are of " + shape_text(n_features(), n_targets()) +
                                ", got " + shape_text(x.cols, y.cols));
  }
  const double alpha = 0.0;
  RidgeData<T> data{.x = x,
                    .y = y,
                    .alpha = {&alpha, 1},
                    .penalty_factors = {},
                    .prior_mean = {},
                    .sample_weight = {}};
  const RidgeOptions options{.n_threads = n_threads};
  if (x.rows == 0) return false;
  validate(data, options);
  if (sample_weight.size() == static_cast<std::size_t>(x.rows) && all_zero(sample_weight)) {
    throw_if_not_finite(data, monitor);
    return false;
  }
  data.sample_weight = sample_weight;
  validate(data, options);
  Problem<T> problem(data, options, monitor);
  problem.scale_as(sums_->units().column);
  const auto form_gram = [&] {
    const MomentsInput<T> input{
        .x = x, .y = y, .sqrt_weight = problem.sqrt_weight(), .scales = problem.scales()};
    return gram_about_mean<T, double>(input, n_threads, monitor);
  };
  auto about_shift = form_gram();
  if (!in_range(about_shift.gram, problem)) {
    throw_if_not_finite(data, monitor);
    problem.scale_columns();
    about_shift = form_gram();
  }
  const auto n_rows = sample_weight.empty()
                          ? static_cast<std::int64_t>(x.rows)
                          : std::count_if(sample_weight.begin(), sample_weight.end(),
                                          [](double w) { return w > 0.0; });
  *sums_ = RunningSums(std::move(about_shift), x.cols,
                       units_of(problem.scales(), problem.weight_scale(), x.cols + y.cols), n_rows);
  return true;
}

template <Real T>
bool Moments::remove(MatrixView<T> x, MatrixView<double> y, std::span<const double> sample_weight,
                     int n_threads, Monitor& monitor) {
  return completed([&] {
    auto removed = empty_like();
    if (removed.sum_rows(x, y, sample_weight, n_threads, monitor)) subtract(removed);
  });
}

void Moments::require_shape_of(const Moments& other) const {
  if (other.n_features() == n_features() && other.n_targets() == n_targets()) return;
  throw std::invalid_argument("the moments are of " + shape_text(n_features(), n_targets()) +
                              ", the others of " +
                              shape_text(other.n_features(), other.n_targets()));
}

void Moments::merge(const Moments& other) {
  require_shape_of(other);
  if (&other == this) return merge(Moments(other));
  sums_->merge(*other.sums_);
}

void Moments::subtract(const Moments& other) {
  require_shape_of(other);
  if (&other == this) return subtract(Moments(other));
  const Index lost = sums_->subtract(*other.sums_);
  if (lost == RunningSums::subtracted) return;
  if (lost == n_features() + n_targets()) {
    throw std::invalid_argument(
        "cannot take out more than there is: the moments are of " + std::to_string(n_rows()) +
        " row(s) of positive weight, the others of " + std::to_string(other.n_rows()));
  }
  const bool feature = lost < n_features();
  throw std::invalid_argument(
      "taking these rows out would leave nothing but rounding of the squares of " +
      std::string(feature ? "feature " : "target ") +
      std::to_string(feature ? lost : lost - n_features()) +
      "; merge the moments of the rows that stay instead");
}

void Moments::scale(double factor) {
  if (!(factor > 0.0) || std::isinf(factor)) {
    throw std::invalid_argument("factor must be positive and finite, got " +
                                std::to_string(factor));
  }
  constexpr double lowest = 1e-305, highest = 1e305;
  const double weight = this->weight() * factor;
  if (n_rows() > 0 && !(weight >= lowest && weight <= highest)) {
    throw std::invalid_argument("factor would take the sum of weights out of [1e-305, 1e305]");
  }
  sums_->multiply(factor);
}

Moments Moments::select(std::span<const Index> features) const {
  if (features.empty()) throw std::invalid_argument("columns must name at least one feature");
  for (const Index j : features) {
    if (j >= 0 && j < n_features()) continue;
    throw std::invalid_argument("columns must be below the number of features, " +
                                std::to_string(n_features()) + ", got " + std::to_string(j));
  }
  std::vector<Index> targets(n_targets());
  std::iota(targets.begin(), targets.end(), n_features());
  return Moments(std::make_unique<RunningSums>(sums_->select(features, targets)));
}

Moments Moments::of_targets(std::span<const Index> targets) const {
  std::vector<Index> features(n_features()), columns;
  std::iota(features.begin(), features.end(), Index{0});
  for (const Index t : targets) {
    if (t < 0 || t >= n_targets()) {
      throw std::invalid_argument("targets must be below " + std::to_string(n_targets()) +
                                  ", got " + std::to_string(t));
    }
    columns.push_back(n_features() + t);
  }
  return Moments(std::make_unique<RunningSums>(sums_->select(features, columns)));
}

Moments Moments::empty_like() const {
  return Moments(std::make_unique<RunningSums>(sums_->empty_like()));
}

template bool Moments::add<double>(MatrixView<double>, MatrixView<double>, std::span<const double>,
                                   int, Monitor&);
template bool Moments::add<float>(MatrixView<float>, MatrixView<double>, std::span<const double>,
                                  int, Monitor&);
template bool Moments::remove<double>(MatrixView<double>, MatrixView<double>,
                                      std::span<const double>, int, Monitor&);
template bool Moments::remove<float>(MatrixView<float>, MatrixView<double>, std::span<const double>,
                                     int, Monitor&);

}  // namespace elltwo
