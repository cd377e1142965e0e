#include <algorithm>
#include <cstring>

#include "c_api/functions.hpp"
#include "c_api/guard.hpp"

namespace elltwo::c_api {
namespace {

constexpr std::size_t message_size = 512;
thread_local char message[message_size] = "";

constexpr elltwo_api table{
    .abi_version = ELLTWO_ABI_VERSION,
    .size = sizeof(elltwo_api),
    .message = last_message,
    .ridge = ridge,
    .ridge_targets = ridge_targets,
    .ridge_batch = ridge_batch,
    .cholesky_factor = cholesky_factor,
    .cholesky_solve = cholesky_solve,
    .posdef_solve = posdef_solve,
    .moments_create = moments_create,
    .moments_free = moments_free,
    .moments_add_row = moments_add_row,
    .moments_add = moments_add,
    .moments_merge = moments_merge,
    .moments_ridge = moments_ridge,
    .moments_to_bytes = moments_to_bytes,
    .moments_from_bytes = moments_from_bytes,
};

}  // namespace

int fail(int status, const char* text) noexcept {
  const std::size_t length = std::min(std::strlen(text), message_size - 1);
  std::memcpy(message, text, length);
  message[length] = '\0';
  return status;
}

const char* last_message() noexcept { return message; }

}  // namespace elltwo::c_api

extern "C" const elltwo_api* elltwo_get_api(void) { return &elltwo::c_api::table; }
