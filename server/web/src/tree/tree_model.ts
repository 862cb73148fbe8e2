// Which rows does the catalogue tree show? Children are fetched a page at a time, the open branches are laid out as one
// flat list, so that ten thousand siblings cost no more than the rows on the screen.
import { shallowRef } from 'vue';
import type { TreeNode } from '../api/types';

export const kTreePage = 500;

export interface TreePage {
  nodes: TreeNode[];
  next_page_token?: string;
}
export type FetchChildren = (node: string, token: string) => Promise<TreePage>;

export interface Branch {
  node: TreeNode;
  parent: Branch | null;
  level: number; // 1: fonds
  position: number; // among its siblings, from 1
  open: boolean;
  children: Branch[];
  token: string; // of the next page of children
  complete: boolean;
  loading: boolean;
  error: unknown;
}

export interface Row {
  kind: 'branch' | 'more'; // more: further children are there but not yet fetched
  branch: Branch; // of `more`: the one whose children they are
}

function branchOf(node: TreeNode, parent: Branch | null, position: number): Branch {
  return { node, parent, level: parent ? parent.level + 1 : 1, position, open: false, children: [], token: '', complete: !node.has_children, loading: false, error: null };
}

export class TreeModel {
  readonly root: Branch;
  readonly rows = shallowRef<Row[]>([]);

  constructor(private readonly fetchChildren: FetchChildren) {
    this.root = branchOf({ node: '', kind: 'fonds', label: '', has_children: true }, null, 0);
    this.root.level = 0;
    this.root.open = true;
  }

  async open(branch: Branch): Promise<void> {
    if (!branch.node.has_children) return;
    branch.open = true;
    this.layOut();
    if (branch.children.length === 0 && !branch.complete) await this.more(branch);
  }

  close(branch: Branch): void {
    branch.open = false;
    this.layOut();
  }

  async more(branch: Branch): Promise<void> {
    if (branch.loading || branch.complete) return;
    branch.loading = true;
    branch.error = null;
    this.layOut();
    try {
      const page = await this.fetchChildren(branch.node.node, branch.token);
      for (const node of page.nodes) branch.children.push(branchOf(node, branch === this.root ? null : branch, branch.children.length + 1));
      branch.token = page.next_page_token ?? '';
      branch.complete = branch.token === '';
    } catch (error) {
      branch.error = error;
    } finally {
      branch.loading = false;
      this.layOut();
    }
  }

  // Opens the branches named from the top down; what is no longer there ends the walk. Returns the last one reached.
  async reveal(path: readonly string[]): Promise<Branch | null> {
    let at = this.root;
    for (const name of path) {
      await this.open(at);
      let found = at.children.find((child) => child.node.node === name);
      while (!found && !at.complete && !at.error) {
        await this.more(at);
        found = at.children.find((child) => child.node.node === name);
      }
      if (!found) break;
      at = found;
    }
    return at === this.root ? null : at;
  }

  private layOut(): void {
    const rows: Row[] = [];
    const walk = (branch: Branch) => {
      for (const child of branch.children) {
        rows.push({ kind: 'branch', branch: child });
        if (child.open) walk(child);
      }
      if (!branch.complete || branch.error) rows.push({ kind: 'more', branch });
    };
    walk(this.root);
    this.rows.value = rows;
  }
}

export function ancestors(branch: Branch | null): Branch[] {
  const line: Branch[] = [];
  for (let at = branch; at; at = at.parent) line.unshift(at);
  return line;
}

// Which rows are on the screen, with a few to spare.
export function visibleRange(count: number, rowHeight: number, scrollTop: number, height: number, spare = 12): [number, number] {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  return [first, Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + spare)];
}
