#pragma once

#include <string>
#include <string_view>

namespace heaptide::engine {

// Writes a file for its owner's eyes only, in the place of an older one: the
// whole text, or nothing. Calls the system and nothing else, so that it works
// while V8 can do no more. Not synced to the device: the kernel writes it when
// the process dies. False when the system refuses.
bool WriteEvidence(const std::string& path, std::string_view text) noexcept;

}  // namespace heaptide::engine
