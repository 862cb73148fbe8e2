// What must be changed so that a record says again what an old version said? Only what people catalogue: what the system
// fills in stays, and so does a reference code, which once given is not taken away. Pure.
import type { Fields } from '../api/types';
import type { TypeDecl } from '../schema/schema';

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

export function restoration(type: TypeDecl, now: Fields, then: Fields): Fields {
  const change: Fields = {};
  for (const field of type.fields) {
    if (field.system || field.name === type.code_field || same(now[field.name], then[field.name])) continue;
    change[field.name] = then[field.name] ?? null; // null: taken out again
  }
  return change;
}
