#pragma once

/// All of the C++ interface. The C interface is elltwo/c_api.h.

#include "elltwo/batch.hpp"
#include "elltwo/batch_choice.hpp"
#include "elltwo/bounded.hpp"
#include "elltwo/box.hpp"
#include "elltwo/build_info.hpp"
#include "elltwo/cholesky.hpp"
#include "elltwo/cross_validation.hpp"
#include "elltwo/grouping.hpp"
#include "elltwo/logistic.hpp"
#include "elltwo/logistic_left_out.hpp"
#include "elltwo/moments.hpp"
#include "elltwo/monitor.hpp"
#include "elltwo/ridge.hpp"
#include "elltwo/ridge_path.hpp"
#include "elltwo/rolling.hpp"
#include "elltwo/solve_info.hpp"
#include "elltwo/sparse_path.hpp"
#include "elltwo/sparse_ridge.hpp"
#include "elltwo/threads.hpp"
#include "elltwo/views.hpp"
