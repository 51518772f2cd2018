#pragma once

#include <string>
#include <string_view>

namespace heaptide::core {

// JSON text, built piece by piece. Commas are put where they belong. Allocates
// from the C++ heap only.
class JsonText {
 public:
  void BeginObject() { Begin('{'); }
  void EndObject() { End('}'); }
  void BeginArray() { Begin('['); }
  void EndArray() { End(']'); }

  // A member's name; its value follows.
  void Key(std::string_view name);
  void Text(std::string_view utf8);
  // Rounded to a whole number, whatever the locale. 0 for what is not finite or
  // beyond 2^53.
  void Whole(double number);
  // Members or elements that are JSON already.
  void Raw(std::string_view json);

  const std::string& text() const { return text_; }

 private:
  void Begin(char bracket);
  void End(char bracket);
  void Separate();
  void Quote(std::string_view utf8);

  std::string text_;
  bool needs_comma_ = false;
};

}  // namespace heaptide::core
