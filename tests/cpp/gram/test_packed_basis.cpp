#include <algorithm>
#include <cmath>

#include "check.hpp"
#include "gram/packed_basis.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {

TEST(packed_basis, products_are_those_of_the_columns) {
  for (const Index m : {1, 9, 256, 600}) {
    for (const Index cols : {0, 1, 8, 53}) {
      const Index ldb = m + 3, ldz = m + 2, n = 21;
      const auto b = random_values(ldb * std::max<Index>(cols, 1), 6100);
      const auto z = random_values(ldz * n, 6101);
      const PackedBasis basis(m, cols, b.data(), ldb);
      const Index ld = basis.padded() + 1;
      CHECK(basis.padded() >= cols);
      for (const Index some : {Index{1}, Index{8}, n}) {
        const Case which(m, "rows,", cols, "columns,", some, "products");
        std::vector<double> out(some * ld, nan);
        basis.products(some, z.data(), ldz, out.data(), ld);
        for (Index i = 0; i < some; ++i) {
          for (Index c = 0; c < cols; ++c) {
            Wide sum = 0.0L, size = 0.0L;
            for (Index k = 0; k < m; ++k) {
              const Wide product = Wide(b[c * ldb + k]) * z[i * ldz + k];
              sum += product;
              size += std::abs(product);
            }
            CHECK_CLOSE(out[i * ld + c], sum, 1e-15L * size);
          }
          for (Index c = cols; c < basis.padded(); ++c) CHECK_EQUAL(out[i * ld + c], 0.0);
        }
      }
    }
  }
}

}  // namespace elltwo::test
