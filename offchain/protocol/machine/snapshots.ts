// Snapshots of memory. A snapshot is a tree (memory-tree.ts): it shares with others all that is equal. The bytes of its pages stay where
// they are until they are overwritten, and are only then put aside.
import { bytesAt, freePlace, PAGE_SIZE, takePlace } from "./aside.ts";
import {
  childOf,
  graft,
  IN_PLACE,
  isShared,
  isZero,
  release as releaseNode,
  retain,
  TREE_LEVELS,
} from "./memory-tree.ts";
import { bytesOfPage, isPart, type Memory, makePart, mark } from "./parts.ts";

const zeroPage = new Uint8Array(PAGE_SIZE);

/** The tree of memory as it is now. It belongs to the memory: take a snapshot of it to keep it. */
export function commit(memory: Memory): number {
  const { nodes, written, tree } = memory;
  if (written.length === 0) return tree;
  const pages = Int32Array.from(written).sort();
  for (const page of pages) mark(memory, page, 0);
  written.length = 0;
  memory.tree = graft(nodes, tree, TREE_LEVELS, pages, 0, pages.length);
  drop(memory, tree);
  return memory.tree;
}

/** A tree of memory as it is now, which stays what it is until it is released. */
export function takeTree(memory: Memory): number {
  return retain(memory.nodes, commit(memory));
}

/** Gives up a tree that `takeTree` returned. */
export function releaseTree(memory: Memory, tree: number): void {
  // The tree of the last commit has pages too that were overwritten, and nobody will ask it for them.
  commit(memory);
  drop(memory, tree);
}

function drop(memory: Memory, tree: number): void {
  releaseNode(memory.nodes, tree, TREE_LEVELS, (place) => freePlace(memory.aside, memory.room, place));
}

/** The node of a page in the tree of the last commit, and whether a snapshot has it too. */
function pageIn({ nodes, tree }: Memory, page: number): { node: number; shared: boolean } {
  let node = tree;
  let shared = isShared(nodes, node);
  for (let level = TREE_LEVELS; level > 0; level--) {
    node = childOf(nodes, node, level, page);
    shared ||= isShared(nodes, node);
  }
  return { node, shared };
}

/** Puts the bytes of a page aside before they are overwritten, if a snapshot needs them. The page is as it was at the last commit. */
export function saveOverwritten(memory: Memory, page: number): void {
  const { nodes, aside, room } = memory;
  const { node, shared } = pageIn(memory, page);
  if (isZero(node) || !shared) return;
  let place = takePlace(aside, room);
  while (place === undefined) {
    // A state can be computed again, so snapshots give way to others. The few that must stay get more than there is.
    if (!memory.giveWay()) place = takePlace(aside, room, true);
    else if (!pageIn(memory, page).shared) return;
    else place = takePlace(aside, room);
  }
  bytesAt(aside, place as number).set(bytesOfPage(memory, page));
  nodes.left[node] = place as number;
}

/** Makes memory what it was when `tree` was taken. */
export function reset(memory: Memory, tree: number): void {
  commit(memory);
  const before = memory.tree;
  // Snapshots may give way meanwhile, but not this one.
  retain(memory.nodes, tree);
  exchange(memory, before, tree, TREE_LEVELS, 0);
  memory.tree = tree;
  drop(memory, before);
}

/** Replaces the pages in which two trees differ. `page` is the first one below these nodes. */
function exchange(memory: Memory, from: number, to: number, level: number, page: number): void {
  if (from === to) return;
  if (level === 0) {
    saveOverwritten(memory, page);
    bring(memory, to, page);
    return;
  }
  const { nodes } = memory;
  const right = page + 2 ** (level - 1);
  exchange(memory, nodes.left[from] as number, nodes.left[to] as number, level - 1, page);
  exchange(memory, nodes.right[from] as number, nodes.right[to] as number, level - 1, right);
}

/** Brings the bytes of a page from where they are kept to where they belong. */
function bring(memory: Memory, node: number, page: number): void {
  const { nodes, aside, room } = memory;
  if (isZero(node)) {
    if (isPart(memory, page)) bytesOfPage(memory, page).fill(0);
    return;
  }
  makePart(memory, page);
  const place = nodes.left[node] as number;
  bytesOfPage(memory, page).set(bytesAt(aside, place));
  nodes.left[node] = IN_PLACE;
  freePlace(aside, room, place);
}

/** The bytes of a page in a tree that was taken or is the memory's own. */
export function bytesOf(memory: Memory, node: number, page: number): Uint8Array {
  if (isZero(node)) return zeroPage;
  const place = memory.nodes.left[node] as number;
  return place === IN_PLACE ? bytesOfPage(memory, page) : bytesAt(memory.aside, place);
}

/** The pages of a tree in which something was written, by their number. */
export function* pagesOf(memory: Memory, tree: number): Generator<readonly [page: number, bytes: Uint8Array]> {
  const open: (readonly [node: number, level: number, page: number])[] = [[tree, TREE_LEVELS, 0]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, level, page] = next;
    if (isZero(node)) continue;
    if (level === 0) yield [page, bytesOf(memory, node, page)];
    else {
      open.push([memory.nodes.right[node] as number, level - 1, page + 2 ** (level - 1)]);
      open.push([memory.nodes.left[node] as number, level - 1, page]);
    }
  }
}
