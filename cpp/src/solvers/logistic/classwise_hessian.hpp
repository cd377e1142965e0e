#pragma once

#include <optional>
#include <vector>

#include "gram/gram.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic/active_columns.hpp"
#include "solvers/logistic/metric.hpp"

namespace elltwo {

/// The diagonal blocks of the Hessian of many classes, on coefficients that sum to zero over
/// classes. With the rows a_i of [x^ | 1], block k is sum_i h_ik a_i a_i^T + alpha F, h_ik = w_i
/// p_ik (1 - p_ik). Each block is formed from a few rows for each column, drawn with probabilities
/// proportional to h_ik. One mean block is used for all classes in the first refresh if
/// probabilities hardly vary between rows, and always if the factors of all blocks would take too
/// much memory.
template <Real T>
class ClasswiseHessian : public LogisticMetric {
 public:
  explicit ClasswiseHessian(const LogisticProblem<T>& problem);

  /// Whether the next refresh() at this point uses one mean block.
  bool one_block_serves(const LogisticPoint& at, const LogisticRows& rows) const;
  void refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  bool follows_penalty() const override { return keep_; }
  void change_penalty() override;
  void solve(const double* slope, double* step) const override;
  double cost() const override;
  double contraction() const override { return blocks_.size() == 1 ? 0.3 : 0.5; }
  double rcond() const override;
  Index rank() const override { return active_.count() * (problem_.n_outputs() - 1); }

 private:
  struct Block {
    GramMatrix gram;  ///< kept for other penalties if keep_
    std::optional<PosDefSystem> system;
  };

  void form_blocks(const LogisticPoint& at, const LogisticRows& rows);
  void form(Index block, const LogisticPoint& at, const LogisticRows& rows, int n_threads,
            Monitor& monitor);
  void factor(Block& block, int n_threads, Monitor& monitor);
  template <class F>
  void for_blocks(double work, const F& f);
  Index rows_to_draw(Index n_rows) const;
  Index rows_to_draw_for_mean(Index n_rows) const;

  const LogisticProblem<T>& problem_;
  ActiveColumns active_;
  std::vector<Block> blocks_;  ///< one for each class, or one mean block
  bool in_float_;
  bool keep_ = false;
  std::uint64_t n_refreshes_ = 0;
};

}  // namespace elltwo
