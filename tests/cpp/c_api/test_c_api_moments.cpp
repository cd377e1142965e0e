#include "check.hpp"
#include "elltwo/c_api.h"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {
namespace {

const elltwo_api& api() { return *elltwo_get_api(); }

constexpr Index p = 4;
constexpr int ok = ELLTWO_OK;

elltwo_moments* created() {
  elltwo_moments* moments = nullptr;
  CHECK_EQUAL(api().moments_create(p, 1, &moments), ok);
  return moments;
}

/// The coefficients and the intercept at alpha 0.5.
std::vector<double> solution(elltwo_moments* moments) {
  std::vector<double> answer(p + 1, nan);
  const double alpha = 0.5;
  CHECK_EQUAL(api().moments_ridge(moments, &alpha, 0, nullptr, nullptr, 1, answer.data(),
                                  answer.data() + p, nullptr, nullptr),
              ok);
  return answer;
}

}  // namespace

TEST(c_api, moments_by_row_in_portions_merged_and_stored) {
  const Index n = 600;
  const auto x = random_values(n * p, 1511);
  const auto y = random_values(n, 1512);
  std::vector<double> wanted(p + 1, nan);
  CHECK_EQUAL(
      api().ridge(n, p, x.data(), p, 1, y.data(), 1, 0.5, 1, wanted.data(), wanted.data() + p), ok);

  elltwo_moments* by_row = created();
  for (Index i = 0; i < n; ++i) {
    CHECK_EQUAL(api().moments_add_row(by_row, x.data() + i * p, 1, y.data() + i, 1, 1.0), ok);
  }
  CHECK_CLOSE(relative_error(solution(by_row), wanted), 0.0, 1e-12);

  elltwo_moments* half = created();
  elltwo_moments* rest = created();
  CHECK_EQUAL(api().moments_add(half, 300, x.data(), p, 1, y.data(), 1, 1, nullptr, 1), ok);
  for (Index i = 300; i < n; ++i) {
    CHECK_EQUAL(api().moments_add_row(rest, x.data() + i * p, 1, y.data() + i, 1, 1.0), ok);
  }
  CHECK_EQUAL(api().moments_merge(half, rest), ok);
  CHECK_CLOSE(relative_error(solution(half), wanted), 0.0, 1e-12);

  Index size = 0;
  CHECK_EQUAL(api().moments_to_bytes(half, nullptr, 0, &size), ok);
  std::vector<unsigned char> bytes(static_cast<std::size_t>(size));
  CHECK_EQUAL(api().moments_to_bytes(half, bytes.data(), size - 1, &size),
              static_cast<int>(ELLTWO_INVALID_ARGUMENT));
  CHECK_EQUAL(api().moments_to_bytes(half, bytes.data(), size, &size), ok);
  elltwo_moments* stored = nullptr;
  CHECK_EQUAL(api().moments_from_bytes(bytes.data(), size, &stored), ok);
  CHECK(same_bits(solution(stored), solution(half)));

  for (elltwo_moments* moments : {by_row, half, rest, stored}) api().moments_free(moments);
}

TEST(c_api, moments_refuse_what_is_not_finite) {
  elltwo_moments* moments = created();
  const std::vector<double> x{1.0, 2.0, nan, 4.0};
  const double y = 1.0;
  const int invalid = ELLTWO_INVALID_ARGUMENT;
  CHECK_EQUAL(api().moments_add_row(moments, x.data(), 1, &y, 1, 1.0), invalid);
  CHECK_EQUAL(api().moments_add(moments, 1, x.data(), p, 1, &y, 1, 1, nullptr, 1), invalid);
  CHECK_EQUAL(api().moments_add_row(nullptr, x.data(), 1, &y, 1, 1.0), invalid);
  CHECK_EQUAL(std::string(api().message()), "moments must not be NULL");
  api().moments_free(moments);
  api().moments_free(nullptr);
}

}  // namespace elltwo::test
