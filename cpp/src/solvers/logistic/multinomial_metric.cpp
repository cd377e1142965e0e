#include "solvers/logistic/multinomial_metric.hpp"

#include <utility>

#include "solvers/logistic/probability_sums.hpp"

namespace elltwo {
namespace {

// Time of a refresh of the whole Hessian, in passes for a gradient, up to which it is used.

/// At all points.
constexpr double cheap = 8.0;

/// Where most probabilities are near 0 and 1, each row couples two classes, which blocks of classes
/// leave out. Steps with these take a hundred passes there.
constexpr double worth_it_if_certain = 32.0;

/// At points where probabilities hardly vary between rows: the mean block of the classes is nearly
/// the Hessian there.
constexpr double cheap_where_flat = 4.0;

/// Part of the mean of 1 - sum_k p_k^2 without features below which probabilities are near 0 and
/// 1.
constexpr double certain = 0.25;

constexpr int most_classwise_refreshes = 4;  // at one alpha

/// The mean over rows of 1 - sum_k p_k^2 over what it is with each class's mean probability.
double uncertainty(const LogisticPoint& at, const LogisticRows& rows) {
  const double weight = rows.total_weight();
  double left = weight, all = weight;
  const Index classes = at.curvature.size() / rows.n;
  for (Index k = 0; k < classes; ++k) {
    const ProbabilitySums sums(at.curvature.data() + k * rows.n, rows);
    left -= sums.second;
    all -= sums.first * sums.first / weight;
  }
  return all > 0.0 ? left / all : 0.0;
}

}  // namespace

template <Real T>
MultinomialMetric<T>::MultinomialMetric(const LogisticProblem<T>& problem)
    : problem_(problem),
      classwise_(problem),
      whole_(problem, MultinomialHessian<T>::Rows::drawn),
      may_be_whole_(MultinomialHessian<T>::suits(problem)),
      cost_(whole_.cost()) {}

template <Real T>
bool MultinomialMetric<T>::next_is_whole(double cost) const {
  return may_be_whole_ && (cost <= (is_certain_ ? worth_it_if_certain : cheap) ||
                           n_refreshes_ >= most_classwise_refreshes);
}

template <Real T>
void MultinomialMetric<T>::refresh(const LogisticPoint& at, const LogisticRows& rows) {
  if (std::exchange(alpha_, problem_.alpha()) != problem_.alpha()) n_refreshes_ = 0;
  const double cost = whole_.cost(rows.n);
  is_certain_ = may_be_whole_ && uncertainty(at, rows) <= certain;
  const bool mean_serves = cost > cheap_where_flat && classwise_.one_block_serves(at, rows);
  used_ = &classwise_;
  if (next_is_whole(cost) && !mean_serves) used_ = &whole_;
  ++n_refreshes_;
  used_->refresh(at, rows);
}

template class MultinomialMetric<double>;
template class MultinomialMetric<float>;

}  // namespace elltwo
