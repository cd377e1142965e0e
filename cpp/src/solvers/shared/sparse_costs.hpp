#pragma once

namespace elltwo {

// Seconds that sparse operations take on one core. They do not depend on the number of threads, so
// that the choice of a method does not either.

inline constexpr double seconds_per_gram_product = 1.5e-9;  ///< x_i x_j of one row
inline constexpr double seconds_per_flop = 2.5e-11;         ///< of a dense factorisation
inline constexpr double seconds_per_value = 1.2e-9;         ///< stored value of X in one pass

}  // namespace elltwo
