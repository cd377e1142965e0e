#pragma once

#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include "elltwo/views.hpp"

namespace elltwo::test {

/// The same numbers in every run.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// In [-1, 1), a multiple of 2^-20: exact in float, and sums and products of few are exact.
  double coarse() {
    return static_cast<double>(static_cast<std::int64_t>(engine_() >> 43)) / 1048576.0 - 1.0;
  }

  /// In [-1, 1).
  double uniform() {
    return static_cast<double>(static_cast<std::int64_t>(engine_() >> 10)) / 9007199254740992.0 -
           1.0;
  }

  Index below(Index n) { return static_cast<Index>(engine_() % static_cast<std::uint64_t>(n)); }

 private:
  std::mt19937_64 engine_;
};

/// A row-major matrix of its own.
template <class T>
struct Matrix {
  Index rows = 0;
  Index cols = 0;
  std::vector<T> values;

  Matrix() = default;
  Matrix(Index n_rows, Index n_cols) : rows(n_rows), cols(n_cols), values(n_rows * n_cols) {}

  T& operator()(Index i, Index j) { return values[i * cols + j]; }
  const T& operator()(Index i, Index j) const { return values[i * cols + j]; }
  T* row(Index i) { return values.data() + i * cols; }
  const T* row(Index i) const { return values.data() + i * cols; }
  auto view() const { return row_major(values.data(), rows, cols); }
};

/// Values in [-1, 1) that are exact in float.
inline Matrix<double> random_matrix(Index rows, Index cols, std::uint64_t seed) {
  Random random(seed);
  Matrix<double> m(rows, cols);
  for (double& value : m.values) value = random.coarse();
  return m;
}

inline std::vector<double> random_values(Index n, std::uint64_t seed) {
  return random_matrix(1, n, seed).values;
}

/// In (0, 2], exact in float.
inline std::vector<double> random_weights(Index n, std::uint64_t seed) {
  auto values = random_values(n, seed);
  for (double& w : values) w = 1.0 - w;
  return values;
}

template <class To, class From>
Matrix<To> converted(const Matrix<From>& from) {
  Matrix<To> to(from.rows, from.cols);
  for (std::size_t i = 0; i < from.values.size(); ++i)
    to.values[i] = static_cast<To>(from.values[i]);
  return to;
}

/// Largest difference over the largest wanted value; infinite if anything is NaN.
double relative_error(std::span<const double> got, std::span<const double> wanted);

/// True if the values agree to the last bit.
inline bool same_bits(std::span<const double> a, std::span<const double> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

}  // namespace elltwo::test
