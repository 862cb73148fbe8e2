// Where does what was read go? Into frames, held to the limits of the request. A Report stands for the file itself or
// for one member inside it; what a member says about itself ends up in the file's list of embedded things.
// Thread-confined.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "channel.h"
#include "fault.h"

namespace lantai::extract::worker {

// What is left of the limits of one request.
class Budget {
 public:
  explicit Budget(const Limits& limits) : limits_(limits) {}
  void spend_output(std::uint64_t bytes);
  void spend_expanded(std::uint64_t bytes);
  void spend_entry();
  void spend_page();
  const Limits& limits() const { return limits_; }
  std::uint64_t expanded_left() const { return limits_.expanded_bytes - expanded_; }

 private:
  const Limits limits_;
  std::uint64_t output_ = 0, expanded_ = 0;
  std::uint64_t pages_ = 0;
  std::uint32_t entries_ = 0;
};

// Ends this process when it computes for longer, should the server no longer be there to do it; zero: no limit.
void limit_processor_time(std::chrono::milliseconds time);

class Report {
 public:
  Report(Channel& channel, Budget& budget) : channel_(channel), budget_(budget), next_target_(own_next_) {}
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  // A member; `path` is relative to this file. Call end_embedded on the member's own Report.
  Report embed(std::string_view path, ByteView raw_name);
  void end_embedded(std::uint64_t size);

  void identified(std::string_view media_type, std::string_view format, std::string_view evidence = {});
  // Who asks has no use for a part: the answer is sent as one, and a slow step ends the reading.
  void glance() { glances_ = true; }
  bool glances() const { return glances_; }
  void send_what_is_known();  // in case that what comes next ends this process
  void title(std::string_view title);
  void metadata(std::string_view key, std::string_view value);  // empty values are left out
  void page(std::uint32_t number, std::string_view text, bool from_ocr = false);
  void warning(std::string_view code, std::string_view detail);
  void failure(const std::string& code, const std::string& detail);
  void want_ocr(std::uint32_t page);
  // That LibreOffice converts the file, or this member with these bytes, before it is read.
  void want_conversion(std::string_view extension, std::string_view format, ByteView bytes);
  void want_reading();  // it was only glanced at
  // A slow step begins; the time limit counts from here.
  void progress();

  bool top() const { return target_ == 0; }
  bool failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }
  Channel& channel() { return channel_; }
  Budget& budget() { return budget_; }

 private:
  void slow_step() const;

  Report(Report& parent, std::uint64_t target, std::string path)
      : channel_(parent.channel_),
        budget_(parent.budget_),
        glances_(parent.glances_),
        next_target_(parent.next_target_),
        target_(target),
        path_(std::move(path)) {}

  Channel& channel_;
  Budget& budget_;
  bool glances_ = false;
  std::uint64_t own_next_ = 1;  // of the file itself; members share it
  std::uint64_t& next_target_;
  std::uint64_t target_ = 0;
  std::string path_;
  std::string media_type_ = "application/octet-stream";
  std::string error_;
};

}  // namespace lantai::extract::worker
