// Are the stored index entries those that the declarations ask for? When fields became indexed or unique since the
// store was last open, entries are made for every record of the type, in small transactions beside ordinary work.
#pragma once

#include "lantai/storage/store.h"
#include "type_plan.h"

namespace lantai::records {

// Types whose indexes are not those last built; O(types).
std::vector<const TypePlan*> outdated(const storage::Store& store, const Catalogue& catalogue);
// O(records of the type), where an index is new or changed: only such are made. Writers must already use `plan`. A
// unique key that two records claim stays with the first and is logged.
void build_indexes(storage::Store& store, const TypePlan& plan);

}  // namespace lantai::records
