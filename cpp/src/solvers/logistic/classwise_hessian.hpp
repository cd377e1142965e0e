#pragma once

#include <optional>
#include <vector>

#include "gram/gram.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic/active_columns.hpp"
#include "solvers/logistic/metric.hpp"

namespace elltwo {

/// The diagonal blocks of the Hessian of many classes, sum h_k [x | 1] [x | 1]^T + alpha with
/// h_k = w p_k (1 - p_k), on coefficients that sum to zero over classes. Each is formed from rows drawn
/// with a probability in proportion to h_k, a few for each column. One block stands for all classes at
/// first, where probabilities hardly vary between rows, and where factors of all would take too much room.
template <Real T>
class ClasswiseHessian : public LogisticMetric {
 public:
  explicit ClasswiseHessian(const LogisticProblem<T>& problem);

  bool refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  bool follows_penalty() const override { return keep_; }
  bool change_penalty() override;
  void solve(const double* slope, double* step) const override;
  double cost() const override;
  double pace() const override { return blocks_.size() == 1 ? 0.3 : 0.5; }
  double rcond() const override;
  Index rank() const override { return active_.count() * (problem_.n_outputs() - 1); }

 private:
  struct Block {
    GramMatrix gram;  // kept where there is room
    std::optional<PosDefSystem> system;
  };

  bool one_for_all(const LogisticPoint& at, const LogisticRows& rows) const;
  bool form_blocks(const LogisticPoint& at, const LogisticRows& rows);
  bool form(Index block, const LogisticPoint& at, const LogisticRows& rows, int n_threads,
            Monitor& monitor);
  bool factor(Block& block, int n_threads, Monitor& monitor);
  template <class F>
  bool for_blocks(double work, const F& f);
  Index target(Index n_rows) const;

  const LogisticProblem<T>& problem_;
  ActiveColumns active_;
  std::vector<Block> blocks_;  // of each class, or one
  bool in_float_;
  bool keep_ = false;
  std::uint64_t draws_ = 0;
};

}  // namespace elltwo
