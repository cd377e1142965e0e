#include "parallel/n_threads.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "elltwo/threads.hpp"
#include "parallel/cores.hpp"
#include "parallel/platform.hpp"

namespace elltwo {
namespace {

// Floating-point operations for which another thread pays for its start.
constexpr double operations_per_thread = 4e6;

std::atomic<int> chosen{0};  // by set_num_threads(), 0 for none
std::atomic<int> limit{0};   // 0 for none
std::atomic<int> calls{0};   // that are in progress

// Of the calls in progress at a fork, the child has at most that of the thread that forked.
[[maybe_unused]] const bool registered = [] {
  const auto nothing = [] {};
  platform::at_fork(nothing, nothing, [] { calls.store(0); });
  return true;
}();

std::string_view trimmed(std::string_view text) {
  const auto space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

// The number that all of the text stands for, or 0 if that is none of at least 1.
int positive_number(std::string_view text) {
  text = trimmed(text);
  int n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc() && end == text.data() + text.size() ? std::max(n, 0) : 0;
}

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

// The number that the environment gives, 0 for none.
int from_environment() {
  if (const auto own = variable("ELLTWO_NUM_THREADS"); !trimmed(own).empty()) {
    if (const int n = positive_number(own); n > 0) return n;
    throw std::invalid_argument(
        "the environment variable ELLTWO_NUM_THREADS must be a whole number of at least 1, got '" +
        std::string(own) + "'");
  }
  const auto nested = variable("OMP_NUM_THREADS");  // one number for each level, "4,2"
  return positive_number(nested.substr(0, nested.find(',')));
}

// The number that is set, 0 for none.
int given() {
  static const int of_environment = from_environment();
  const int n = chosen.load(std::memory_order_relaxed);
  return n > 0 ? n : of_environment;
}

int without_limit() {
  const int set = given();
  return set > 0 ? set : available_cores();
}

}  // namespace

int num_threads() {
  const int n = without_limit(), most = thread_limit();
  return most > 0 ? std::min(n, most) : n;
}

void set_num_threads(int n) { chosen.store(n, std::memory_order_relaxed); }

bool num_threads_is_set() { return given() > 0; }

int thread_limit() { return limit.load(std::memory_order_relaxed); }

void set_thread_limit(int n) {
  limit.store(n < without_limit() ? n : 0, std::memory_order_relaxed);
}

int thread_share() {
  return std::max(1, num_threads() / (1 + calls.load(std::memory_order_relaxed)));
}

CallInProgress::CallInProgress() { calls.fetch_add(1, std::memory_order_relaxed); }

CallInProgress::~CallInProgress() { calls.fetch_sub(1, std::memory_order_relaxed); }

int threads_for(int requested, double work) {
  const double worth = std::max(1.0, work / operations_per_thread);
  if (worth < 2.0 || requested == 1) return 1;
  const int others = std::max(1, calls.load(std::memory_order_relaxed));
  const int most = requested > 0 ? requested : std::max(1, num_threads() / others);
  return static_cast<int>(std::min<double>(most, worth));
}

}  // namespace elltwo
