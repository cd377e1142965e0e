#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "elltwo/moments.hpp"

namespace elltwo::python {

/// Moments that copies share until one of them changes, and that threads may change at once.
class MomentsHolder {
 public:
  MomentsHolder(Index n_features, Index n_targets, bool one_dimensional)
      : MomentsHolder(Moments(n_features, n_targets), one_dimensional) {}
  MomentsHolder(Moments moments, bool one_dimensional)
      : moments_(std::make_shared<Moments>(std::move(moments))),
        one_dimensional_(one_dimensional) {}
  MomentsHolder(const MomentsHolder& other)
      : moments_(other.share()), one_dimensional_(other.one_dimensional_) {}
  MomentsHolder& operator=(const MomentsHolder&) = delete;

  /// As they are now: later changes do not reach them.
  std::shared_ptr<const Moments> get() const { return share(); }

  bool one_dimensional() const { return one_dimensional_; }

  Moments empty_like() const { return share()->empty_like(); }

  template <class Change>
  bool change(Change change) {
    const std::lock_guard guard(lock_);
    const bool shared = moments_.use_count() > 1;
    std::atomic_thread_fence(std::memory_order_acquire);  // after whoever shared them last
    if (shared) moments_ = std::make_shared<Moments>(*moments_);
    return change(*moments_);
  }

 private:
  std::shared_ptr<Moments> share() const {
    const std::lock_guard guard(lock_);
    return moments_;
  }

  mutable std::mutex lock_;
  std::shared_ptr<Moments> moments_;
  bool one_dimensional_;
};

}  // namespace elltwo::python
