// The organisation on a day, as the server tells it, made into a tree that is drawn row by row.
import { get } from '../api/client';

export interface Head {
  person: string;
  name: string;
  position: string;
}
export interface Department {
  id: string;
  name: string;
  code: string;
  parent: string;
  from: string;
  to: string;
  heads: Head[];
  people: number;
}
export interface Post {
  id: string; // empty: not an appointment, but what the record of the person says
  position: string;
  main: boolean;
  head: boolean;
  from: string;
  to: string;
  department: string;
  department_name: string;
  person: string;
  name: string;
  staff_number: string;
  phone: string;
  email: string;
}
export interface Row {
  department: Department;
  depth: number;
}

export const organisationOn = (on: string) => get<{ on: string; departments: Department[] }>('/organisation', { on });
export const peopleIn = async (department: string, on: string) => (await get<{ posts: Post[] }>('/organisation/posts', { department, on })).posts;
export const postsOf = async (person: string) => (await get<{ posts: Post[] }>('/organisation/posts', { person })).posts;

// Each department below its own, in the order given. One whose superior did not exist that day stands at the top, and so
// do those that are, by mistake, one below the other.
export function rowsOf(departments: readonly Department[]): Row[] {
  const known = new Set(departments.map((one) => one.id));
  const below = new Map<string, Department[]>();
  for (const one of departments) {
    const parent = known.has(one.parent) ? one.parent : '';
    below.set(parent, [...(below.get(parent) ?? []), one]);
  }
  const rows: Row[] = [];
  const drawn = new Set<string>();
  const draw = (one: Department, depth: number): void => {
    if (drawn.has(one.id)) return;
    drawn.add(one.id);
    rows.push({ department: one, depth });
    for (const child of below.get(one.id) ?? []) draw(child, depth + 1);
  };
  for (const top of below.get('') ?? []) draw(top, 0);
  for (const one of departments) draw(one, 0);
  return rows;
}
