#include <array>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>

#include "elltwo/moments.hpp"
#include "gram/running_sums.hpp"

namespace elltwo {
namespace {

constexpr std::array<unsigned char, 8> magic{'e', 'l', 'l', 't', 'w', 'o', 'M', 0};
constexpr std::uint32_t version = 1;
constexpr std::size_t shape_bytes = 24;  // number of features, number of targets, tag
constexpr std::size_t header = 24;       // magic, version, checksum, number of bytes that follow

// CRC-32 of ISO 3309, like zlib's: reflected polynomial 0xEDB88320.
std::uint32_t checksum(std::span<const std::byte> bytes) {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) * 0xEDB88320u);
    table[i] = value;
  }
  std::uint32_t crc = 0xFFFFFFFFu;
  for (const std::byte b : bytes) {
    crc = (crc >> 8) ^ table[(crc ^ std::to_integer<std::uint32_t>(b)) & 0xFF];
  }
  return ~crc;
}

/// Writes numbers as little-endian bytes.
class Writer {
 public:
  void whole(std::uint64_t value, int size = 8) {
    for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
  }
  void operator()(std::int64_t& value) { whole(static_cast<std::uint64_t>(value)); }
  void operator()(double& value) { whole(std::bit_cast<std::uint64_t>(value)); }

  std::vector<std::byte> bytes;
};

/// Reads numbers from little-endian bytes.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::uint64_t whole(int size = 8) {
    std::uint64_t value = 0;
    for (int i = 0; i < size; ++i) {
      value |= std::to_integer<std::uint64_t>(bytes_[at_ + i]) << (8 * i);
    }
    at_ += size;
    return value;
  }
  void operator()(std::int64_t& value) { value = static_cast<std::int64_t>(whole()); }
  void operator()(double& value) { value = std::bit_cast<double>(whole()); }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
};

[[noreturn]] void refuse_bytes(const std::string& why) {
  throw std::invalid_argument("these bytes do not hold Moments: " + why);
}

}  // namespace

/// Visits all numbers of sums in the order of the format, to read or to write them.
class SumsCodec {
 public:
  template <class Visit>
  static void visit(RunningSums& sums, Visit& visit) {
    auto& rows = sums.rows_;
    visit(rows.n_rows);
    visit(rows.weight.hi);
    visit(rows.weight.lo);
    visit(sums.units_.weight);
    for (std::size_t j = 0; j < rows.mean.size(); ++j) {
      visit(sums.units_.column[j]);
      visit(rows.mean[j].hi);
      visit(rows.mean[j].lo);
      visit(rows.square_error[j]);
      visit(rows.sum_error[j]);
    }
    sums.make_low();
    for (double* part : {sums.high_.data(), sums.low_.data()}) {
      for (Index i = 0; i < sums.cols(); ++i) {
        const Index end = i < sums.n_features_ ? sums.cols() : i + 1;
        for (Index j = i; j < end; ++j) visit(part[i * sums.high_.ld() + j]);
      }
    }
    sums.update_squares();
  }

  /// The number of numbers in sums of p features.
  static std::uint64_t numbers(std::uint64_t p, std::uint64_t n_targets) {
    return 4 + 5 * (p + n_targets) + p * (p + 1) + 2 * p * n_targets + 2 * n_targets;
  }
};

std::vector<std::byte> Moments::to_bytes(std::uint64_t tag) const {
  auto sums = sums_->copy();
  Writer body;
  body.whole(static_cast<std::uint64_t>(n_features()));
  body.whole(static_cast<std::uint64_t>(n_targets()));
  body.whole(tag);
  SumsCodec::visit(sums, body);
  Writer all;
  all.bytes.reserve(header + body.bytes.size());
  for (const unsigned char c : magic) all.bytes.push_back(std::byte{c});
  all.whole(version, 4);
  all.whole(checksum(body.bytes), 4);
  all.whole(body.bytes.size());
  all.bytes.insert(all.bytes.end(), body.bytes.begin(), body.bytes.end());
  return std::move(all.bytes);
}

Moments Moments::from_bytes(std::span<const std::byte> bytes, std::uint64_t* tag) {
  if (bytes.size() < header)
    refuse_bytes("there are " + std::to_string(bytes.size()) + ", too few");
  for (std::size_t i = 0; i < magic.size(); ++i) {
    if (bytes[i] != std::byte{magic[i]}) refuse_bytes("they begin otherwise");
  }
  Reader head(bytes.subspan(magic.size()));
  const auto found = head.whole(4), crc = head.whole(4), size = head.whole();
  if (found != version) {
    refuse_bytes("their format is version " + std::to_string(found) +
                 ", this is elltwo's version " + std::to_string(version));
  }
  const auto body = bytes.subspan(header);
  if (body.size() != size) {
    refuse_bytes("there should be " + std::to_string(size) + " after the header, got " +
                 std::to_string(body.size()));
  }
  if (checksum(body) != crc) refuse_bytes("the checksum is wrong, so that some were altered");
  if (size < shape_bytes) refuse_bytes("the shape is missing");
  Reader reader(body);
  const std::uint64_t p = reader.whole(), n_targets = reader.whole(), found_tag = reader.whole();
  if (tag != nullptr) *tag = found_tag;
  constexpr std::uint64_t most = std::uint64_t{1} << 30;
  if (p < 1 || n_targets < 1 || p > most || n_targets > most ||
      size != shape_bytes + 8 * SumsCodec::numbers(p, n_targets)) {
    refuse_bytes("the shape does not agree with their number");
  }
  auto sums = std::make_unique<RunningSums>(static_cast<Index>(p), static_cast<Index>(n_targets));
  SumsCodec::visit(*sums, reader);
  return Moments(std::move(sums));
}

}  // namespace elltwo
