// Rows of a condition (field, operator, value) or its formula, checked by the server, with how many records meet it.
import { field, h, icon, select } from "./builder-dom.ts";
import { type ConditionRow } from "./builder-layout-state.ts";
import { postJson } from "./builder-requests.ts";
import { type CheckAnswer, marked } from "./dg-builder-expression.ts";
import { Completion } from "./expression-completion.ts";
import { t } from "./strings.ts";

export interface KnownField {
  name: string;
  label: string;
  icon: string;
  type: string;
  expression: string;
  operators: string[];
  required: boolean;
  system: boolean;
  wide: boolean;
  values: [string, string, string][];
}

export interface ConditionAnswer extends CheckAnswer {
  text: string;
  rows?: ConditionRow[] | null;
  joined?: string;
  shown?: number;
  of?: number;
}

const BLANK = ["blank", "not blank"];

/** What an operator is called. */
export function operatorWords(operator: string): string {
  const words: Record<string, string> = {
    "!=": "≠", "<=": "≤", ">=": "≥", contains: t("contains"), "not contains": t("does not contain"), begins: t("begins with"), "not begins": t("does not begin with"),
    ends: t("ends with"), "not ends": t("does not end with"), includes: t("includes"), excludes: t("excludes"), blank: t("is blank"), "not blank": t("is not blank"),
    in: t("is one of"), "not in": t("is none of"),
  };
  return words[operator] ?? operator;
}

/** A condition in a few words, for its pill. */
export function conditionWords(rows: readonly ConditionRow[], joined: string, fields: readonly KnownField[]): string {
  const one = (row: ConditionRow): string => {
    const known = fields.find((f) => f.name === row.path);
    const values = row.values.map((value) => known?.values.find(([key]) => key === value.text)?.[1] ?? value.text).join(", ");
    return `${known?.label ?? row.path} ${operatorWords(row.operator)} ${values}`.trim();
  };
  return rows.map(one).join(joined === "any" ? ` ${t("or")} ` : ` ${t("and")} `);
}

/** Ask the server what a text or rows mean. */
export function askCondition(object: string, given: { text: string } | { rows: ConditionRow[]; joined: string }, saving = false): Promise<ConditionAnswer> {
  return postJson<ConditionAnswer>("/builder/check-condition", { object, saving, ...given });
}

/** The editor of one condition; `changed` gets its text whenever it is right ("" for none). */
export class ConditionEditor {
  readonly element = h("div", { class: "dg-col" });
  private rows: ConditionRow[] | null = [];
  private joined = "all";
  private formula = false;
  private answer: ConditionAnswer | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly object: string, private readonly fields: readonly KnownField[], private text: string, private readonly changed: (text: string) => void, private readonly counted = true, private readonly saving: () => boolean = () => false) {
    this.draw();
    if (text) void this.ask({ text }, false);
  }

  private async ask(given: { text: string } | { rows: ConditionRow[]; joined: string }, tell = true): Promise<void> {
    try {
      this.answer = await askCondition(this.object, given, this.saving());
    } catch {
      return;
    }
    if (this.answer.ok) {
      this.text = this.answer.text;
      if (this.answer.rows !== undefined && !("rows" in given)) this.rows = this.sayable(this.answer.rows) ? this.answer.rows : null;
      this.joined = this.answer.joined ?? this.joined;
      if (tell) this.changed(this.text);
    }
    if (!this.formula && this.rows === null) this.formula = true;
    this.drawSaid();
    if (!tell) this.draw();
  }

  /** Whether the rows can be shown: their fields are known, their values are plain. What compares with $user stays a formula. */
  private sayable(rows: ConditionRow[] | null): boolean {
    return rows !== null && rows.every((row) => this.fields.some((f) => f.name === row.path) && row.values.length < 2 && row.values.every((v) => v.kind !== "user" && v.kind !== "today"));
  }

  private draw(): void {
    const parts: Node[] = [];
    if (this.formula) {
      const input = h("textarea", { class: "dg-input", rows: 2, spellcheck: "false", input: () => this.soon({ text: input.value }) }, this.text);
      const place = h("div", { class: "dg-completes" }, input);
      const labelled = field(t("Formula"), input, "condition-formula");
      labelled.append(place);
      place.append(input);
      new Completion(input, { object: () => this.object, saving: this.saving(), braces: false });
      parts.push(labelled);
    } else {
      parts.push(...(this.rows ?? []).map((row, index) => this.row(row, index)));
      if ((this.rows?.length ?? 0) > 1) {
        const joined = select([["all", t("All of them")], ["any", t("Any of them")]], this.joined, (value) => { this.joined = value; this.send(); }, { "aria-label": t("How they are joined") });
        parts.push(joined);
      }
    }
    const add = h("button", { type: "button", class: "dg-btn dg-btn-small dg-btn-quiet", click: () => this.add() }, icon("plus"), t("Condition"));
    const turn = h("button", { type: "button", class: "dg-btn dg-btn-small dg-btn-quiet", "aria-pressed": this.formula, click: () => this.turn() }, icon("math-function"), this.formula ? t("Rows") : t("Formula"));
    const said = h("div", { class: "dg-col", "data-condition-said": true, "aria-live": "polite" });
    this.element.replaceChildren(...parts, h("div", { class: "dg-row" }, !this.formula && add, !(this.formula && this.rows === null) && turn), said);
    this.drawSaid();
  }

  private row(row: ConditionRow, index: number): HTMLElement {
    const known = this.fields.find((f) => f.name === row.path);
    const change = (next: Partial<ConditionRow>): void => {
      this.rows = (this.rows ?? []).map((one, at) => (at === index ? { ...one, ...next } : one));
      this.send();
      if (next.path !== undefined || next.operator !== undefined) this.draw();
    };
    const operators = (known?.operators ?? []).filter((one) => one !== "in" && one !== "not in");
    const options = (operators.includes(row.operator) ? operators : [row.operator, ...operators]).map((one) => [one, operatorWords(one)] as const);
    const fields = select(this.fields.map((f) => [f.name, f.label] as const), row.path, (path) => change(this.fresh(path)), { "aria-label": t("Field") });
    const operator = select(options, row.operator, (value) => change(BLANK.includes(value) ? { operator: value, values: [] } : { operator: value }), { "aria-label": t("Operator") });
    const remove = h("button", { type: "button", class: "dg-btn dg-btn-icon dg-btn-small dg-btn-quiet", "aria-label": t("Remove the condition"), click: () => { this.rows?.splice(index, 1); this.send(); this.draw(); } }, icon("x"));
    return h("div", { class: "dg-col dg-gap-1 dg-builder-condition" }, h("div", { class: "dg-row" }, fields, operator, remove), !BLANK.includes(row.operator) && this.value(row, known, (values) => change({ values })));
  }

  private value(row: ConditionRow, known: KnownField | undefined, change: (values: ConditionRow["values"]) => void): HTMLElement {
    const now = row.values[0]?.text ?? "";
    const kind = known?.expression === "boolean" ? "boolean" : known?.expression === "number" || known?.expression === "money" ? "number" : "text";
    const set = (text: string): void => change([{ kind, text }]);
    if (kind === "boolean") return select([["true", t("Yes")], ["false", t("No")]], now, set, { "aria-label": t("Value") });
    if (known?.values.length) return select([["", ""], ...known.values.map(([value, label]) => [value, label] as const)], now, set, { "aria-label": t("Value") });
    const input = h("input", { class: "dg-input dg-small", value: now, type: known?.expression === "date" ? "date" : "text", "aria-label": t("Value"), input: () => set(input.value) });
    return input;
  }

  private fresh(path: string): ConditionRow {
    const known = this.fields.find((f) => f.name === path);
    const values = known?.expression === "boolean" ? [{ kind: "boolean", text: "true" }] : known?.values[0] ? [{ kind: "text", text: known.values[0][0] }] : [];
    return { path, operator: known?.operators[0] ?? "=", values };
  }

  private add(): void {
    const first = this.fields.find((f) => f.values.length && !f.system) ?? this.fields[0];
    if (!first) return;
    this.rows = [...(this.rows ?? []), this.fresh(first.name)];
    this.send();
    this.draw();
    this.element.querySelectorAll<HTMLSelectElement>("select")[0]?.focus();
  }

  private turn(): void {
    if (this.formula && this.rows === null) return;
    this.formula = !this.formula;
    this.draw();
  }

  private send(): void {
    const complete = (this.rows ?? []).filter((row) => BLANK.includes(row.operator) || row.values.some((value) => value.text !== ""));
    this.soon({ rows: complete, joined: this.joined });
  }

  private soon(given: { text: string } | { rows: ConditionRow[]; joined: string }): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(given), 250);
  }

  private drawSaid(): void {
    const place = this.element.querySelector("[data-condition-said]");
    const answer = this.answer;
    if (!place) return;
    place.replaceChildren();
    if (answer && !answer.ok) place.append(h("span", { class: "dg-error" }, ...marked(answer.text, answer)));
    else if (this.text) {
      if (!this.formula) place.append(h("code", { class: "dg-builder-code" }, this.text));
      if (answer?.of && this.counted) place.append(h("div", { class: "dg-note dg-good" }, icon("check"), h("div", {}, t("Of the {of} latest records {shown} would show it.", { of: answer.of, shown: answer.shown ?? 0 }))));
    }
  }
}
