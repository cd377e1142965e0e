#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include "elltwo/views.hpp"
#include "parallel/platform.hpp"

namespace elltwo {

/// Uninitialised memory, aligned to a cache line, or from the size of a huge page on to a huge
/// page, which the system is then asked to use.
struct RawStorage {
  static constexpr std::size_t huge_page = std::size_t{2} << 20;

  static std::size_t alignment(std::size_t bytes) { return bytes >= huge_page ? huge_page : 64; }

  static void* allocate(std::size_t bytes) {
    void* p = ::operator new(bytes, std::align_val_t{alignment(bytes)});
    if (bytes >= huge_page) platform::use_huge_pages(p, bytes);
    return p;
  }

  static void release(void* p, std::size_t bytes) {
    ::operator delete(p, std::align_val_t{alignment(bytes)});
  }
};

/// An array of numbers that are not initialised. It can be moved, not copied.
template <class T>
class Buffer {
 public:
  Buffer() = default;

  explicit Buffer(Index size) : size_(size) {
    if (size < 0 || size > std::numeric_limits<Index>::max() / Index{sizeof(T)} - 64) {
      throw std::length_error("a work array would be larger than memory can address");
    }
    const auto bytes = std::max<std::size_t>(64, static_cast<std::size_t>(size) * sizeof(T));
    data_ = {static_cast<T*>(RawStorage::allocate(bytes)), Free{bytes}};
  }

  Buffer(Buffer&& other) noexcept
      : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}

  Buffer& operator=(Buffer&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  static Buffer zeros(Index size) {
    Buffer buffer(size);
    buffer.fill_zero();
    return buffer;
  }

  void fill_zero() { std::memset(data_.get(), 0, static_cast<std::size_t>(size_) * sizeof(T)); }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  Index size() const { return size_; }
  T& operator[](Index i) { return data_.get()[i]; }
  const T& operator[](Index i) const { return data_.get()[i]; }
  T* begin() { return data(); }
  T* end() { return data() + size_; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }

 private:
  struct Free {
    std::size_t bytes = 0;
    void operator()(T* p) const { RawStorage::release(p, bytes); }
  };
  std::unique_ptr<T, Free> data_;
  Index size_ = 0;
};

}  // namespace elltwo
