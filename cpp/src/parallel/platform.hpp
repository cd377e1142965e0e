#pragma once

#include <cstddef>

/// What operating systems do differently. The only file with system headers is platform.cpp.
namespace elltwo::platform {

/// The processor cores that the calling thread may run on, at least 1.
int affinity_cores();

/// Asks the system to back the memory [begin, begin + bytes) by huge pages, where it can: fewer
/// page faults and address translations.
void use_huge_pages(void* begin, std::size_t bytes);

/// Registers functions that run around every fork of this process, for as long as it lives.
void at_fork(void (*before)(), void (*after_in_parent)(), void (*after_in_child)());

}  // namespace elltwo::platform
