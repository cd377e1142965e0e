#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "elltwo/activation.hpp"
#include "elltwo/monitor.hpp"
#include "elltwo/solve_info.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// What the outputs z are compared by. squared: 1/2 |y - z|^2. logistic: independent outputs, each
/// log(1 + exp(-s z)) with s = 1 for y = 1 and -1 for y = 0. multinomial:
/// log(sum_k exp(z_k)) - z_label.
enum class NetworkLoss { squared, logistic, multinomial };

/// A multilayer perceptron and its penalty. With a_0 = x, layer l maps a_l to
/// z = W_l^T a_l + c_l, and a_(l+1) = activation(z) for all but the last layer, whose z is the
/// output.
struct NetworkModel {
  std::vector<Index> units;  ///< inputs, hidden layers, outputs: two or more, each at least 1
  Activation activation = Activation::relu;
  NetworkLoss loss = NetworkLoss::squared;
  std::vector<double> alpha;  ///< one, or one for each layer; in [0, inf]

  Index n_layers() const { return static_cast<Index>(units.size()) - 1; }
  Index inputs(Index layer) const { return units[layer]; }
  Index outputs(Index layer) const { return units[layer + 1]; }
  Index n_outputs() const { return units.back(); }
  double alpha_of(Index layer) const { return alpha.size() == 1 ? alpha[0] : alpha[layer]; }

  /// Where the weights of a layer begin in the vector of all parameters: an inputs x outputs
  /// matrix by rows, followed by the intercepts of its outputs.
  Index weights_at(Index layer) const {
    Index at = 0;
    for (Index l = 0; l < layer; ++l) at += (units[l] + 1) * units[l + 1];
    return at;
  }
  Index intercepts_at(Index layer) const {
    return weights_at(layer) + units[layer] * units[layer + 1];
  }
  Index n_parameters() const { return weights_at(n_layers()); }
};

/// The rows of
///   L(theta) + sum_l alpha_l / 2 |W_l|^2,   L = sum_i w_i loss(y_i, z(x_i)).
/// Intercepts are not penalised. An empty span stands for unit weights.
template <Real T>
struct NetworkData {
  MatrixView<T> x;                          ///< n x units.front()
  MatrixView<double> y;                     ///< n x units.back(); logistic: 0 or 1
  std::span<const std::int32_t> label{};    ///< n, multinomial alone: in [0, units.back())
  std::span<const double> sample_weight{};  ///< n, finite, >= 0, not all zero
};

enum class NetworkSolver { constant, lbfgs, adam, sgd, variable_projection };
constexpr const char* to_string(NetworkSolver solver) {
  switch (solver) {
    case NetworkSolver::constant:
      return "constant";
    case NetworkSolver::lbfgs:
      return "lbfgs";
    case NetworkSolver::adam:
      return "adam";
    case NetworkSolver::sgd:
      return "sgd";
    case NetworkSolver::variable_projection:
      return "varpro";
  }
  return "unknown";
}

/// How a fit of a network ended. `converged` means a stationary point, which need not be a minimum;
/// for adam and sgd that their own rule stopped them.
struct NetworkInfo {
  Status status = Status::converged;
  NetworkSolver solver = NetworkSolver::lbfgs;
  const char* reason = "";  ///< why it ended
  /// Whether it ended because the objective no longer falls, though the gradient is above the
  /// tolerance: rounding, or with relu a kink, where the gradient need not vanish.
  bool stalled = false;
  double objective = 0.0;      ///< loss and penalty
  double loss = 0.0;           ///< L
  double gradient_norm = 0.0;  ///< Euclidean norm of the gradient of the objective
  /// The largest, over layers, of the norm of the gradient over the norms of what it is the sum of.
  double optimality = 0.0;
  double tolerance = 0.0;  ///< the bound that `optimality` was to reach
  int n_iter = 0;          ///< steps of lbfgs, epochs of adam and sgd
  int n_evaluations = 0;   ///< passes over the data for loss and gradient
  bool in_double = false;  ///< whether the last of them were in double precision
  int n_threads = 1;
};

struct NetworkOptions {
  double tol = 1e-5;    ///< relative gradient, see NetworkInfo::optimality
  int max_iter = 1000;  ///< steps
  int max_passes = 0;   ///< of loss and gradient; 0: no limit
  int memory = 0;       ///< pairs of steps and changes of the gradient; 0: chosen by the shape
  int n_threads = 0;    ///< 0: num_threads() of elltwo/threads.hpp
  /// It ends as well where no derivative of the objective is larger in magnitude; 0: not so.
  double gradient_tol = 0.0;
};

/// Writes the start of a seed: weights and intercepts of a layer uniform in +-sqrt(6 / (inputs +
/// outputs)), or sqrt(2 / ...) if the activation is logistic (Glorot and Bengio 2010, equation 16).
/// Starts of different seeds are independent. Throws std::invalid_argument where the model is out
/// of range.
void network_start(const NetworkModel& model, std::uint64_t seed, std::span<double> parameters);

/// Loss, objective and optimality at the parameters, in double precision. Writes the gradient of
/// the objective unless its span is empty.
template <Real T>
NetworkInfo network_objective(const NetworkModel& model, const NetworkData<T>& data,
                              std::span<const double> parameters, int n_threads, Monitor& monitor,
                              std::span<double> gradient);

/// Predictions of a network.
struct NetworkPrediction {
  bool link = true;  ///< probabilities of logistic and multinomial outputs, rather than z
  int n_threads = 0;
};

/// Writes the outputs (n x units.back(), row-major), computed in double precision. False where it
/// was interrupted.
template <Real T>
bool network_predict(const NetworkModel& model, std::span<const double> parameters, MatrixView<T> x,
                     const NetworkPrediction& options, Monitor& monitor, std::span<double> out);

/// Fits several networks of one model, which may share data: network k has the rows of data[k /
/// (m / data.size())] for m = parameters.size() / n_parameters() networks. `parameters` holds the
/// starts and is overwritten. By L-BFGS (Nocedal and Wright 2006, algorithm 7.5), in single
/// precision where this suffices. Networks go over the threads, or if there are fewer, their rows.
/// Bits do not depend on n_threads. A layer with alpha = inf has zero weights; then the answer is
/// the constant of least loss. Throws std::invalid_argument where a value is out of range or the
/// data contain NaN or infinity, and std::overflow_error where a result would.
template <Real T>
std::vector<NetworkInfo> network_lbfgs(const NetworkModel& model,
                                       std::span<const NetworkData<T>> data,
                                       const NetworkOptions& options, Monitor& monitor,
                                       std::span<double> parameters);

enum class LearningRate { constant, invscaling, adaptive };

/// Mini-batches. A step goes along the gradient of
///   sum_{i in batch} w_i loss_i / sum_{i in batch} w_i + sum_l alpha_l / (2 W) |W_l|^2
/// with W the weight of all rows, so that all solvers have one objective.
struct StochasticOptions {
  bool adam = true;  ///< Kingma and Ba (2015), algorithm 1; else momentum
  Index batch_size = 200;
  int max_epochs = 200;
  bool shuffle = true;
  double learning_rate = 1e-3;
  LearningRate schedule = LearningRate::constant;  ///< sgd alone
  double power = 0.5;                              ///< of invscaling
  double momentum = 0.9;
  bool nesterov = true;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-8;
  double tol = 1e-4;          ///< decrease of the mean loss (or rise of the score) that counts
  int n_iter_no_change = 10;  ///< epochs without one after which it stops; 0: it does not stop
  int n_threads = 0;
};

/// All that a stochastic fit goes on from. Empty vectors stand for zeros.
struct StochasticState {
  std::vector<double> parameters;
  std::vector<double> first;   ///< mean of the gradients, or the velocity
  std::vector<double> second;  ///< mean of their squares
  std::vector<double> best;    ///< parameters of the best score
  std::uint64_t seed = 0;      ///< of the shuffles
  double n_steps = 0.0;        ///< mini-batches so far
  double n_rows = 0.0;         ///< rows so far
  double learning_rate = 0.0;  ///< of the next epoch; 0: that of the options
  int n_epochs = 0;
  int n_no_change = 0;
  std::vector<double> loss_curve;  ///< mean over the rows of the loss of each epoch, with penalty
  std::vector<double> scores;      ///< of the validation rows: R^2, or the share of right labels
};

/// Goes on with every state for up to max_epochs epochs, each network on one thread and in single
/// precision. data and states go together as in network_lbfgs(). `validation` has as many problems
/// as `data`, or none; with them the score of their rows decides when to stop, and which parameters
/// are kept, in the place of the loss. The objective and loss of the records are those of the last
/// epoch, seen before the steps of its batches. Throws as network_lbfgs() does; alpha must be
/// finite.
template <Real T>
std::vector<NetworkInfo> network_stochastic(const NetworkModel& model,
                                            std::span<const NetworkData<T>> data,
                                            std::span<const NetworkData<T>> validation,
                                            const StochasticOptions& options, Monitor& monitor,
                                            std::span<StochasticState> states);

}  // namespace elltwo
