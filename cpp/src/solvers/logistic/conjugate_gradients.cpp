#include "solvers/logistic/conjugate_gradients.hpp"

#include "linalg/tridiagonal.hpp"

namespace elltwo {
namespace {

constexpr std::size_t most_lanczos = 200;  // rows of the Lanczos matrix

}  // namespace

ConjugateGradients::ConjugateGradients(Index size) : r_(size), z_(size), v_(size), q_(size) {
  diagonal_.reserve(most_lanczos);
  off_diagonal_.reserve(most_lanczos);
}

// Row i has 1 / step_i + beta_{i-1} / step_{i-1} on the diagonal and sqrt(beta_{i-1}) / step_{i-1}
// before it.
void ConjugateGradients::add_lanczos(double step, double beta, double previous) {
  if (diagonal_.size() == most_lanczos) return;
  const bool is_first = diagonal_.empty();
  if (!is_first) off_diagonal_.push_back(std::sqrt(beta) / previous);
  diagonal_.push_back(1.0 / step + (is_first ? 0.0 : beta / previous));
}

double ConjugateGradients::rcond() const {
  if (diagonal_.size() < 2) return 1.0;
  Monitor nobody;  // an order of the number of iterations
  const auto values = Tridiagonal{diagonal_, off_diagonal_}.eigenvalues(nobody);
  return std::clamp(values.front() / values.back(), 0.0, 1.0);
}

}  // namespace elltwo
