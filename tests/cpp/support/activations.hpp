#pragma once

#include <algorithm>
#include <cmath>

#include "elltwo/activation.hpp"

namespace elltwo::test {

/// The activation of z from its definition.
template <class F>
F activated(Activation activation, F z) {
  switch (activation) {
    case Activation::identity:
      return z;
    case Activation::logistic:
      return F{1} / (F{1} + std::exp(-z));
    case Activation::tanh:
      return std::tanh(z);
    case Activation::relu:
      return std::max(z, F{0});
  }
  return F{0};
}

}  // namespace elltwo::test
