#include "solvers/logistic_alo/approximate_loo.hpp"

#include <algorithm>
#include <cmath>

#include "model/logistic_loss.hpp"
#include "parallel/team.hpp"
#include "solvers/logistic_alo/alpha_interpolation.hpp"
#include "solvers/logistic_alo/kronecker_loo.hpp"

namespace elltwo {
namespace {

/// Numbers in the inverse factors that are held at a time: 16 MB.
constexpr Index most_inverse_numbers = Index{1} << 21;

/// Coefficients of the contrasts of several classes up to which their Hessian is formed.
constexpr Index most_exact_coefficients = 600;

/// Rows for each column from which forms are interpolated in alpha: leverages are a few per cent
/// then.
constexpr Index least_rows_to_interpolate = 20;

/// Operations for the forms at all alphas from which interpolation saves enough to be worth its
/// error.
constexpr double least_work_to_interpolate = 1e9;

/// Between neighbouring alphas at which forms are computed, in ln alpha.
const double widest_gap_of_forms = std::log(20.0);

/// Forms are raised to this before their logarithm is taken.
constexpr double smallest_form = 1e-300;

}  // namespace

template <Real T>
AloTerms ApproximateLoo<T>::terms_at(std::vector<double> z) const {
  const auto n = static_cast<Index>(data_.label.size());
  AloTerms terms{.z = std::move(z), .residual = {}, .curvature = {}};
  terms.residual = terms.z;
  terms.curvature.resize(terms.z.size());
  const double* w = data_.sample_weight.empty() ? nullptr : data_.sample_weight.data();
  if (data_.n_outputs() == 1) {
    binomial_terms(n, terms.residual.data(), data_.label.data(), w, terms.curvature.data());
  } else {
    multinomial_terms(data_.n_classes, n, terms.residual.data(), n, data_.label.data(), w,
                      terms.curvature.data(), n);
  }
  return terms;
}

template <Real T>
bool ApproximateLoo<T>::interpolation_pays(std::size_t n_alphas) const {
  const double columns = static_cast<double>(problem_.cols());
  const double rows = static_cast<double>(problem_.rows().n);
  return problem_.n_outputs() == 1 && rows >= least_rows_to_interpolate * columns &&
         rows * columns * columns * static_cast<double>(n_alphas) >= least_work_to_interpolate;
}

// Visits the quadratic forms of all rows at some alphas, with the inverse factors of a few alphas
// at a time.
template <Real T>
void ApproximateLoo<T>::visit_forms(std::span<const double> alphas,
                                    std::span<AloTerms* const> terms, const FormsVisit& visit) {
  const Index m = problem_.size();
  const Index group = std::max<Index>(1, most_inverse_numbers / (m * m));
  const double scale = problem_.n_outputs() == 1 ? problem_.weight_scale() : 1.0;
  for (std::size_t first = 0; first < alphas.size(); first += group) {
    const auto count = std::min<std::size_t>(group, alphas.size() - first);
    std::vector<std::vector<double>> curvature;
    for (std::size_t a = 0; a < count; ++a) {
      curvature.push_back(of_fitted_rows(problem_, terms[first + a]->curvature, scale));
    }
    const auto factors = inverse_factors(problem_, alphas.subspan(first, count), curvature);
    double rcond = 1.0;
    for (const auto& factor : factors) rcond = std::min(rcond, factor.rcond);
    const auto numbered = [&](Index a, Index k0, Index rows, const double* values, Index ld) {
      visit(static_cast<Index>(first) + a, k0, rows, values, ld);
    };
    if (float_suits(problem_.cols(), rcond)) {
      quadratic_forms<float>(problem_, data_.x, factors, numbered);
    } else {
      quadratic_forms<double>(problem_, data_.x, factors, numbered);
    }
  }
}

// The rows [k0, k0 + rows) for alo_step(), without forms.
template <Real T>
AloRows ApproximateLoo<T>::rows_from(AloTerms& terms, Index k0, Index rows) const {
  return {.n_outputs = problem_.n_outputs(),
          .rows = rows,
          .ld = static_cast<Index>(data_.label.size()),
          .weight = data_.sample_weight.empty() ? nullptr : data_.sample_weight.data() + k0,
          .residual = terms.residual.data() + k0,
          .curvature = terms.curvature.data() + k0,
          .form_scale = problem_.weight_scale(),
          .forms = nullptr,
          .ld_forms = 0,
          .z = terms.z.data() + k0};
}

template <Real T>
void ApproximateLoo<T>::run_at_each(std::span<const double> alphas, std::vector<AloTerms>& terms) {
  std::vector<AloTerms*> all;
  for (auto& of_alpha : terms) all.push_back(&of_alpha);
  visit_forms(alphas, all, [&](Index a, Index k0, Index rows, const double* values, Index ld) {
    auto left_out = rows_from(terms[a], k0, rows);
    left_out.forms = values;
    left_out.ld_forms = ld;
    alo_step(left_out);
  });
}

template <Real T>
void ApproximateLoo<T>::run_interpolated(std::span<const double> alphas,
                                         std::vector<AloTerms>& terms) {
  const auto n = static_cast<Index>(data_.label.size());
  const AlphaInterpolation interpolation(alphas, widest_gap_of_forms);
  std::vector<double> node_alphas;
  std::vector<AloTerms*> node_terms;
  for (const auto a : interpolation.nodes()) {
    node_alphas.push_back(alphas[a]);
    node_terms.push_back(&terms[a]);
  }
  const auto n_nodes = static_cast<Index>(node_alphas.size());
  Buffer<double> log_form(n_nodes * n);
  const auto keep = [&](Index a, Index k0, Index rows, const double* values, Index) {
    double* to = log_form.data() + a * n + k0;
    for (Index i = 0; i < rows; ++i) to[i] = values[i];
  };
  visit_forms(node_alphas, node_terms, keep);
  run_over(n, problem_.options().n_threads, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      for (Index a = 0; a < n_nodes; ++a) {
        log_form[a * n + i] = std::log(std::max(log_form[a * n + i], smallest_form));
      }
    }
    std::vector<double> form(end - begin);
    for (std::size_t a = 0; a < alphas.size(); ++a) {
      interpolation.interpolate(a, log_form.data() + begin, n, end - begin, form.data());
      auto left_out = rows_from(terms[a], begin, end - begin);
      left_out.forms = form.data();
      left_out.ld_forms = end - begin;
      alo_step(left_out);
    }
  });
}

template <Real T>
LeftOutHessian ApproximateLoo<T>::hessian() const {
  const Index coefficients = problem_.cols() * (problem_.n_outputs() - 1);
  return coefficients > most_exact_coefficients ? LeftOutHessian::kronecker : LeftOutHessian::exact;
}

template <Real T>
void ApproximateLoo<T>::run(std::span<const double> alphas, std::span<std::vector<double>> z) {
  std::vector<AloTerms> terms;
  for (auto& predictors : z) terms.push_back(terms_at(std::move(predictors)));
  if (hessian() == LeftOutHessian::kronecker) KroneckerLoo<T>(problem_).run(alphas, terms);
  else if (interpolation_pays(alphas.size())) run_interpolated(alphas, terms);
  else run_at_each(alphas, terms);
  for (std::size_t a = 0; a < z.size(); ++a) z[a] = std::move(terms[a].z);
}

template class ApproximateLoo<double>;
template class ApproximateLoo<float>;

}  // namespace elltwo
