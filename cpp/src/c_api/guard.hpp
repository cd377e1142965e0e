#pragma once

#include <new>
#include <stdexcept>

#include "elltwo/c_api.h"
#include "elltwo/solve_info.hpp"

/// Exceptions become statuses: none crosses the C interface.
namespace elltwo::c_api {

/// Stores the text, cut to 511 bytes, as this thread's message, and returns the status.
int fail(int status, const char* text) noexcept;

/// The message that this thread stored last.
const char* last_message() noexcept;

/// The status of an outcome for a C caller, who cannot interrupt a fit.
inline int c_status_of(const SolveInfo& info) {
  return info.status == Status::converged ? ELLTWO_OK : ELLTWO_NOT_CONVERGED;
}

/// Throws std::invalid_argument with this text.
inline void require(bool condition, const char* text) {
  if (!condition) [[unlikely]]
    throw std::invalid_argument(text);
}

/// The status that `body` returns, or that of the exception that it throws.
template <class Body>
int guarded(const Body& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return fail(ELLTWO_OUT_OF_MEMORY, "out of memory");
  } catch (const std::invalid_argument& error) {
    return fail(ELLTWO_INVALID_ARGUMENT, error.what());
  } catch (const std::length_error& error) {
    return fail(ELLTWO_INVALID_ARGUMENT, error.what());
  } catch (const std::exception& error) {
    return fail(ELLTWO_FAILED, error.what());
  } catch (...) {
    return fail(ELLTWO_FAILED, "unknown exception");
  }
}

}  // namespace elltwo::c_api
