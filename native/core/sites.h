#pragma once

#include "call_stacks.h"
#include "site_ledger.h"

namespace heaptide::core {

// What an environment knows of its allocation sites.
struct Sites {
  CallStacks stacks;
  SiteLedger ledger;
};

}  // namespace heaptide::core
