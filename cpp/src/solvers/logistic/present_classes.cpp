#include "solvers/logistic/present_classes.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/logistic/validate.hpp"

namespace elltwo {
namespace {

/// Minus the intercept of an empty class, in the user's units: finite, within the range of float,
/// and beyond any linear predictor, so that the probability is exactly zero.
constexpr double far = 1e30;

/// Intercepts from this size on belong to the limit, or to means over fits with it.
constexpr double no_start = 1e25;

}  // namespace

template <Real T>
PresentClasses<T>::PresentClasses(const LogisticData<T>& data, const LogisticOptions& options)
    : data_(data), reduces_(false), reduced_(data) {
  find_classes();
  reduces_ = options.fit_intercept && n_empty() > 0;
  if (!reduces_) return;
  double largest = 0.0;  // offset
  for (const double o : data.offset) largest = std::max(largest, std::abs(o));
  limit_ = -std::max(far, std::min(4.0 * largest, 1e307));
  if (n_present() > 1) reduce();
}

template <Real T>
void PresentClasses<T>::find_classes() {
  std::vector<bool> seen(data_.n_classes, false);
  const auto see = [&](Index i) {
    if (data_.sample_weight.empty() || data_.sample_weight[i] > 0.0) seen[data_.label[i]] = true;
  };
  const auto n = static_cast<Index>(data_.label.size());
  for (Index i = 0; data_.rows.empty() && i < n; ++i) see(i);
  for (const Index i : data_.rows) see(i);
  for (std::int32_t k = 0; k < data_.n_classes; ++k) {
    if (seen[k]) present_.push_back(k);
  }
}

template <Real T>
void PresentClasses<T>::require_finite_rows() const {
  const auto& x = data_.x;
  if (x.data == nullptr) return;
  const bool all = data_.rows.empty();
  const auto n = static_cast<Index>(all ? data_.label.size() : data_.rows.size());
  for (Index k = 0; k < n; ++k) {
    const Index i = all ? k : data_.rows[k];
    if (!data_.sample_weight.empty() && data_.sample_weight[i] == 0.0) continue;
    for (Index j = 0; j < x.cols; ++j) {
      if (std::isfinite(x(i, j))) continue;
      Monitor nobody;
      throw_if_not_finite(data_, nobody);
    }
  }
}

// There are more than two classes, and an output for each.
template <Real T>
void PresentClasses<T>::reduce() {
  std::vector<std::int32_t> place(data_.n_classes, 0);
  for (std::size_t c = 0; c < present_.size(); ++c) {
    place[present_[c]] = static_cast<std::int32_t>(c);
  }
  for (const auto k : data_.label) label_.push_back(place[k]);
  reduced_.label = label_;
  reduced_.n_classes = n_present();
  reduced_.output_for_each = true;
  const Index outputs = data_.n_outputs();
  prior_mean_ = reduced_coef(data_.prior_mean);
  reduced_.prior_mean = prior_mean_;
  for (std::size_t i = 0; i < data_.offset.size() / outputs; ++i) {
    for (const auto k : present_) offset_.push_back(data_.offset[i * outputs + k]);
  }
  reduced_.offset = offset_;
}

template <Real T>
std::vector<double> PresentClasses<T>::reduced_coef(std::span<const double> coef) const {
  const auto size = coef.size() / data_.n_outputs();
  std::vector<double> result;
  for (const auto k : present_) {
    result.insert(result.end(), coef.begin() + k * size, coef.begin() + (k + 1) * size);
  }
  return result;
}

template <Real T>
std::vector<double> PresentClasses<T>::reduced_intercept(std::span<const double> intercept) const {
  std::vector<double> result;
  for (const auto k : present_) result.push_back(intercept[k]);
  return result;
}

template <Real T>
std::vector<double> PresentClasses<T>::reduced_start(std::span<const double> start) const {
  if (start.empty()) return {};
  const auto outputs = static_cast<std::size_t>(data_.n_outputs());
  auto result = reduced_coef(start.first(start.size() - outputs));
  const auto intercept = reduced_intercept(start.last(outputs));
  if (is_limit(intercept)) return {};
  result.insert(result.end(), intercept.begin(), intercept.end());
  return result;
}

template <Real T>
void PresentClasses<T>::write(const double* reduced_coef, const double* reduced_intercept,
                              double* coef, double* intercept) const {
  const Index outputs = data_.n_outputs();
  const Index p = data_.x.cols;
  const auto prior = [&](Index at) {
    return data_.prior_mean.empty() ? 0.0 : data_.prior_mean[at];
  };
  for (Index at = 0; at < outputs * p; ++at) coef[at] = prior(at);
  if (outputs == 1) {
    *intercept = present_[0] == 0 ? limit_ : -limit_;
    return;
  }
  std::fill_n(intercept, outputs, limit_);
  for (std::size_t c = 0; c < present_.size(); ++c) {
    const Index k = present_[c];
    intercept[k] = reduced_intercept != nullptr ? reduced_intercept[c] : 0.0;
    if (reduced_coef != nullptr) std::copy_n(reduced_coef + c * p, p, coef + k * p);
  }
}

template <Real T>
void PresentClasses<T>::write_predictor(const double* reduced, double* predictor) const {
  if (data_.n_outputs() == 1) {
    *predictor = present_[0] == 0 ? limit_ : -limit_;
    return;
  }
  std::fill_n(predictor, data_.n_outputs(), limit_);
  for (std::size_t c = 0; c < present_.size(); ++c) {
    predictor[present_[c]] = reduced != nullptr ? reduced[c] : 0.0;
  }
}

bool is_limit(std::span<const double> intercept) {
  return std::ranges::any_of(intercept, [](double b0) { return std::abs(b0) >= no_start; });
}

template class PresentClasses<double>;
template class PresentClasses<float>;

}  // namespace elltwo
