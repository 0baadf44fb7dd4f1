// What a person types into a form while its new HTML is on the way is carried into it: input is never cleared.

const TYPED = "input:not([type=hidden], [type=checkbox], [type=radio]), textarea";

export class Typing {
  private before = new Map<string, string>();

  constructor(private readonly id: string) {
    document.addEventListener("htmx:beforeRequest", (event) => this.remember(event));
    document.addEventListener("htmx:beforeSwap", (event) => this.compare(event));
    document.addEventListener("htmx:afterSettle", (event) => {
      this.restore();
      if (this.isOurs(event)) this.tell();
    });
  }

  private typed = new Map<string, string>();

  private isOurs(event: Event): boolean {
    return (event as CustomEvent<{ target?: Element }>).detail.target?.id === this.id;
  }

  private values(): Map<string, string> {
    const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(`#${this.id} :is(${TYPED})`);
    return new Map([...fields].filter((field) => field.name).map((field) => [field.name, field.value]));
  }

  private remember(event: Event): void {
    if (this.isOurs(event)) this.before = this.values();
  }

  private compare(event: Event): void {
    if (!this.isOurs(event)) return;
    this.typed = new Map([...this.values()].filter(([name, value]) => this.before.get(name) !== value));
  }

  private restore(): void {
    const typed = this.typed;
    this.typed = new Map();
    for (const [name, value] of typed) {
      const field = document.querySelector<HTMLInputElement>(`#${this.id} [name="${CSS.escape(name)}"]:is(${TYPED})`);
      if (!field || field.value === value) continue;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  /** What was typed between the swap and the settling was heard by nobody: htmx listens to new elements only from then on. */
  private tell(): void {
    const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(`#${this.id} :is(${TYPED})`);
    const unheard = [...fields].find((field) => field.name && field.value !== field.defaultValue);
    unheard?.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
