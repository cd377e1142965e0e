#include "solvers/logistic_alo/leave_out.hpp"

#include <algorithm>
#include <cmath>

#include "model/logistic_loss.hpp"
#include "parallel/team.hpp"
#include "solvers/logistic_alo/alpha_nodes.hpp"

namespace elltwo {
namespace {

constexpr Index most_inverse_numbers = Index{1}
                                       << 21;  // in the inverse factors that are held at a time
constexpr Index rows_a_column = 20;            // for leverages of a few per cent
constexpr double worth_nodes = 1e9;            // operations for forms at all alphas

constexpr double smallest_form = 1e-300;  // of which a logarithm is taken

}  // namespace

template <Real T>
auto LeaveOut<T>::terms_at(std::vector<double> z) const -> RowTerms {
  const auto n = static_cast<Index>(data_.label.size());
  RowTerms terms{.z = std::move(z), .residual = {}, .curvature = {}};
  terms.residual = terms.z;
  terms.curvature.resize(terms.z.size());
  const double* w = data_.sample_weight.empty() ? nullptr : data_.sample_weight.data();
  if (data_.n_classes == 2) {
    binomial_terms(n, terms.residual.data(), data_.label.data(), w, terms.curvature.data());
  } else {
    multinomial_terms(data_.n_classes, n, terms.residual.data(), n, data_.label.data(), w,
                      terms.curvature.data(), n);
  }
  return terms;
}

// Curvature in the problem's rows and weights.
template <Real T>
std::vector<double> LeaveOut<T>::of_fitted_rows(const RowTerms& terms) const {
  const auto& rows = problem_.rows();
  const auto n = data_.label.size();
  const double scale = data_.n_classes == 2 ? problem_.weight_scale() : 1.0;
  std::vector<double> curvature;
  curvature.reserve(terms.curvature.size());
  for (std::size_t o = 0; o < terms.curvature.size() / n; ++o) {
    for (Index k = 0; k < rows.n; ++k) {
      const Index i = rows.index.empty() ? k : rows.index[k];
      curvature.push_back(scale * terms.curvature[o * n + i]);
    }
  }
  return curvature;
}

template <Real T>
bool LeaveOut<T>::interpolates(std::size_t n_alphas) const {
  const double columns = static_cast<double>(problem_.cols());
  const double rows = static_cast<double>(problem_.rows().n);
  return problem_.n_outputs() == 1 && rows >= rows_a_column * columns &&
         rows * columns * columns * static_cast<double>(n_alphas) >= worth_nodes;
}

// The forms of all rows at some alphas, a group of them at a time.
template <Real T>
bool LeaveOut<T>::forms(std::span<const double> alphas, std::span<RowTerms* const> terms,
                        const FormsVisit& visit) {
  const Index m = problem_.size();
  const Index group = std::max<Index>(1, most_inverse_numbers / (m * m));
  for (std::size_t first = 0; first < alphas.size(); first += group) {
    const auto count = std::min<std::size_t>(group, alphas.size() - first);
    std::vector<std::vector<double>> curvature;
    for (std::size_t a = 0; a < count; ++a) curvature.push_back(of_fitted_rows(*terms[first + a]));
    std::vector<InverseFactor> factors;
    if (!inverse_factors(problem_, alphas.subspan(first, count), curvature, factors)) return false;
    double rcond = 1.0;
    for (const auto& factor : factors) rcond = std::min(rcond, factor.rcond);
    const auto numbered = [&](Index a, Index k0, Index rows, const double* values, Index ld) {
      visit(static_cast<Index>(first) + a, k0, rows, values, ld);
    };
    const bool done = float_suits(problem_.cols(), rcond)
                          ? row_forms<float>(problem_, data_.x, factors, numbered)
                          : row_forms<double>(problem_, data_.x, factors, numbered);
    if (!done) return false;
  }
  return true;
}

template <Real T>
RowsOut LeaveOut<T>::rows_out(RowTerms& terms, Index k0, Index rows) const {
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
bool LeaveOut<T>::run_exactly(std::span<const double> alphas, std::vector<RowTerms>& terms) {
  std::vector<RowTerms*> all;
  for (auto& of_alpha : terms) all.push_back(&of_alpha);
  return forms(alphas, all, [&](Index a, Index k0, Index rows, const double* values, Index ld) {
    auto out = rows_out(terms[a], k0, rows);
    out.forms = values;
    out.ld_forms = ld;
    step_rows_out(out);
  });
}

template <Real T>
bool LeaveOut<T>::run_by_nodes(std::span<const double> alphas, std::vector<RowTerms>& terms) {
  const auto n = static_cast<Index>(data_.label.size());
  const AlphaNodes nodes(alphas);
  std::vector<double> at;
  std::vector<RowTerms*> of_nodes;
  for (const auto a : nodes.nodes()) {
    at.push_back(alphas[a]);
    of_nodes.push_back(&terms[a]);
  }
  Buffer<double> log_form(static_cast<Index>(at.size()) * n);
  const auto keep = [&](Index a, Index k0, Index rows, const double* values, Index) {
    double* to = log_form.data() + a * n + k0;
    for (Index i = 0; i < rows; ++i) to[i] = values[i];
  };
  if (!forms(at, of_nodes, keep)) return false;
  run_over(n, problem_.options().n_threads, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      for (Index a = 0; a < static_cast<Index>(at.size()); ++a) {
        log_form[a * n + i] = std::log(std::max(log_form[a * n + i], smallest_form));
      }
    }
    std::vector<double> form(end - begin);
    for (std::size_t a = 0; a < alphas.size(); ++a) {
      nodes.interpolate(a, log_form.data() + begin, n, end - begin, form.data());
      auto out = rows_out(terms[a], begin, end - begin);
      out.forms = form.data();
      out.ld_forms = end - begin;
      step_rows_out(out);
    }
  });
  return true;
}

template <Real T>
bool LeaveOut<T>::run(std::span<const double> alphas, std::span<std::vector<double>> z) {
  std::vector<RowTerms> terms;
  for (auto& predictors : z) terms.push_back(terms_at(std::move(predictors)));
  const bool done =
      interpolates(alphas.size()) ? run_by_nodes(alphas, terms) : run_exactly(alphas, terms);
  for (std::size_t a = 0; a < z.size(); ++a) z[a] = std::move(terms[a].z);
  return done;
}

template class LeaveOut<double>;
template class LeaveOut<float>;

}  // namespace elltwo
