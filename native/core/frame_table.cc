#include "frame_table.h"

#include <algorithm>
#include <utility>

namespace heaptide::core {

namespace {

constexpr size_t kMaxFunctionBytes = 256;
constexpr size_t kMaxFileBytes = 4096;

// Cuts UTF-8 text between two characters.
void Truncate(std::string* text, size_t max_bytes) {
  if (text->size() <= max_bytes) return;
  size_t end = max_bytes;
  while (end > 0 && (static_cast<uint8_t>((*text)[end]) & 0xC0) == 0x80) --end;
  text->resize(end);
}

uint64_t ScriptedKey(int script_id, int position) {
  return uint64_t{static_cast<uint32_t>(script_id)} << 32 |
         static_cast<uint32_t>(position);
}

}  // namespace

FunctionLocation Presented(FunctionLocation location) {
  if (location.function.empty()) location.function = "(anonymous)";
  Truncate(&location.function, kMaxFunctionBytes);
  Truncate(&location.file, kMaxFileBytes);
  return location;
}

void FrameTable::SetSelfPrefixes(std::vector<std::string> prefixes) {
  self_prefixes_ = std::move(prefixes);
}

std::optional<FrameId> FrameTable::FindScripted(int script_id,
                                                int position) const {
  const auto found = scripted_.find(ScriptedKey(script_id, position));
  if (found == scripted_.end()) return std::nullopt;
  return found->second;
}

std::optional<FrameId> FrameTable::FindScriptless(std::string_view name) const {
  const auto found = scriptless_.find(name);
  if (found == scriptless_.end()) return std::nullopt;
  return found->second;
}

std::optional<FrameId> FrameTable::AddScripted(int script_id,
                                               int position,
                                               FunctionLocation location) {
  location = Presented(std::move(location));
  location.file = FileOf(script_id, std::move(location.file));
  const auto id = Add(std::move(location), true);
  if (id) scripted_.emplace(ScriptedKey(script_id, position), *id);
  return id;
}

std::optional<FrameId> FrameTable::AddScriptless(std::string name) {
  const auto id = Add(Presented({.function = name}), false);
  if (id) scriptless_.emplace(std::move(name), *id);
  return id;
}

std::optional<FrameId> FrameTable::Add(FunctionLocation location,
                                       bool is_scripted) {
  if (frames_.size() >= capacity_) return std::nullopt;
  const auto& file = *files_.insert(std::move(location.file)).first;
  frames_.push_back({.function = std::move(location.function),
                     .file = &file,
                     .line = location.line,
                     .column = location.column,
                     .is_scripted = is_scripted,
                     .is_self = IsSelfFile(file)});
  return static_cast<FrameId>(frames_.size() - 1);
}

std::string FrameTable::FileOf(int script_id, std::string file) {
  const auto known = file_of_script_.find(script_id);
  if (known != file_of_script_.end()) return *known->second;
  if (file_of_script_.size() < capacity_) {
    file_of_script_.emplace(script_id, &*files_.insert(file).first);
  }
  return file;
}

FunctionLocation FrameTable::Location(FrameId id) const {
  const Frame& frame = frames_[id];
  return {.function = frame.function,
          .file = *frame.file,
          .line = frame.line,
          .column = frame.column};
}

bool FrameTable::IsSelfFile(std::string_view file) const {
  return std::any_of(
      self_prefixes_.begin(), self_prefixes_.end(), [&](const auto& prefix) {
        return file.starts_with(prefix);
      });
}

}  // namespace heaptide::core
