#include "solvers/logistic/multinomial_hessian.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/logistic/damped_factor.hpp"
#include "solvers/logistic/drawn_rows.hpp"
#include "solvers/logistic/thresholds.hpp"

namespace elltwo {
namespace {

constexpr Index most_coefficients = 2000;  // of all classes but one
constexpr Index most_classes = 32;

/// Numbers in the Hessian and in the matrices of pairs of classes: 1 GB.
constexpr double most_numbers = 1 << 27;

/// Rows of pairs that are drawn: for each unknown, and at least as many as cost these passes.
constexpr double draws_an_unknown = 20.0;
constexpr double passes_for_draws = 2.0;

/// What each pass and each pair costs beside its products, and a row of a pair that may be drawn,
/// in operations.
constexpr double operations_of_a_call = 1e5;
constexpr double operations_of_a_draw = 50.0;

/// Rows of pairs from which the threshold of the draws is found.
constexpr double rows_for_threshold = 1 << 14;

/// Unknowns from which a factor in float is worth a conversion.
constexpr double least_unknowns_for_float = 100;

/// Expected ratio of gradients after and before a step with drawn rows.
constexpr double drawn_contraction = 0.15;

/// The golden ratio's fractional part: its multiples fill [0, 1) evenly.
constexpr double golden = 0.6180339887498949;

/// Index of the pair (k, l), k < l, in the list of the pairs of K classes.
Index pair_index(Index k, Index l, Index n_classes) {
  return k * n_classes - k * (k + 1) / 2 + (l - k - 1);
}

}  // namespace

template <Real T>
bool MultinomialHessian<T>::suits(const LogisticProblem<T>& problem) {
  const Index outputs = problem.n_outputs();
  return outputs <= most_classes && (outputs - 1) * problem.cols() <= most_coefficients;
}

// The matrices of pairs take half as many numbers as the Hessian.
template <Real T>
bool MultinomialHessian<T>::fits(const LogisticProblem<T>& problem) {
  const double size =
      static_cast<double>(problem.n_outputs() - 1) * static_cast<double>(problem.cols());
  return 1.5 * size * size <= most_numbers;
}

template <Real T>
MultinomialHessian<T>::MultinomialHessian(const LogisticProblem<T>& problem, Rows rows)
    : problem_(problem) {
  const double all = static_cast<double>(problem.rows().n) * static_cast<double>(n_pairs());
  draws_ = rows == Rows::drawn && all > 2.0 * enough_draws(problem.rows().n);
  in_float_ = rows == Rows::drawn && n_unknowns() >= least_unknowns_for_float;
}

template <Real T>
double MultinomialHessian<T>::n_unknowns() const {
  return static_cast<double>((problem_.n_outputs() - 1) * problem_.cols());
}

template <Real T>
double MultinomialHessian<T>::enough_draws(Index n_rows) const {
  const double cols = static_cast<double>(problem_.cols());
  const double of_a_pass = 4.0 * static_cast<double>(n_rows * problem_.n_outputs()) / cols;
  return std::max(draws_an_unknown * n_unknowns(), passes_for_draws * of_a_pass);
}

template <Real T>
double MultinomialHessian<T>::rows_to_draw(Index n_rows) const {
  const double all = static_cast<double>(n_rows) * static_cast<double>(n_pairs());
  return draws_ ? std::min(all, enough_draws(n_rows)) : all;
}

template <Real T>
double MultinomialHessian<T>::cost(Index n_rows) const {
  const double cols = static_cast<double>(problem_.cols());
  const double unknowns = n_unknowns();
  const double products = rows_to_draw(n_rows) * cols * cols * (products_in_float() ? 0.5 : 1.0);
  const double factor = unknowns * unknowns * unknowns / (in_float_ ? 6.0 : 3.0);
  const double draws = draws_ ? operations_of_a_draw * static_cast<double>(n_rows) : 0.0;
  const double calls = static_cast<double>(n_pairs()) * (operations_of_a_call + draws);
  const double pass = 4.0 * static_cast<double>(n_rows) * static_cast<double>(problem_.size());
  return 1.0 + (products + factor + calls) / (pass + operations_of_a_call);
}

template <Real T>
double MultinomialHessian<T>::contraction() const {
  return draws_ ? drawn_contraction : LogisticMetric::contraction();
}

template <Real T>
double MultinomialHessian<T>::rcond() const {
  if (active_.count() == 0) return 0.0;
  return in_float_ ? float_system_.rcond() : system_->rcond();
}

template <Real T>
const GramMatrix& MultinomialHessian<T>::pair(Index k, Index l) const {
  return pairs_[pair_index(std::min(k, l), std::max(k, l), problem_.n_outputs())];
}

template <Real T>
void MultinomialHessian<T>::choose_reference(const LogisticPoint& at, const LogisticRows& rows) {
  double most = -1.0;
  for (Index k = 0; k < problem_.n_outputs(); ++k) {
    double share = 0.0;
    for (Index i = 0; i < rows.n; ++i) {
      share += rows.weight_of(i) * at.curvature[k * rows.n + i];
    }
    if (share <= most) continue;
    most = share;
    reference_ = k;
  }
  others_.clear();
  for (Index k = 0; k < problem_.n_outputs(); ++k) {
    if (k != reference_) others_.push_back(k);
  }
}

// The threshold of the draws of all pairs, from rows at equal distances.
template <Real T>
double MultinomialHessian<T>::threshold(const LogisticPoint& at, const LogisticRows& rows) const {
  const double all = static_cast<double>(rows.n) * static_cast<double>(n_pairs());
  const double target = rows_to_draw(rows.n);
  if (!draws_ || all <= 2.0 * target) return 0.0;
  const auto stride = static_cast<Index>(std::max(1.0, all / rows_for_threshold));
  std::vector<double> products;
  for (Index k = 0; k < problem_.n_outputs(); ++k) {
    for (Index l = k + 1; l < problem_.n_outputs(); ++l) {
      const double* p = at.curvature.data() + k * rows.n;
      const double* q = at.curvature.data() + l * rows.n;
      for (Index i = 0; i < rows.n; i += stride) {
        products.push_back(rows.weight_of(i) * p[i] * q[i]);
      }
    }
  }
  return draw_threshold(static_cast<Index>(products.size()), target / static_cast<double>(stride),
                        [&](Index i) { return products[i]; });
}

// A row's numbers for its pairs are multiples of the golden ratio apart, so that the pairs that are
// drawn of each row are spread evenly.
template <Real T>
void MultinomialHessian<T>::form(const LogisticPoint& at, const LogisticRows& rows) {
  const Index outputs = problem_.n_outputs();
  pairs_.clear();
  pairs_.resize(n_pairs());
  const double cols = static_cast<double>(problem_.cols());
  const int n_threads =
      threads_for(problem_.options().n_threads, rows_to_draw(rows.n) * cols * cols);
  const double tau = threshold(at, rows);
  const auto number = row_numbers(tau > 0.0 ? rows.n : 0, n_refreshes_ << 40);
  TaskCounter tasks(n_pairs());
  Relay relay(problem_.monitor());
  run_team(static_cast<int>(std::min<Index>(n_threads, n_pairs())), [&](TeamMember& member) {
    Monitor monitor = relay.monitor();
    for (Index task = 0; tasks.next(task);) {
      Index k = 0;
      while (pair_index(k, outputs - 1, outputs) < task) ++k;
      const Index l = task - pair_index(k, k + 1, outputs) + k + 1;
      const double* p = at.curvature.data() + k * rows.n;
      const double* q = at.curvature.data() + l * rows.n;
      const double turn = std::fmod(golden * static_cast<double>(task + 1), 1.0);
      const auto turned = [&](Index i) {
        const double u = number[i] + turn;
        return u < 1.0 ? u : u - 1.0;
      };
      const auto drawn =
          draw_rows(rows, tau, turned, [&](Index i) { return rows.weight_of(i) * p[i] * q[i]; });
      const auto source = problem_.source(drawn.rows, drawn.root.data());
      const int threads = std::max(1, n_threads / member.size());
      pairs_[task] = products_in_float() ? gram<T, float>(source, threads, monitor)
                                         : gram<T, double>(source, threads, monitor);
    }
  });
}

// The diagonal of what fill() writes.
template <Real T>
std::vector<double> MultinomialHessian<T>::diagonal() const {
  std::vector<double> result;
  for (const Index k : others_) {
    for (const Index j : active_.index) {
      double sum = 2.0 * (problem_.column_penalty(j) + pair(k, reference_)(j, j));
      for (const Index l : others_) {
        sum += pair(l, reference_)(j, j);
        if (l != k) sum += pair(k, l)(j, j);
      }
      result.push_back(sum + pair(k, reference_)(j, j));
    }
  }
  return result;
}

// The steps are d_k = u_k of the other classes and d_r = -sum_k u_k of the reference class r. With
// the blocks B_kl of the Hessian in d, those in u are B_kl - B_kr - B_rl + B_rr. Calls set(i, j,
// value) for the lower triangle.
template <Real T>
template <class Set>
void MultinomialHessian<T>::fill(const Set& set) const {
  const Index m = active_.count();
  const auto n_others = static_cast<Index>(others_.size());
  const auto each = [&](const auto& f) {  // f(c, r, i, j) for columns c <= r, which are i and j
    for (Index c = 0; c < m; ++c) {
      for (Index r = c; r < m; ++r) f(c, r, active_.index[c], active_.index[r]);
    }
  };
  std::vector<double> corner(m * m, 0.0);  // B_rr
  const auto add_penalty = [&](std::vector<double>& block) {
    for (Index c = 0; c < m; ++c) block[c * (m + 1)] += problem_.column_penalty(active_.index[c]);
  };
  const auto add = [&](std::vector<double>& block, const GramMatrix& g, double times) {
    each([&](Index c, Index r, Index i, Index j) { block[c * m + r] += times * g(i, j); });
  };
  add_penalty(corner);
  for (const Index k : others_) add(corner, pair(k, reference_), 1.0);
  for (Index a = 0; a < n_others; ++a) {
    const GramMatrix& side = pair(others_[a], reference_);  // -B_kr
    auto own = corner;
    add_penalty(own);
    add(own, side, 3.0);
    for (Index b = 0; b < n_others; ++b) {
      if (b != a) add(own, pair(others_[a], others_[b]), 1.0);
    }
    each([&](Index c, Index r, Index, Index) { set(a * m + r, a * m + c, own[c * m + r]); });
    for (Index b = a + 1; b < n_others; ++b) {
      const GramMatrix& g = pair(others_[a], others_[b]);
      const GramMatrix& other = pair(others_[b], reference_);
      each([&](Index c, Index r, Index i, Index j) {
        const double v = corner[c * m + r] + side(i, j) + other(i, j) - g(i, j);
        set(b * m + r, a * m + c, v);
        set(b * m + c, a * m + r, v);
      });
    }
  }
}

template <Real T>
bool MultinomialHessian<T>::factor_in_float() {
  const auto sizes = diagonal();
  if (!std::ranges::all_of(sizes, [](double v) { return v > 0.0 && std::isfinite(v); })) {
    return false;
  }
  float_system_.begin(sizes);
  fill([&](Index i, Index j, double v) { float_system_.set(i, j, v); });
  return float_system_.factor(problem_.options().n_threads, problem_.monitor());
}

template <Real T>
void MultinomialHessian<T>::change_penalty() {
  active_ = active_columns(problem_);
  if (active_.count() == 0 || (in_float_ && factor_in_float())) return;
  in_float_ = false;
  std::vector<double> size;
  for (std::size_t k = 0; k < others_.size(); ++k) {
    size.insert(size.end(), active_.size.begin(), active_.size.end());
  }
  const auto order = static_cast<Index>(size.size());
  const auto fill_double = [&](double* lower) {
    fill([&](Index i, Index j, double v) { lower[j * order + i] = v; });
  };
  system_ = factor_damped(size, fill_double, problem_.options().n_threads, problem_.monitor());
}

template <Real T>
void MultinomialHessian<T>::refresh(const LogisticPoint& at, const LogisticRows& rows) {
  ++n_refreshes_;
  choose_reference(at, rows);
  const bool tried_float = in_float_;
  form(at, rows);
  change_penalty();
  if (!tried_float || in_float_) return;
  form(at, rows);
  change_penalty();
}

template <Real T>
void MultinomialHessian<T>::solve(const double* slope, double* step) const {
  const Index m = active_.count();
  const Index cols = problem_.cols();
  std::fill_n(step, problem_.size(), 0.0);
  if (m == 0) return;
  const auto n_others = static_cast<Index>(others_.size());
  Buffer<double> u(n_others * m);
  const auto each = [&](const auto& f) {
    for (Index a = 0; a < n_others; ++a) {
      for (Index c = 0; c < m; ++c) {
        const Index j = active_.index[c];
        f(u[a * m + c], others_[a] * cols + j, reference_ * cols + j);
      }
    }
  };
  each([&](double& v, Index own, Index reference) { v = slope[own] - slope[reference]; });
  if (in_float_) float_system_.solve(u.data());
  else system_->solve(u.data(), 1, u.size(), 1);
  each([&](double& v, Index own, Index reference) {
    step[own] += v;
    step[reference] -= v;
  });
}

template class MultinomialHessian<double>;
template class MultinomialHessian<float>;

}  // namespace elltwo
