#include <chrono>

#include "check.hpp"
#include "support/stop.hpp"

namespace elltwo::test {
namespace {

using Clock = std::chrono::steady_clock;

/// Asks the monitor without a pause for so many milliseconds at least, and once more after that.
void ask_for(Monitor& monitor, int milliseconds) {
  const auto end = Clock::now() + std::chrono::milliseconds(milliseconds);
  while (Clock::now() < end) monitor.should_stop();
  monitor.should_stop();
}

}  // namespace

TEST(monitor, without_a_caller_never_stops) {
  Monitor monitor;
  CHECK(!monitor.should_stop());
  CHECK(!monitor.stopped());
}

TEST(monitor, polls_at_most_every_50_ms) {
  StopAt never{.at = 1 << 30};
  const auto begin = Clock::now();
  Monitor monitor = never.monitor();
  CHECK(!monitor.should_stop());
  ask_for(monitor, 220);
  const auto elapsed = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  CHECK(never.polls >= 1);
  CHECK(never.polls <= elapsed / 50.0);
  CHECK(!monitor.stopped());
}

TEST(monitor, stays_stopped_and_polls_no_more) {
  StopAt second{.at = 2};
  Monitor monitor = second.monitor();
  ask_for(monitor, 60);
  CHECK_EQUAL(second.polls, 1);
  CHECK(!monitor.stopped());
  ask_for(monitor, 60);
  CHECK(monitor.stopped());
  ask_for(monitor, 60);
  CHECK(monitor.should_stop());
  CHECK_EQUAL(second.polls, 2);
}

}  // namespace elltwo::test
