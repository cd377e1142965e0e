#include <algorithm>
#include <string>

#include "check.hpp"
#include "elltwo/build_info.hpp"
#include "support/data.hpp"
#include "support/levels.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

/// A packed block of random numbers.
template <Real T>
struct Block {
  Index kc, width, panels, stride;
  std::vector<T> values;

  Block(Index rows, Index panel_width, Index n_panels, std::uint64_t seed)
      : kc(rows), width(panel_width), panels(n_panels), stride(rows * panel_width + panel_width) {
    values = converted<T>(random_matrix(1, stride * panels, seed)).values;
  }

  Wide at(Index k, Index c) const { return values[c / width * stride + k * width + c % width]; }
};

/// c += a^T b for `rows` columns of panel a; everything around the result must keep its value.
template <Real T>
void check_tiles(const Kernels& kernels, Index kc, Index rows, Index panels) {
  const Case shape(kc, "rows,", rows, 'x', panels, "panels");
  const Index width = kernels.width<T>();
  const Block<T> a(kc, width, 1, 41);
  const Block<T> b(kc, width, panels, 42);
  const Index ldc = panels * width + 3;
  const auto before = random_matrix(width, ldc, 43);
  auto c = before;
  Ahead ahead;
  kernels.tiles<T>()(kc, a.values.data(), rows, b.values.data(), panels, b.stride, c.values.data(),
                     ldc, ahead);
  const double unit = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2.0;
  Index wrong = 0;
  for (Index i = 0; i < width; ++i) {
    for (Index j = 0; j < ldc; ++j) {
      Wide sum = 0.0L;
      Wide size = 0.0L;
      for (Index k = 0; i < rows && j < panels * width && k < kc; ++k) {
        sum += a.at(k, i) * b.at(k, j);
        size += std::abs(a.at(k, i) * b.at(k, j));
      }
      const Wide bound = static_cast<Wide>(kc + 1) * unit * size + (size > 0.0L ? 4.0 * eps : 0.0);
      wrong += !(std::abs(c(i, j) - (before(i, j) + sum)) <= bound);
    }
  }
  CHECK_EQUAL(wrong, 0);
}

template <Real T>
void check_all_tiles() {
  for_each_level([](const Kernels& kernels) {
    for (Index rows = 1; rows <= kernels.width<T>(); ++rows) {
      for (Index panels = 1; panels <= 8; ++panels) {
        for (const Index kc : {1, 2, 7, 64, 257}) check_tiles<T>(kernels, kc, rows, panels);
      }
    }
  });
}

/// All tiles i <= j of a few narrow panels; the tiles below must keep their values.
template <Real T>
void check_triangle(const NarrowKernels<T>& kernels, Index kc, Index panels) {
  const Case shape(kc, "rows,", panels, "panels of", kernels.width);
  const Index width = kernels.width;
  const Block<T> block(kc, width, panels, 44);
  const Index ldc = panels * width + 3;
  const auto before = random_matrix(panels * width, ldc, 45);
  auto c = before;
  Ahead ahead;
  kernels.triangle(kc, block.values.data(), panels, block.stride, c.values.data(), ldc, ahead);
  const double unit = static_cast<double>(std::numeric_limits<T>::epsilon()) / 2.0;
  Index wrong = 0;
  for (Index i = 0; i < panels * width; ++i) {
    for (Index j = 0; j < ldc; ++j) {
      const bool wanted = j < panels * width && j / width >= i / width;
      Wide sum = 0.0L;
      Wide size = 0.0L;
      for (Index k = 0; wanted && k < kc; ++k) {
        sum += block.at(k, i) * block.at(k, j);
        size += std::abs(block.at(k, i) * block.at(k, j));
      }
      const Wide bound = static_cast<Wide>(kc + 1) * unit * size + (size > 0.0L ? 4.0 * eps : 0.0);
      wrong += !(std::abs(c(i, j) - (before(i, j) + sum)) <= bound);
    }
  }
  CHECK_EQUAL(wrong, 0);
}

template <Real T>
void check_all_triangles() {
  for_each_level([](const Kernels& kernels) {
    const auto& narrow = kernels.narrow<T>();
    for (Index panels = 1; panels <= narrow.max_panels; ++panels) {
      for (const Index kc : {1, 2, 7, 64, 257}) check_triangle<T>(narrow, kc, panels);
    }
  });
}

void check_forward(const Kernels& kernels, Index kc, Index panels, Index n_targets) {
  const Block<double> block(kc, kernels.width_f64, panels, 51);
  const Index cols = panels * block.width;
  const auto coef = random_matrix(n_targets, cols + 2, 52);
  auto out = random_matrix(n_targets, kc + 3, 53);
  const auto before = out;
  Ahead nothing;
  kernels.forward(kc, block.values.data(), panels, block.stride, coef.values.data(), coef.cols,
                  n_targets, out.values.data(), out.cols, nothing);
  for (Index t = 0; t < n_targets; ++t) {
    for (Index k = 0; k < out.cols; ++k) {
      Wide sum = 0.0L;
      for (Index c = 0; k < kc && c < cols; ++c) sum += block.at(k, c) * coef(t, c);
      CHECK_CLOSE(out(t, k), k < kc ? sum : before(t, k), k < kc ? 2.0 * cols * cols * eps : 0.0);
    }
  }
}

void check_adjoint(const Kernels& kernels, Index kc, Index panels, Index n_targets) {
  const Block<double> block(kc, kernels.width_f64, panels, 61);
  const Index cols = panels * block.width;
  const auto z = random_matrix(n_targets, kc + 1, 62);
  auto acc = random_matrix(n_targets, cols + 3, 63);
  const auto before = acc;
  Ahead nothing;
  kernels.adjoint(kc, block.values.data(), panels, block.stride, z.values.data(), z.cols, n_targets,
                  acc.values.data(), acc.cols, nothing);
  for (Index t = 0; t < n_targets; ++t) {
    for (Index c = 0; c < acc.cols; ++c) {
      Wide sum = before(t, c);
      for (Index k = 0; c < cols && k < kc; ++k) sum += block.at(k, c) * z(t, k);
      CHECK_CLOSE(acc(t, c), sum, c < cols ? static_cast<Wide>((kc + 1) * (kc + 1)) * eps : 0.0L);
    }
  }
}

}  // namespace

TEST(kernels, tiles_of_doubles) { check_all_tiles<double>(); }

TEST(kernels, tiles_of_floats) { check_all_tiles<float>(); }

TEST(kernels, triangles_of_doubles) { check_all_triangles<double>(); }

TEST(kernels, triangles_of_floats) { check_all_triangles<float>(); }

TEST(kernels, forward_and_adjoint_of_every_size) {
  for_each_level([](const Kernels& kernels) {
    for (Index n_targets = 1; n_targets <= 13; ++n_targets) {
      for (const Index panels : {1, 2, 7, 8, 9, 17}) {
        for (const Index kc : {1, 3, 4, 7, 8, 13, 32}) {
          const Case shape(kc, "rows,", panels, "panels,", n_targets, "targets");
          check_forward(kernels, kc, panels, n_targets);
          check_adjoint(kernels, kc, panels, n_targets);
        }
      }
    }
  });
}

TEST(kernels, levels_are_found_by_name) {
  CHECK(find_kernels("baseline") != nullptr);
  CHECK(find_kernels("nonsense") == nullptr);
  CHECK(find_kernels("") == nullptr);
  const BuildInfo info = build_info();
  for_each_level([&](const Kernels& kernels) {
    CHECK(std::count(info.simd_available.begin(), info.simd_available.end(), kernels.name) == 1);
    CHECK_EQUAL(kernels.width_f32, 2 * kernels.width_f64);
  });
  CHECK(find_kernels(info.simd.c_str()) == &kernels());
  CHECK(!info.blas.empty());
  CHECK(!info.compiler.empty());
}

TEST(kernels, column_dots) {
  for_each_level([](const Kernels& kernels) {
    const Index ld = 6 * kernels.width_f64;
    for (const Index n_rows : {0, 1, 2, 7}) {
      const Case shape(n_rows, "rows");
      const auto a = random_matrix(n_rows + 1, ld, 71);
      const auto b = random_matrix(n_rows + 1, ld, 72);
      const auto before = random_values(ld, 73);
      auto out = before;
      kernels.column_dots(n_rows, a.values.data(), b.values.data(), ld, out.data());
      for (Index i = 0; i < ld; ++i) {
        Wide sum = before[i];
        for (Index r = 0; r < n_rows; ++r) {
          sum += static_cast<Wide>(a.values[r * ld + i]) * b.values[r * ld + i];
        }
        CHECK_CLOSE(out[i], static_cast<double>(sum), 1e-13);
      }
    }
  });
}

}  // namespace elltwo::test
