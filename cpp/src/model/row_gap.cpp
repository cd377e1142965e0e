#include "model/row_gap.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {
namespace {

double dot_of_rows(const double* a, const double* b, Index n) {
  double sum = 0.0;
  for (Index t = 0; t < n; ++t) sum += a[t] * b[t];
  return sum;
}

// |x| |y| (1 - cos a) of two rows that are not zero, as |x| |y| |x / |x| - y / |y||^2 / 2.
double excess_of_norms(const double* x, double x_norm, const double* y, double y_norm, Index n) {
  double square = 0.0;
  for (Index t = 0; t < n; ++t) {
    const double difference = x[t] / x_norm - y[t] / y_norm;
    square += difference * difference;
  }
  return x_norm * y_norm * (square / 2);
}

// h(b) + h*(t q) - t q.b of one row.
double row_gap_term(const double* b, const double* q, double t, double l1, double l2, Index n) {
  const double b_norm = row_norm(b, n), q_norm = row_norm(q, n), v_norm = t * q_norm;
  if (v_norm > l1) {
    const double shrink = (1.0 - l1 / v_norm) * t / l2;
    double square = 0.0;
    for (Index k = 0; k < n; ++k) {
      const double off = b[k] - shrink * q[k];
      square += off * off;
    }
    const double turned = b_norm > 0.0 ? excess_of_norms(b, b_norm, q, q_norm, n) / q_norm : 0.0;
    return l1 * turned + l2 / 2 * square;
  }
  if (b_norm == 0.0) return 0.0;
  const double turned = q_norm > 0.0 ? t * excess_of_norms(b, b_norm, q, q_norm, n) : 0.0;
  return (l1 - v_norm) * b_norm + turned + l2 / 2 * b_norm * b_norm;
}

double gap_at(double t, double rss, const CoefficientRows& rows, const RowTerms& terms) {
  const Index n = rows.n_outputs;
  long double sum = (1.0L - t) * (1.0L - t) * rss / 2;
  for (Index j = 0; j < rows.n; ++j) {
    if (terms.l1[j] == 0.0) continue;
    sum += row_gap_term(rows.b + j * n, rows.q + j * n, t, terms.l1[j], terms.l2[j], n);
  }
  return static_cast<double>(sum);
}

// |q - l1 b / |b| - l2 b|, or how far |q| exceeds l1 where b is zero.
double row_violation(const double* b, const double* q, double l1, double l2, Index n) {
  const double norm = row_norm(b, n);
  if (norm == 0.0) return std::max(row_norm(q, n) - l1, 0.0);
  double square = 0.0;
  for (Index t = 0; t < n; ++t) {
    const double off = q[t] - (l1 / norm + l2) * b[t];
    square += off * off;
  }
  return std::sqrt(square);
}

}  // namespace

double row_norm(const double* v, Index n_outputs) {
  return std::sqrt(dot_of_rows(v, v, n_outputs));
}

double row_penalty(const CoefficientRows& rows, const RowTerms& terms) {
  long double sum = 0.0L;
  for (Index j = 0; j < rows.n; ++j) {
    const double norm = row_norm(rows.b + j * rows.n_outputs, rows.n_outputs);
    sum += terms.l1[j] * norm + terms.l2[j] / 2 * norm * norm;
  }
  return static_cast<double>(sum);
}

DualityGap squared_loss_row_gap(double rss, const CoefficientRows& rows, const RowTerms& terms) {
  DualityGap result;
  const Index n = rows.n_outputs;
  double feasible = 1.0;
  bool all_finite = true;
  double largest = 0.0;
  for (const double l1 : terms.l1) largest = std::max(largest, l1);
  for (Index j = 0; j < rows.n; ++j) {
    const double *b = rows.b + j * n, *q = rows.q + j * n;
    const double l1 = terms.l1[j];
    const double unit = l1 > 0.0 ? l1 : largest;
    const double off = row_violation(b, q, l1, terms.l2[j], n);
    if (off > 0.0) result.violation = std::max(result.violation, off / unit);
    const double norm = row_norm(q, n);
    if (l1 == 0.0 || norm <= l1) continue;
    feasible = std::min(feasible, l1 / norm);
    if (terms.l2[j] == 0.0) all_finite = false;
  }
  result.scale = feasible;
  // A norm that rounds to just above l1 would give an infinite term.
  const double inside = all_finite || feasible == 1.0 ? feasible : feasible * (1.0 - 4e-16);
  result.gap = gap_at(inside, rss, rows, terms);
  if (all_finite && feasible < 1.0) {
    const double whole = gap_at(1.0, rss, rows, terms);
    if (whole <= result.gap) {
      result.gap = whole;
      result.scale = 1.0;
    }
  }
  return result;
}

}  // namespace elltwo
