#pragma once

#include <atomic>

namespace elltwo::linalg {

/// Lives during every BLAS or LAPACK call. A fork waits until no thread is in such a call, because
/// the library's memory pool has a lock that a child process must not inherit locked. A lock of the
/// system would not do: the child may not release it, and a preference for readers would keep a
/// fork waiting while calls overlap.
class InBlas {
 public:
  InBlas() { enter(); }
  ~InBlas() { inside.fetch_sub(1, std::memory_order_release); }
  InBlas(const InBlas&) = delete;
  InBlas& operator=(const InBlas&) = delete;

  static void before_fork();
  static void after_fork_in_parent();
  static void after_fork_in_child();

 private:
  static void enter();

  inline static std::atomic<int> inside{0};
  inline static std::atomic<int> forking{0};
};

}  // namespace elltwo::linalg
