#pragma once

namespace elltwo {

/// Activation of the hidden units of a network.
enum class Activation { identity, logistic, tanh, relu };

}  // namespace elltwo
