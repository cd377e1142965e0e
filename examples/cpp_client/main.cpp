// Fits one ridge problem and a batch of them, and checks that the batch gives the same answers.

#include <cmath>
#include <cstdio>
#include <elltwo/elltwo.hpp>
#include <random>
#include <span>
#include <vector>

int main() {
  elltwo::initialize();  // selects the kernels and sets a vendored OpenBLAS to one thread
  constexpr elltwo::Index problems = 100, rows = 20, features = 4;
  std::mt19937_64 engine(0);
  std::normal_distribution<double> normal;
  std::vector<double> x(problems * rows * features), y(problems * rows);
  for (double& value : x) value = normal(engine);
  for (double& value : y) value = normal(engine);

  const double alpha[] = {1.0};
  std::vector<double> coefs(problems * features), intercepts(problems);
  const elltwo::BatchData<double> batch{.n_problems = problems,
                                        .x = elltwo::row_major(x.data(), rows, features),
                                        .x_stride = rows * features,
                                        .y = elltwo::row_major(y.data(), rows, 1),
                                        .y_stride = rows,
                                        .alpha = alpha};
  const auto info = elltwo::ridge_batch(batch, {}, {.coef = coefs, .intercept = intercepts});
  std::printf("batch: %s, optimality %.1e\n", to_string(info.status), info.optimality);

  double largest = 0.0;
  for (elltwo::Index k = 0; k < problems; ++k) {
    const elltwo::RidgeData<double> one{
        .x =
            elltwo::row_major(std::span(x).subspan(k * rows * features, rows * features), features),
        .y = elltwo::row_major(std::span(y).subspan(k * rows, rows), 1),
        .alpha = alpha};
    double coef[features], intercept[1];
    elltwo::ridge(one, {}, coef, intercept);
    for (elltwo::Index j = 0; j < features; ++j) {
      largest = std::fmax(largest, std::abs(coef[j] - coefs[k * features + j]));
    }
    largest = std::fmax(largest, std::abs(intercept[0] - intercepts[k]));
  }
  std::printf("largest difference from single fits: %.1e\n", largest);
  return largest < 1e-13 ? 0 : 1;
}
