// The tree of a flow walked by arrows, over the markup that the server makes of it.
import { beforeEach, expect, test } from "vitest";
import { TREE } from "./flow-tree.test-markup.ts";
import { cardAt, keyOf, neighbour, placeBehind, type Way } from "./flow-walking.ts";

beforeEach(() => {
  document.body.innerHTML = TREE;
});

/** Where a walk from a card ends, as "node" or "node/branch". */
function walk(from: string, ...ways: Way[]): string | null {
  const [node = "", branch = ""] = from.split("/");
  let at = cardAt(document, node, branch);
  for (const one of ways) at = at && neighbour(at, one);
  return at && [keyOf(at).node, keyOf(at).branch].filter(Boolean).join("/");
}

test("down goes through the first branch and comes out behind the fork", () => {
  expect(walk("", "down")).toBe("first");
  expect(walk("first", "down", "down")).toBe("size/small");
  expect(walk("size/small", "down", "down")).toBe("last");
  expect(walk("c", "down")).toBe("last");
  expect(walk("size/rest", "down")).toBe("last");
  expect(walk("last", "down")).toBeNull();
});

test("up goes to what stands above, from a branch to its fork", () => {
  expect(walk("last", "up")).toBe("size");
  expect(walk("c", "up", "up", "up")).toBe("size");
  expect(walk("first", "up")).toBe("");
  expect(walk("", "up")).toBeNull();
});

test("left and right go to the branch beside, as far down as it reaches", () => {
  expect(walk("a", "right")).toBe("b");
  expect(walk("c", "left")).toBe("a");
  expect(walk("c", "right")).toBe("size/rest");
  expect(walk("size/small", "right", "right")).toBe("size/rest");
  expect(walk("size/small", "left")).toBeNull();
  expect(walk("first", "right")).toBeNull();
});

test("the place behind a card is the next edge, of a branch its first", () => {
  const behind = (node: string, branch = ""): string => placeBehind(cardAt(document, node, branch) as HTMLElement);
  expect(behind("first")).toBe("@1");
  expect(behind("size", "big")).toBe("size/big@0");
  expect(behind("c")).toBe("size/big@2");
  expect(behind("size")).toBe("@2");
});
