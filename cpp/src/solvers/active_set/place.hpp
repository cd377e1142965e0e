#pragma once

namespace elltwo {

/// Where a coefficient stands: at a kink of its penalty or at a bound, where it is not free to
/// move, or on one side of zero. A coefficient of zero that is not free stands at zero, whatever
/// its bounds.
enum class Place : signed char { zero, plus, minus, lower, upper };

}  // namespace elltwo
