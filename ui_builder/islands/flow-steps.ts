// What the designer of a flow can undo and redo: whole trees of nodes as text, the newest last.

export type Turn = "undo" | "redo" | "";
const MOST = 100;

export class FlowSteps {
  private done: string[] = [];
  private undone: string[] = [];

  /** Keep the tree as it was `before` a change; `turn` says whether that change was one back, one forth or a new one. */
  keep(before: string, turn: Turn): void {
    if (turn === "undo") this.undone.push(before);
    else this.done = [...this.done, before].slice(-MOST);
    if (!turn) this.undone = [];
  }

  /** The tree to go to. */
  take(turn: "undo" | "redo"): string | undefined {
    return (turn === "undo" ? this.done : this.undone).pop();
  }

  has(turn: "undo" | "redo"): boolean {
    return (turn === "undo" ? this.done : this.undone).length > 0;
  }

  /** Somebody else changed the tree: what was before is nobody's to put back. */
  forget(): void {
    this.done = this.undone = [];
  }
}
