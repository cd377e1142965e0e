#include "solvers/logistic_l1/loss.hpp"

#include <algorithm>

#include "model/logistic_loss.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {

double evaluate_loss_of_rows(const LogisticL1Design& design, Index first, Index count,
                             LogisticL1Loss& loss) {
  const double* w = design.weight.empty() ? nullptr : design.weight.data() + first;
  const auto* label = design.label.data() + first;
  double* r = loss.residual.data() + first;
  double* h = loss.curvature.data() + first;
  if (design.outputs == 1) return binomial_terms(count, r, label, w, h);
  return multinomial_terms(design.outputs, count, r, design.n, label, w, h, design.n);
}

void evaluate_loss(const LogisticL1Design& design, const double* eta, int n_threads,
                   LogisticL1Loss& loss) {
  constexpr Index piece = 4096;        // rows
  constexpr double operations = 40.0;  // of a row and output, about
  const Index n = design.n;
  const Index k = design.outputs;
  loss.residual.assign(eta, eta + k * n);
  loss.curvature.resize(k * n);
  const Index n_pieces = (n + piece - 1) / piece;
  std::vector<double> sums(n_pieces);
  TaskCounter pieces(n_pieces);
  run_team(threads_for(n_threads, operations * static_cast<double>(n * k)), [&](TeamMember&) {
    for (Index c = 0; pieces.next(c);) {
      sums[c] = evaluate_loss_of_rows(design, c * piece, std::min(piece, n - c * piece), loss);
    }
  });
  loss.value = 0.0;
  for (const double s : sums) loss.value += s;
}

void curvature_of_block(const LogisticL1Design& design, const LogisticL1Loss& loss, Index k,
                        Index l, double* weight) {
  const Index n = design.n;
  if (design.outputs == 1) {
    std::copy_n(loss.curvature.begin(), n, weight);
    return;
  }
  const double* pk = loss.curvature.data() + k * n;
  const double* pl = loss.curvature.data() + l * n;
  for (Index i = 0; i < n; ++i) {
    weight[i] = design.weight_of(i) * pk[i] * ((k == l ? 1.0 : 0.0) - pl[i]);
  }
}

void multiply_by_curvature(const LogisticL1Design& design, const LogisticL1Loss& loss, double* z) {
  const Index n = design.n;
  if (design.outputs == 1) {
    for (Index i = 0; i < n; ++i) z[i] *= loss.curvature[i];
    return;
  }
  std::vector<double> mean(n, 0.0);  // sum_l p_l z_l
  for (Index k = 0; k < design.outputs; ++k) {
    for (Index i = 0; i < n; ++i) mean[i] += loss.curvature[k * n + i] * z[k * n + i];
  }
  for (Index k = 0; k < design.outputs; ++k) {
    for (Index i = 0; i < n; ++i) {
      z[k * n + i] = design.weight_of(i) * loss.curvature[k * n + i] * (z[k * n + i] - mean[i]);
    }
  }
}

}  // namespace elltwo
