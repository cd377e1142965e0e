#pragma once

#include <vector>

#include "elltwo/views.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// The loss of all rows and its derivatives, from linear predictors (n x outputs, row-major). Sums have
/// the same bits whatever n_threads is.
class LogisticTerms {
 public:
  /// weight may be null: ones.
  LogisticTerms(Index n, Index outputs, const std::int32_t* label, const double* weight,
                int n_threads);

  /// Along a step: loss, and its first and second derivative.
  struct Line {
    double loss = 0.0;
    double slope = 0.0;
    double bend = 0.0;
  };

  /// Takes the terms at z + t step; step may be null: z.
  Line evaluate(const double* z, double t, const double* step);

  /// w (y - p) of every row, n x outputs.
  const double* residual() const { return residual_.data(); }
  /// w p (1 - p) of two classes, n; else the probabilities, n x outputs.
  const double* curvature() const { return curvature_.data(); }
  /// sqrt(sum w (y - p)^2) of an output.
  double residual_norm(Index t) const;
  /// sum w p (1 - p) of an output.
  double curvature_sum(Index t) const { return total_[3 + outputs_ + t]; }

  /// What the rows' own classes have ahead of the others, all taken together.
  struct Margins {
    double least = 0.0;
    double largest = 0.0;
  };

  /// Margins of z - base; base may be null: zeros.
  Margins margins(const double* z, const double* base) const;

 private:
  Index chunk_end(Index begin) const { return std::min(n_, begin + chunk_); }
  void binomial(Index begin, Index end, const double* z, double t, const double* step,
                double* sums);
  void multinomial(Index begin, Index end, const double* z, double t, const double* step, int rank,
                   double* sums);
  double weight_of(Index i) const { return weight_ != nullptr ? weight_[i] : 1.0; }

  Index n_;
  Index outputs_;
  const std::int32_t* label_;
  const double* weight_;
  Index chunk_;
  Index width_;  // of a chunk's sums: of Line, and of two numbers for each output
  int n_threads_;
  Buffer<double> residual_;
  Buffer<double> curvature_;
  Buffer<double> sums_;     // chunks x width
  Buffer<double> scratch_;  // for each thread: predictors and probabilities of a chunk by classes
  Buffer<double> total_;
};

}  // namespace elltwo
