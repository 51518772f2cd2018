#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace heaptide::core {

// Where the source of a function starts. Line and column are 1-based; 0 when
// unknown.
struct FunctionLocation {
  std::string function = {};
  std::string file = {};
  uint32_t line = 0;
  uint32_t column = 0;
};

// Gives a location the words under which it is shown: "(anonymous)" for a
// function without a name, and texts of bounded length, since `data:` URLs and
// computed names are as long as a program makes them.
FunctionLocation Presented(FunctionLocation location);

using FrameId = uint32_t;

// Every distinct function that appeared in a stack. Owns the texts; file names
// are stored once. Lives with its environment, on that thread, and never runs
// during GC. Frames are not dropped, so that numbers stay valid; `capacity`
// bounds them.
class FrameTable {
 public:
  explicit FrameTable(size_t capacity) : capacity_(capacity) {}
  FrameTable(const FrameTable&) = delete;
  FrameTable& operator=(const FrameTable&) = delete;

  // Scripts whose name starts with one of these belong to heaptide. Concerns
  // frames that are added from then on.
  void SetSelfPrefixes(std::vector<std::string> prefixes);

  // The frame of a script's function; nothing when it was not added yet.
  std::optional<FrameId> FindScripted(int script_id, int position) const;
  // The frame of a function without a script: a built-in or a VM state.
  std::optional<FrameId> FindScriptless(std::string_view name) const;

  // Nothing when the table is full.
  std::optional<FrameId> AddScripted(int script_id,
                                     int position,
                                     FunctionLocation location);
  std::optional<FrameId> AddScriptless(std::string name);

  // The name under which all functions of a script are shown: the first that
  // was given for it. V8 has two names for a script with a `sourceURL` comment,
  // of which the sampler tells one and a function the other.
  std::string FileOf(int script_id, std::string file);

  bool IsScripted(FrameId id) const { return frames_[id].is_scripted; }
  bool IsSelf(FrameId id) const { return frames_[id].is_self; }
  FunctionLocation Location(FrameId id) const;

 private:
  struct Frame {
    std::string function;
    // Points into `files_`, whose nodes do not move.
    const std::string* file;
    uint32_t line;
    uint32_t column;
    bool is_scripted;
    bool is_self;
  };

  std::optional<FrameId> Add(FunctionLocation location, bool is_scripted);
  bool IsSelfFile(std::string_view file) const;

  const size_t capacity_;
  std::vector<std::string> self_prefixes_;
  std::vector<Frame> frames_;
  std::unordered_set<std::string> files_;
  std::unordered_map<int, const std::string*> file_of_script_;
  // By script id and position; V8 never reuses a script id within an isolate.
  std::unordered_map<uint64_t, FrameId> scripted_;
  std::map<std::string, FrameId, std::less<>> scriptless_;
};

}  // namespace heaptide::core
