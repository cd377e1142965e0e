#include "solvers/logistic_sparse/design.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "solvers/logistic/intercepts.hpp"
#include "solvers/shared/conditioning.hpp"
#include "solvers/shared/ranges.hpp"
#include "sparse/gram.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

// The rows that are fitted and have a positive weight. An empty list stands for all rows.
template <Real T>
std::vector<Index> rows_with_weight(const LogisticData<T>& data, Index n) {
  const auto& w = data.sample_weight;
  if (data.rows.empty() && (w.empty() || std::ranges::find(w, 0.0) == w.end())) return {};
  std::vector<Index> rows;
  if (data.rows.empty()) {
    rows.resize(n);
    std::iota(rows.begin(), rows.end(), Index{0});
  } else {
    rows.assign(data.rows.begin(), data.rows.end());
  }
  if (!w.empty()) std::erase_if(rows, [&](Index i) { return w[i] == 0.0; });
  return rows;
}

}  // namespace

template <Real T>
SparseLogisticDesign<T>::SparseLogisticDesign(SparseRows<T> rows, const LogisticData<T>& data,
                                              const LogisticOptions& options)
    : x(std::move(rows)), data_(data), outputs_(data.n_outputs()), centred_(options.fit_intercept) {
  select_rows(data);
  if (centred_) shift = shift_full_columns(x);
  if (measure_columns(options.n_threads)) return;
  for (const double size : column_sizes(x, nullptr)) scale.push_back(power_of_two_for<T>(size));
  scale_columns(scale, nullptr, x);
  measure_columns(options.n_threads);
}

template <Real T>
void SparseLogisticDesign<T>::select_rows(const LogisticData<T>& data) {
  const auto chosen = rows_with_weight(data, x.rows);
  if (!chosen.empty()) x = gathered(x, chosen);
  const auto given = [&](Index i) { return chosen.empty() ? i : chosen[i]; };
  label = Buffer<std::int32_t>(n());
  for (Index i = 0; i < n(); ++i) label[i] = data.label[given(i)];
  if (!data.sample_weight.empty()) {
    double largest = 0.0;
    for (Index i = 0; i < n(); ++i) largest = std::max(largest, data.sample_weight[given(i)]);
    weight_scale = power_of_two_for(largest);
    weight = Buffer<double>(n());
    for (Index i = 0; i < n(); ++i) weight[i] = data.sample_weight[given(i)] * weight_scale;
  }
  total_weight = weight.data() != nullptr ? std::reduce(weight.begin(), weight.end())
                                          : static_cast<double>(n());
  copy_offset(data, chosen);
}

template <Real T>
void SparseLogisticDesign<T>::copy_offset(const LogisticData<T>& data,
                                          const std::vector<Index>& chosen) {
  if (!data.offset.empty()) {
    offset = Buffer<double>(n() * outputs());
    for (Index i = 0; i < n(); ++i) {
      const Index given = chosen.empty() ? i : chosen[i];
      std::copy_n(data.offset.data() + given * outputs(), outputs(), offset.data() + i * outputs());
    }
  }
  const NullModel model{n(), outputs(), label.data(), weight.data()};
  if (offset.data() != nullptr) {
    null_intercept = centre_offsets(model, centred(), {offset.data(), outputs(), 1});
  } else if (centred()) {
    null_intercept = null_intercepts(model);
  }
}

// Sets means and spreads. False where squares leave the range of the arithmetic.
template <Real T>
bool SparseLogisticDesign<T>::measure_columns(int n_threads) {
  auto sums = column_sums(x, weight.data(), nullptr, n_threads);
  mean.assign(p(), 0.0);
  spread = std::move(sums.second);
  bool vanished = false;
  bool cancelled = false;
  for (std::size_t j = 0; j < mean.size(); ++j) {
    vanished = vanished || (spread[j] == 0.0 && sums.first[j] != 0.0);
    if (!centred_) continue;
    mean[j] = sums.first[j] / total_weight;
    const double about_zero = spread[j];
    spread[j] -= mean[j] * sums.first[j];
    cancelled = cancelled || spread[j] < cancellation * about_zero;
  }
  if (cancelled) spread = column_spreads(x, weight.data(), total_weight, mean);
  return !vanished && std::ranges::all_of(spread, [](double sum) {
    return sum == 0.0 || !out_of_range<double>(sum);
  });
}

// alpha f_j in the user's units.
template <Real T>
double SparseLogisticDesign<T>::raw_penalty(Index j, double alpha) const {
  if (data_.penalty_factors.empty()) return alpha;
  const double factor = data_.penalty_factors[j];
  return factor == 0.0 || std::isinf(factor) ? factor : alpha * factor;
}

template <Real T>
double SparseLogisticDesign<T>::penalty(Index j, double alpha) const {
  const double raw = raw_penalty(j, alpha);
  return penalty_in_units(raw, scale_of(j), weight_scale);
}

template <Real T>
double SparseLogisticDesign<T>::prior(Index t, Index j) const {
  if (data_.prior_mean.empty()) return 0.0;
  return data_.prior_mean[t * p() + j] / scale_of(j);
}

// The intercept of centred, shifted columns minus that of the user's columns.
template <Real T>
double SparseLogisticDesign<T>::intercept_of_shift(const double* b, Index t) const {
  long double sum = 0.0L;
  for (Index j = 0; j < p(); ++j) {
    const long double moved = shift.empty() ? 0.0L : shift[j] * scale_of(j);
    sum += (mean[j] + moved) * b[j * outputs() + t];
  }
  return static_cast<double>(sum);
}

template <Real T>
void SparseLogisticDesign<T>::null_point(double* b) const {
  std::fill_n(b, size(), 0.0);
  if (offset.data() == nullptr) std::ranges::copy(null_intercept, b + p() * outputs());
}

template <Real T>
void SparseLogisticDesign<T>::read(std::span<const double> given, double* b) const {
  for (Index t = 0; t < outputs(); ++t) {
    for (Index j = 0; j < p(); ++j) b[j * outputs() + t] = given[t * p() + j] / scale_of(j);
  }
  for (Index t = 0; t < outputs(); ++t) {
    b[p() * outputs() + t] =
        centred_ ? given[outputs() * p() + t] - offset_shift(t) + intercept_of_shift(b, t) : 0.0;
  }
}

template <Real T>
void SparseLogisticDesign<T>::write(const double* b, const double* slope, double alpha,
                                    std::span<double> coef, std::span<double> intercept) const {
  for (Index t = 0; t < outputs(); ++t) {
    for (Index j = 0; j < p(); ++j) {
      const Index e = j * outputs() + t;
      double& out = coef[t * p() + j];
      out = b[e] * scale_of(j);
      if (slope != nullptr && slope[e] != 0.0)
        out += quotient_in_units(slope[e], raw_penalty(j, alpha), scale_of(j), weight_scale);
    }
    intercept[t] =
        centred_ ? b[p() * outputs() + t] + offset_shift(t) - intercept_of_shift(b, t) : 0.0;
  }
  if (outputs() == 1) return;
  const double mean =
      std::reduce(intercept.begin(), intercept.end()) / static_cast<double>(outputs());
  for (double& b0 : intercept) b0 -= mean;
}

template struct SparseLogisticDesign<double>;
template struct SparseLogisticDesign<float>;

}  // namespace elltwo
