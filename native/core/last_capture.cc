#include "last_capture.h"

#include "json_text.h"

namespace heaptide::core {

namespace {

using Figures = std::vector<std::pair<std::string, double>>;

void WriteFigure(JsonText* json, std::string_view name, double value) {
  json->Key(name);
  json->Whole(value);
}

void WriteFigures(JsonText* json,
                  std::string_view name,
                  const Figures& figures) {
  json->Key(name);
  json->BeginObject();
  for (const auto& [key, value] : figures) WriteFigure(json, key, value);
  json->EndObject();
}

void WriteFunction(JsonText* json, const FunctionLocation& location) {
  json->BeginObject();
  json->Key("function");
  json->Text(location.function);
  json->Key("file");
  json->Text(location.file);
  WriteFigure(json, "line", location.line);
  WriteFigure(json, "column", location.column);
  json->EndObject();
}

void WriteStack(JsonText* json, const LiveStack& stack) {
  json->BeginObject();
  WriteFigure(json, "live_bytes", stack.live.bytes);
  WriteFigure(json, "live_count", stack.live.count);
  WriteFigure(json, "variance", stack.live.variance);
  json->Key("frames");
  json->BeginArray();
  for (const FunctionLocation& function : stack.functions) {
    WriteFunction(json, function);
  }
  json->EndArray();
  json->EndObject();
}

void WriteStacks(JsonText* json, const LiveStacks& stacks) {
  WriteFigure(json, "sampled_bytes", stacks.total_bytes);
  WriteFigure(json, "self_bytes", stacks.self_bytes);
  json->Key("sites");
  json->BeginArray();
  for (const LiveStack& stack : stacks.top) WriteStack(json, stack);
  json->EndArray();
}

}  // namespace

std::string ToJson(const LastCapture& capture) {
  JsonText json;
  json.BeginObject();
  json.Raw(capture.identity);
  WriteFigure(&json, "timestamp", capture.timestamp_ms);
  WriteFigure(&json, "took_us", capture.took_us);
  WriteFigures(&json, "heap", capture.heap);
  WriteFigures(&json, "spaces", capture.spaces);
  if (capture.stacks) WriteStacks(&json, *capture.stacks);
  json.EndObject();
  return "[\n" + json.text() + "\n]\n";
}

}  // namespace heaptide::core
