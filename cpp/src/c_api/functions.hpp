#pragma once

#include <type_traits>

#include "elltwo/c_api.h"

/// The functions of the table, with the signatures that c_api.h gives them.
namespace elltwo::c_api {

template <class Pointer>
using Function = std::remove_pointer_t<Pointer>;

Function<decltype(elltwo_api::ridge)> ridge;
Function<decltype(elltwo_api::ridge_targets)> ridge_targets;
Function<decltype(elltwo_api::ridge_batch)> ridge_batch;
Function<decltype(elltwo_api::cholesky_factor)> cholesky_factor;
Function<decltype(elltwo_api::cholesky_solve)> cholesky_solve;
Function<decltype(elltwo_api::posdef_solve)> posdef_solve;
Function<decltype(elltwo_api::moments_create)> moments_create;
Function<decltype(elltwo_api::moments_free)> moments_free;
Function<decltype(elltwo_api::moments_add_row)> moments_add_row;
Function<decltype(elltwo_api::moments_add)> moments_add;
Function<decltype(elltwo_api::moments_merge)> moments_merge;
Function<decltype(elltwo_api::moments_ridge)> moments_ridge;
Function<decltype(elltwo_api::moments_to_bytes)> moments_to_bytes;
Function<decltype(elltwo_api::moments_from_bytes)> moments_from_bytes;

}  // namespace elltwo::c_api
