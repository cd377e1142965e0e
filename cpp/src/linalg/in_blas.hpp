#pragma once

#include <atomic>

namespace elltwo::linalg {

/// Held during every BLAS or LAPACK call. A fork waits until nobody holds it, because the library's
/// memory pool has a lock that a child must not inherit taken. No system lock would do: those may
/// not be released by the child, and prefer readers, so that a busy library would keep a fork out.
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
