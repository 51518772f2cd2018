#include "journal_methods.h"

#include <climits>
#include <memory>
#include <variant>

#include "arguments.h"
#include "boolean.h"
#include "mapped_file.h"

namespace heaptide::binding {

namespace {

constexpr Range kDescriptor = {.min = 0, .max = INT_MAX};
// A journal has a few MB; the bound keeps a wrong call from filling a disk.
constexpr Range kSize = {.min = 1, .max = int64_t{1} << 30};

}  // namespace

Napi::Value LockFile(const Napi::CallbackInfo& info) {
  const auto descriptor = IntegerArgument(info[0], "fd", kDescriptor);
  if (!descriptor) return {};
  return NewBoolean(info.Env(), TryLock(static_cast<int>(*descriptor)));
}

Napi::Value MapFile(const Napi::CallbackInfo& info) {
  const auto descriptor = IntegerArgument(info[0], "fd", kDescriptor);
  if (!descriptor) return {};
  const auto size = IntegerArgument(info[1], "size", kSize);
  if (!size) return {};
  const Napi::Env env = info.Env();

  auto result = MappedFile::Map(static_cast<int>(*descriptor),
                                static_cast<size_t>(*size));
  if (const int* error = std::get_if<int>(&result)) {
    return Napi::Number::New(env, *error);
  }
  MappedFile* const file =
      std::get<std::unique_ptr<MappedFile>>(result).release();
  const auto memory = Napi::ArrayBuffer::New(
      env,
      file->data(),
      file->size(),
      [](Napi::Env, void*, MappedFile* held) { delete held; },
      file);
  // Empty where the runtime allows no memory but its own.
  if (memory.IsEmpty()) delete file;
  return memory;
}

}  // namespace heaptide::binding
