// The markup of a flow's tree as templates/approval_flows/canvas.html makes it, for the tests of its islands.

const edge = (place: string): string => `<li class="dg-flow-edge" data-place="${place}"><dg-menu><details><summary class="dg-plus"></summary></details></dg-menu></li>`;
const card = (name: string, branch = ""): string => `<a href="#" data-card data-key="${name}"${branch ? ` data-branch="${branch}"` : ""}></a>`;
const item = (name: string): string => `<li class="dg-flow-item" data-node="${name}">${card(name)}</li>`;
const way = (node: string, name: string, inside: string[]): string =>
  `<li class="dg-flow-way" data-way="${name}"><ol class="dg-flow-list"><li class="dg-flow-item">${card(node, name)}</li>${inside.map((one, n) => edge(`${node}/${name}@${n}`) + item(one)).join("")}${edge(`${node}/${name}@${inside.length}`)}</ol></li>`;
const fork = (name: string, ...ways: string[]): string =>
  `<li class="dg-flow-item dg-flow-fork" data-node="${name}"><div class="dg-flow-head-row">${card(name)}</div><ol class="dg-flow-ways">${ways.join("")}</ol></li>`;

/** first → size: small [a], big [b, c], rest [] → last */
export const TREE = `<ol class="dg-flow-list" data-root><li class="dg-flow-item">${card("")}</li>${edge("@0")}${item("first")}${edge("@1")}${fork("size", way("size", "small", ["a"]), way("size", "big", ["b", "c"]), way("size", "rest", []))}${edge("@2")}${item("last")}${edge("@3")}<li class="dg-flow-item dg-flow-finish"></li></ol>`;
