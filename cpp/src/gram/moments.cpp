#include "gram/moments.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {
namespace {

constexpr Index provisional_rows = 256;

// Subtracts the rank-one term that turns the Gram matrix of [x | y | 1] about shifts into moments
// about the mean. Products of different targets are not part of it.
void centre(GramMatrix& g, Index n_x, Index cols) {
  const double weight = g(cols, cols);
  std::vector<double> sum;
  for (Index j = 0; j < cols; ++j) sum.push_back(g(j, cols));
  for (Index i = 0; i < cols; ++i) {
    const double mean_i = g(i, cols) / weight;
    if (i >= n_x) {
      g(i, i) -= mean_i * sum[i];
      continue;
    }
    double* row = g.data() + i * g.ld();
    for (Index j = i; j < cols; ++j) row[j] -= mean_i * sum[j];
  }
}

std::vector<double> scaled(std::vector<double> values, const std::vector<double>& scale) {
  for (std::size_t j = 0; j < scale.size(); ++j) values[j] *= scale[j];
  return values;
}

const double* pointer_or_null(const std::vector<double>& v) {
  return v.empty() ? nullptr : v.data();
}

template <Real S>
Source<S> shifted_source(const MomentsInput<S>& input, const double* x_shift,
                         const double* y_shift) {
  return {.x = input.x,
          .col_shift = x_shift,
          .col_scale = pointer_or_null(input.scales.x),
          .row_scale = input.sqrt_weight,
          .y = input.y,
          .y_shift = y_shift,
          .y_scale = pointer_or_null(input.scales.y),
          .ones = input.centred};
}

}  // namespace

template <Real S>
std::vector<double> provisional_mean(MatrixView<S> x, const double* sqrt_weight) {
  const Index rows = std::min(x.rows, provisional_rows);
  std::vector<double> sum(x.cols, 0.0);
  double weight = 0.0;
  for (Index k = 0; k < rows; ++k) {
    const double w = sqrt_weight != nullptr ? sqrt_weight[k] * sqrt_weight[k] : 1.0;
    weight += w;
    for (Index j = 0; j < x.cols; ++j) {
      sum[j] += w * (static_cast<double>(x(k, j)) - static_cast<double>(x(0, j)));
    }
  }
  for (Index j = 0; j < x.cols; ++j) {
    double& c = sum[j];
    c = static_cast<double>(x(0, j)) + (weight > 0.0 ? c / weight : 0.0);
    c = static_cast<double>(static_cast<S>(c));  // rounded as the kernels round it
    if (!std::isfinite(c)) c = 0.0;
  }
  return sum;
}

bool far_from_mean(const GramMatrix& about_shift) {
  const Index one = about_shift.cols() - 1;
  const double weight = about_shift(one, one);
  for (Index j = 0; j < one; ++j) {
    const double offset = about_shift(j, one) * about_shift(j, one) / weight;
    const double centred = about_shift(j, j) - offset;
    if (offset > tolerated_offset * std::abs(centred) && offset > 0.0) return true;
  }
  return false;
}

ScaledMoments centred_moments(GramMatrix about_shift, const std::vector<double>& x_shift,
                              const std::vector<double>& y_shift) {
  ScaledMoments m{.n_features = static_cast<Index>(x_shift.size()),
                  .n_targets = static_cast<Index>(y_shift.size()),
                  .gram = std::move(about_shift),
                  .x_mean = x_shift,
                  .y_mean = y_shift};
  const Index cols = m.n_features + m.n_targets;
  m.weight = m.gram(cols, cols);
  for (Index j = 0; j < cols; ++j) {
    const bool is_x = j < m.n_features;
    const Index u = is_x ? j : j - m.n_features;
    (is_x ? m.x_mean : m.y_mean)[u] += m.gram(j, cols) / m.weight;
  }
  centre(m.gram, m.n_features, cols);
  return m;
}

template <Real S, Real T>
ShiftedGram gram_about_mean(const MomentsInput<S>& input, int n_threads, Monitor& monitor) {
  ShiftedGram out;
  auto x_shift = provisional_mean(input.x, input.sqrt_weight);
  auto y_shift = provisional_mean(input.y, input.sqrt_weight);
  for (int attempt = 0;; ++attempt) {
    const auto source = shifted_source(input, x_shift.data(), y_shift.data());
    out.gram = gram<S, T>(source, n_threads, monitor);
    out.x_shift = scaled(x_shift, input.scales.x);
    out.y_shift = scaled(y_shift, input.scales.y);
    if (attempt > 0 || !far_from_mean(out.gram)) return out;
    const Index one = out.gram.cols() - 1;
    const auto mean = [&](Index column, double shift, const std::vector<double>& scale, Index j) {
      const double about_zero = shift + out.gram(column, one) / out.gram(one, one);
      return about_zero / (scale.empty() ? 1.0 : scale[j]);
    };
    for (Index j = 0; j < input.x.cols; ++j) {
      x_shift[j] = static_cast<double>(static_cast<S>(mean(j, out.x_shift[j], input.scales.x, j)));
    }
    for (Index t = 0; t < input.y.cols; ++t) {
      y_shift[t] = mean(input.x.cols + t, out.y_shift[t], input.scales.y, t);
    }
  }
}

template <Real S, Real T>
ScaledMoments compute_moments(const MomentsInput<S>& input, int n_threads, Monitor& monitor) {
  if (input.centred) {
    auto about_shift = gram_about_mean<S, T>(input, n_threads, monitor);
    return centred_moments(std::move(about_shift.gram), about_shift.x_shift, about_shift.y_shift);
  }
  const std::vector<double> x_zeros(input.x.cols, 0.0);
  const std::vector<double> y_zeros(input.y.cols, 0.0);
  const auto source = shifted_source(input, x_zeros.data(), y_zeros.data());
  return {.n_features = input.x.cols,
          .n_targets = input.y.cols,
          .gram = gram<S, T>(source, n_threads, monitor),
          .x_mean = x_zeros,
          .y_mean = y_zeros};
}

template std::vector<double> provisional_mean<double>(MatrixView<double>, const double*);
template std::vector<double> provisional_mean<float>(MatrixView<float>, const double*);
template ScaledMoments compute_moments<double, double>(const MomentsInput<double>&, int, Monitor&);
template ScaledMoments compute_moments<double, float>(const MomentsInput<double>&, int, Monitor&);
template ScaledMoments compute_moments<float, double>(const MomentsInput<float>&, int, Monitor&);
template ScaledMoments compute_moments<float, float>(const MomentsInput<float>&, int, Monitor&);

template ShiftedGram gram_about_mean<double, double>(const MomentsInput<double>&, int, Monitor&);
template ShiftedGram gram_about_mean<float, double>(const MomentsInput<float>&, int, Monitor&);

}  // namespace elltwo
