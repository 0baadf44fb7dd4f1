import { describe, expect, it } from "vitest";
import { Bodies, Turns, about, carried, dropped, fitting, idOf, same, valueNames } from "./report-designer-state.ts";

describe("drops and keys become commands", () => {
  it("adds a field where it is dropped", () => {
    expect(dropped({ path: "shelf.room" }, "rows", 1)).toBe("add:rows:shelf.room:1");
  });

  it("moves an item within and between zones, and asks for nothing where it stands", () => {
    expect(dropped({ address: "rows.0" }, "columns", 1)).toBe("move:rows.0:columns:1");
    expect(dropped({ address: "rows.0" }, "rows", 2)).toBe("move:rows.0:rows:2");
    expect(dropped({ address: "rows.2" }, "rows", 2)).toBeNull();
    expect(dropped({}, "rows", 2)).toBeNull();
  });

  it("moves a value by its name, which is no place", () => {
    expect(dropped({ address: "values.total" }, "values", 0)).toBe("move:values.total:values:0");
  });

  it("carries a lifted item up, down and into the next zone", () => {
    const shown = ["cross", "rows", "columns", "values", "where"];
    expect(carried("ArrowUp", "rows.1", shown)).toBe("up:rows.1");
    expect(carried("ArrowDown", "values.n", shown)).toBe("down:values.n");
    expect(carried("ArrowRight", "rows.0", shown)).toBe("move:rows.0:columns");
    expect(carried("ArrowLeft", "values.n", shown)).toBe("move:values.n:columns");
    expect(carried("ArrowLeft", "rows.0", shown)).toBeNull();
    expect(carried("ArrowRight", "fields.0", ["fields", "where"])).toBeNull();
    expect(carried("x", "rows.0", shown)).toBeNull();
  });

  it("knows which item a command is about", () => {
    expect(about("move:rows.0:columns:1")).toBe("rows.0");
    expect(about("add:rows:shelf")).toBe("");
    expect(idOf("h", "values.total")).toBe("rd-h-values-total");
  });

  it("offers only the zones that are there", () => {
    expect(fitting("values rows columns where", ["rows", "values", "where"])).toEqual(["rows", "values", "where"]);
  });
});

describe("bodies and their undo", () => {
  const one = '{"object": "book"}';
  const two = '{"object": "book", "rows": ["shelf"]}';

  it("goes back and on again", () => {
    const bodies = new Bodies(one);
    expect(bodies.take(two)).toBe(true);
    expect(bodies.turn(true)).toBe(one);
    expect(bodies.canUndo).toBe(false);
    expect(bodies.turn(true)).toBeNull();
    expect(bodies.turn(false)).toBe(two);
    expect(bodies.canRedo).toBe(false);
  });

  it("takes no step for the same body said anew", () => {
    const bodies = new Bodies(one);
    expect(bodies.take('{"object":"book"}')).toBe(false);
    expect(bodies.canUndo).toBe(false);
  });

  it("forgets what was undone once something new is done", () => {
    const bodies = new Bodies(one);
    bodies.take(two);
    bodies.turn(true);
    bodies.take('{"object": "shelf"}');
    expect(bodies.turn(false)).toBeNull();
  });

  it("tells the order of values apart: it is that of the columns", () => {
    expect(same('{"values": {"a": "COUNT()", "b": "COUNT()"}}', '{"values": {"b": "COUNT()", "a": "COUNT()"}}')).toBe(false);
    expect(same("{", "[")).toBe(false);
  });
});

describe("the names of values", () => {
  it("are those of the body, with what they say", () => {
    const body = '{"values": {"n": "COUNT()", "paid": {"value": "SUM(price)", "label": {"en": "Price, sum", "zh": "价格合计"}}}}';
    expect(valueNames(body)).toEqual([{ name: "n", text: "COUNT()", label: "" }, { name: "paid", text: "SUM(price)", label: "Price, sum" }]);
    expect(valueNames("nothing")).toEqual([]);
  });
});

describe("turns", () => {
  it("run one after the other, also after one that failed", async () => {
    const turns = new Turns();
    const done: number[] = [];
    const wait = (ms: number, number: number) => () => new Promise<void>((resolve) => setTimeout(() => { done.push(number); resolve(); }, ms));
    void turns.run(wait(20, 1));
    await turns.run(() => Promise.reject(new Error("no"))).catch(() => undefined);
    await turns.run(wait(1, 2));
    expect(done).toEqual([1, 2]);
  });
});
