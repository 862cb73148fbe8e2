// What does a worker do with a request? One function a kind; never returns. Thread-confined.
#pragma once

#include "channel.h"
#include "charset.h"
#include "magic.h"

namespace lantai::extract::worker {

[[noreturn]] void serve(Channel& channel, const Charsets& charsets, const Magic& magic);

}  // namespace lantai::extract::worker
