#include "json_text.h"

#include <cmath>
#include <cstdint>

namespace heaptide::core {

namespace {

constexpr double kMaxWhole = 9'007'199'254'740'992;

}  // namespace

void JsonText::Key(std::string_view name) {
  Separate();
  Quote(name);
  text_ += ':';
  needs_comma_ = false;
}

void JsonText::Text(std::string_view utf8) {
  Separate();
  Quote(utf8);
}

void JsonText::Whole(double number) {
  Separate();
  const bool is_known = std::abs(number) <= kMaxWhole;
  text_ += std::to_string(is_known ? std::llround(number) : 0);
}

void JsonText::Raw(std::string_view json) {
  if (json.empty()) return;
  Separate();
  text_ += json;
}

void JsonText::Begin(char bracket) {
  Separate();
  text_ += bracket;
  needs_comma_ = false;
}

void JsonText::End(char bracket) {
  text_ += bracket;
  needs_comma_ = true;
}

void JsonText::Separate() {
  if (needs_comma_) text_ += ',';
  needs_comma_ = true;
}

void JsonText::Quote(std::string_view utf8) {
  static constexpr char kHex[] = "0123456789abcdef";
  text_ += '"';
  for (const char character : utf8) {
    const auto byte = static_cast<uint8_t>(character);
    if (byte < 0x20) {
      text_ += "\\u00";
      text_ += kHex[byte >> 4];
      text_ += kHex[byte & 0xF];
      continue;
    }
    if (character == '"' || character == '\\') text_ += '\\';
    text_ += character;
  }
  text_ += '"';
}

}  // namespace heaptide::core
