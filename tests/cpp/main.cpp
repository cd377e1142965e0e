#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "check.hpp"
#include "elltwo/build_info.hpp"

namespace elltwo::test {
namespace {

struct Test {
  const char* component;
  const char* name;
  void (*run)();
};

std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

std::vector<std::string> cases;
long failures = 0;
constexpr long printed_failures = 50;

void run_one(const Test& test) {
  const long before = failures;
  try {
    test.run();
  } catch (const std::exception& error) {
    fail(test.component, 0, std::string("thrown: ") + error.what());
  }
  std::printf("%s %s.%s\n", failures == before ? "passed" : "FAILED", test.component, test.name);
  std::fflush(stdout);
}

bool wanted(const Test& test, int argc, char** argv) {
  const std::string component = test.component;
  for (int i = 1; i < argc; ++i) {
    if (argv[i] == component || argv[i] == component + "." + test.name) return true;
  }
  return argc == 1;
}

}  // namespace

Registration::Registration(const char* component, const char* name, void (*run)()) {
  tests().push_back({component, name, run});
}

void fail(const char* file, int line, const std::string& what) {
  if (++failures > printed_failures) return;
  std::string context;
  for (const auto& text : cases) context += "[" + text + "] ";
  std::fprintf(stderr, "%s:%d: %s%s\n", file, line, context.c_str(), what.c_str());
}

void Case::push(std::string text) {
  text.pop_back();
  cases.push_back(std::move(text));
}

Case::~Case() { cases.pop_back(); }

int run_all(int argc, char** argv) {
  initialize();
  int n_run = 0;
  for (const auto& test : tests()) {
    if (!wanted(test, argc, argv)) continue;
    run_one(test);
    ++n_run;
  }
  std::printf("%d tests, %ld failed checks\n", n_run, failures);
  if (n_run == 0)
    std::printf("No TEST(component, name) in tests/cpp has such a component or name.\n");
  return failures == 0 && n_run > 0 ? 0 : 1;
}

}  // namespace elltwo::test

/// Runs the tests that the arguments name (`component` or `component.test`), or all. Exits with 1
/// if a check failed or no test ran.
int main(int argc, char** argv) { return elltwo::test::run_all(argc, argv); }
