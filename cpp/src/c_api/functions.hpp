#pragma once

#include <type_traits>

#include "elltwo/c_api.h"

/// The entries of the table, with the signatures it gives them.
namespace elltwo::c_api {

template <class Pointer>
using Function = std::remove_pointer_t<Pointer>;

Function<decltype(elltwo_api::ridge)> ridge;
Function<decltype(elltwo_api::ridge_targets)> ridge_targets;
Function<decltype(elltwo_api::ridge_batch)> ridge_batch;
Function<decltype(elltwo_api::cholesky_factor)> cholesky_factor;
Function<decltype(elltwo_api::cholesky_solve)> cholesky_solve;
Function<decltype(elltwo_api::posdef_solve)> posdef_solve;

}  // namespace elltwo::c_api
