#pragma once

#include <vector>

#include "elltwo/views.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// The loss of all rows and its derivatives in linear predictors (n x outputs, row-major). Sums
/// have the same bits whatever n_threads is.
class LogisticTerms {
 public:
  /// weight: n, or null: ones.
  LogisticTerms(Index n, Index outputs, const std::int32_t* label, const double* weight,
                int n_threads);

  /// A function of the step length t, and its first and second derivatives.
  struct Line {
    double loss = 0.0;
    double slope = 0.0;  ///< here the derivative itself, not its negative
    double curvature = 0.0;
  };

  /// Evaluates the loss at z + t step, and everything below at this point. step may be null: zeros.
  Line evaluate(const double* z, double t, const double* step);

  /// w (y - p) of every row, n x outputs.
  const double* residual() const { return residual_.data(); }
  /// Two classes: w p (1 - p), n. More: the probabilities, n x outputs.
  const double* curvature() const { return curvature_.data(); }
  /// sqrt(sum_i w_i (y_it - p_it)^2) of output t.
  double residual_norm(Index t) const;
  /// sum_i w_i p_it (1 - p_it) of output t.
  double curvature_sum(Index t) const { return total_[3 + outputs_ + t]; }

  /// The smallest w p of a row and a class that is not its own; of two classes w p (1 - p).
  double least_residual() const;
  /// w (1 - p) of each row, p being the probability of its class.
  std::vector<double> residuals_of_rows() const;

  /// The smallest and largest difference between the predictor of a row's class and that of another
  /// class.
  struct Margins {
    double least = 0.0;
    double largest = 0.0;
  };

  /// The margins of predictors z - base. base may be null: zeros.
  Margins margins(const double* z, const double* base) const;

 private:
  /// The rows of one task, and its sums.
  struct Chunk {
    Index begin, end;
    double* sums;
  };

  void binomial(const Chunk& chunk, const double* z, double t, const double* step);
  void multinomial(const Chunk& chunk, const double* z, double t, const double* step, int rank);
  double weight_of(Index i) const { return weight_ != nullptr ? weight_[i] : 1.0; }

  Index n_;
  Index outputs_;
  const std::int32_t* label_;
  const double* weight_;
  Index chunk_;  ///< rows that one task evaluates
  Index width_;  ///< sums of a chunk: the three of Line, and two for each output
  int n_threads_;
  Buffer<double> residual_;
  Buffer<double> curvature_;
  Buffer<double> sums_;  ///< chunks x width
  /// Each thread's predictors and probabilities of a chunk, class by class.
  Buffer<double> scratch_;
  Buffer<double> total_;  ///< the sums of all chunks, width
};

}  // namespace elltwo
