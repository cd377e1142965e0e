#pragma once

#include "solvers/ridge/dual_system.hpp"
#include "solvers/ridge/outcome.hpp"

namespace elltwo {

/// Ridge for more features than samples through the n x n dual system, corrected with residuals of
/// the original data, and through singular values where it is too ill-conditioned.
template <Real T>
class DualRidge {
 public:
  explicit DualRidge(DualSystem<T>& system) : system_(system), problem_(system.problem()) {}

  GroupFit fit(const TargetGroup& group);

 private:
  /// A group of targets with the roles that its alpha gives to the features.
  struct Task {
    const TargetGroup& group;
    DualRoles roles;
    Unpenalised free;  ///< what is fitted without a penalty

    Index n_targets() const { return static_cast<Index>(group.targets.size()); }
  };

  Task task_of(const TargetGroup& group);
  void evaluate(const Task& task, DualIterate& it, double* b) {
    system_.evaluate(task.group, task.roles, task.free, it, b);
  }
  bool by_cholesky(const Task& task, GroupFit& fit);
  void by_svd(const Task& task, GroupFit& fit);
  void without_penalty(const Task& task, const char* reason, GroupFit& fit);
  void step(const PosDefSystem& factor, const Task& task, double* rho, Buffer<double>& u) const;
  double optimality(const Task& task, const DualIterate& it, const DualIterate& begin,
                    double* rho) const;
  double gradient_norm(const DualRoles& roles, const Buffer<double>& rho) const;
  Buffer<double> projected_features(const Task& task) const;

  DualSystem<T>& system_;
  Problem<T>& problem_;
};

}  // namespace elltwo
