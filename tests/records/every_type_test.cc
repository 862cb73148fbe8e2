#include <fstream>

#include "support/places.h"
#include "walk.h"

namespace lantai::records {

BOOST_AUTO_TEST_SUITE(every_type)

BOOST_DATA_TEST_CASE(every_declared_type_lives_its_whole_life, kBackends, backend) {
  Holdings holdings(backend);
  for (const auto& type : holdings.engine->schema().types()) {
    BOOST_TEST_CONTEXT(type.name) { walk(holdings, type); }
  }
  BOOST_TEST(!holdings.store->audit().verify().first_broken.has_value());
}

BOOST_DATA_TEST_CASE(a_type_that_is_one_more_file_lives_the_same_life, kBackends, backend) {
  const TemporaryDirectory directory;
  directory.write("types/key_loan.yaml", R"(
type: key_loan
label: [钥匙借用, 鑰匙借用, Key loan]
plural: [钥匙借用, 鑰匙借用, Key loans]
title_field: key
fields:
  key: {label: [钥匙, 鑰匙, Key], required: true, max: 50, unique: true, sortable: true, searchable: true}
  borrower: {label: [借用人, 借用人, Borrower], kind: link, target: person, required: true, indexed: true}
  lent_at: {label: [借出时间, 借出時間, Lent at], kind: timestamp, indexed: true, sortable: true}
  deposit: {label: [押金, 押金, Deposit], kind: decimal, indexed: true}
  returned: {label: [已还, 已還, Returned], kind: boolean, default: false, indexed: true}
  phone: {label: [电话, 電話, Telephone], max: 30, sensitivity: personal}
permissions:
  read: [administrator, archivist, staff]
  create: [administrator]
  update: [administrator]
  remove: [administrator]
  export: [administrator]
list_columns: [key, borrower, returned]
form:
  - {label: [借用, 借用, Loan], fields: [key, borrower, lent_at, deposit, returned, phone]}
)");
  const auto schema = schema::Schema::load({lantai::test::shipped_declarations(), directory.path()});
  Holdings holdings(backend, schema);
  walk(holdings, schema->type("key_loan"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lantai::records
