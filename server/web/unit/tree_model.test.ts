import { describe, expect, it } from 'vitest';
import type { TreeNode } from '../src/api/types';
import { ancestors, TreeModel, visibleRange, type TreePage } from '../src/tree/tree_model';

const node = (name: string, kind: TreeNode['kind'], more = true): TreeNode => ({ node: name, kind, label: name, has_children: more });

// One fonds, one class in it, 1,200 items in the class, 500 a page.
function fetcher(log: string[] = []) {
  return async (name: string, token: string): Promise<TreePage> => {
    log.push(`${name}@${token}`);
    if (name === '') return { nodes: [node('f', 'fonds')] };
    if (name === 'f') return { nodes: [node('c', 'class')] };
    const from = Number(token || 0);
    const count = Math.min(500, 1200 - from);
    return { nodes: Array.from({ length: count }, (_, index) => node(`i${from + index}`, 'item', false)), next_page_token: from + count < 1200 ? String(from + count) : undefined };
  };
}
const labels = (tree: TreeModel) => tree.rows.value.map((row) => (row.kind === 'more' ? '…' : row.branch.node.label));

describe('the catalogue tree', () => {
  it('fetches children only when a branch is opened, and once', async () => {
    const log: string[] = [];
    const tree = new TreeModel(fetcher(log));
    await tree.open(tree.root);
    expect(labels(tree)).toEqual(['f']);
    const fonds = tree.root.children[0];
    await tree.open(fonds);
    tree.close(fonds);
    expect(labels(tree)).toEqual(['f']);
    await tree.open(fonds);
    expect(labels(tree)).toEqual(['f', 'c']);
    expect(log).toEqual(['@', 'f@']);
  });

  it('is open again at once when its children are still on their way', async () => {
    let arrive = (_: TreePage) => {};
    const tree = new TreeModel((name) => (name === '' ? Promise.resolve({ nodes: [node('f', 'fonds')] }) : new Promise((done) => (arrive = done))));
    await tree.open(tree.root);
    const fonds = tree.root.children[0];
    const first = tree.open(fonds);
    tree.close(fonds);
    expect(labels(tree)).toEqual(['f']);
    await tree.open(fonds);
    expect(labels(tree)).toEqual(['f', '…']);
    arrive({ nodes: [node('c', 'class', false)] });
    await first;
    expect(labels(tree)).toEqual(['f', 'c']);
  });

  it('fetches many siblings a page at a time', async () => {
    const tree = new TreeModel(fetcher());
    const last = await tree.reveal(['f', 'c']);
    await tree.open(last!);
    expect(tree.rows.value.length).toBe(2 + 500 + 1);
    await tree.more(last!);
    await tree.more(last!);
    expect(tree.rows.value.length).toBe(2 + 1200);
    expect(last!.complete).toBe(true);
  });

  it('reveals an entry far down and knows the way to it', async () => {
    const tree = new TreeModel(fetcher());
    const found = await tree.reveal(['f', 'c', 'i777']);
    expect(ancestors(found).map((branch) => branch.node.node)).toEqual(['f', 'c', 'i777']);
    expect(found?.position).toBe(778);
  });

  it('stops at what is still there when an entry is gone', async () => {
    const tree = new TreeModel(fetcher());
    expect((await tree.reveal(['f', 'gone']))?.node.node).toBe('f');
  });

  it('keeps a failed branch openable', async () => {
    let broken = true;
    const good = fetcher();
    const tree = new TreeModel((name, token) => (broken && name === 'f' ? Promise.reject(new Error('offline')) : good(name, token)));
    await tree.open(tree.root);
    const fonds = tree.root.children[0];
    await tree.open(fonds);
    expect(labels(tree)).toEqual(['f', '…']);
    broken = false;
    await tree.more(fonds);
    expect(labels(tree)).toEqual(['f', 'c']);
  });

  it('draws only the rows on the screen', () => {
    expect(visibleRange(10_000, 36, 180_000, 720)).toEqual([4988, 5032]);
    expect(visibleRange(3, 36, 0, 720)).toEqual([0, 3]);
  });
});
