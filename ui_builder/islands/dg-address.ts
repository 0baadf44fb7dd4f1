// <dg-address data-url="/ui/divisions">: offers provinces, then their cities, then their districts as suggestions of the
// three text inputs. The endpoint answers a JSON list of names for ?province=&city=; other countries are typed freely.

const PARTS = ["province", "city", "district"] as const;

export class DgAddress extends HTMLElement {
  private readonly known = new Map<string, Promise<string[]>>();

  connectedCallback(): void {
    PARTS.forEach((part, level) => {
      const input = this.input(part);
      if (!input) return;
      const list = this.appendChild(document.createElement("datalist"));
      list.id = `divisions-${Math.random().toString(36).slice(2)}`;
      input.setAttribute("list", list.id);
      input.addEventListener("focus", () => void this.offer(level, list));
      input.addEventListener("change", () => {
        for (const lower of PARTS.slice(level + 1)) {
          const below = this.input(lower);
          if (below) below.value = "";
        }
      });
    });
  }

  private input(part: string): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>(`[data-part="${part}"]`);
  }

  private async offer(level: number, list: HTMLElement): Promise<void> {
    const country = this.querySelector<HTMLSelectElement>('[data-part="country"]')?.value ?? "CN";
    const query = new URLSearchParams(PARTS.slice(0, level).map((part) => [part, this.input(part)?.value ?? ""]));
    const names = country === "CN" ? await this.ask(query.toString()) : [];
    list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
  }

  private ask(query: string): Promise<string[]> {
    const asked = this.known.get(query) ?? fetch(`${this.dataset.url}?${query}`)
      .then((response) => (response.ok ? (response.json() as Promise<string[]>) : []))
      .catch(() => []);
    this.known.set(query, asked);
    return asked;
  }
}

if (!customElements.get("dg-address")) customElements.define("dg-address", DgAddress);
