// <search-box> around a search form: suggestions while typing, as a WAI-ARIA combobox with a list.
// Without this script the form works as it is, and /search/suggest/ shows the same as a page.

const WAIT_MS = 120;
let boxes = 0;

class SearchBox extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector('input[name="q"]');
    if (!this.input || !this.dataset.url) return;
    const id = `suggestions-${++boxes}`;
    this.list = document.createElement("ul");
    this.list.id = id;
    this.list.className = "suggest-list";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    this.status = document.createElement("p");
    this.status.className = "unseen";
    this.status.setAttribute("role", "status");
    this.append(this.list, this.status);
    this.set({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id });
    this.found = [];
    this.at = -1;
    this.input.addEventListener("input", () => this.wait());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest('[role="option"]');
      if (option) this.choose(Number(option.dataset.at));
    });
  }

  set(attributes) {
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT_MS);
  }

  async ask() {
    const typed = this.input.value;
    this.asking?.abort();
    if (typed.trim().length < 2) return this.close();
    this.asking = new AbortController();
    try {
      const address = `${this.dataset.url}?q=${encodeURIComponent(typed)}`;
      const answer = await fetch(address, { signal: this.asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return this.close();
      this.show((await answer.json()).suggestions);
    } catch (error) {
      // A newer question took the place of this one, and its answer is still to come.
      if (error.name !== "AbortError") this.close();
    }
  }

  show(found) {
    if (document.activeElement !== this.input || !found.length) return this.close();
    this.found = found;
    this.at = -1;
    this.list.replaceChildren(...found.map((each, at) => this.option(each, at)));
    this.list.hidden = false;
    this.set({ "aria-expanded": "true" });
    this.input.removeAttribute("aria-activedescendant");
    this.status.textContent = `${found.length} suggestion${found.length === 1 ? "" : "s"}`;
  }

  option(each, at) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${at}`;
    option.className = "suggest-option";
    option.dataset.at = at;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const label = document.createElement("bdi");
    label.textContent = each.label;
    const detail = document.createElement("span");
    detail.className = "suggest-detail";
    detail.textContent = each.detail;
    option.append(label, " ", detail);
    return option;
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (!this.list) return;
    this.found = [];
    this.at = -1;
    this.list.hidden = true;
    this.list.replaceChildren();
    this.set({ "aria-expanded": "false" });
    this.input.removeAttribute("aria-activedescendant");
    this.status.textContent = "";
  }

  press(event) {
    if (event.isComposing) return;
    const isOpen = this.found.length > 0;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (isOpen) this.move(event.key === "ArrowDown" ? 1 : -1);
      else this.ask();
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && isOpen && this.at >= 0) {
      event.preventDefault();
      this.choose(this.at);
    }
  }

  move(by) {
    // Whoever chooses must not have the list change under their finger.
    clearTimeout(this.timer);
    this.asking?.abort();
    const count = this.found.length;
    // One place more than there are options: the text itself, where nothing is chosen.
    this.at = ((this.at + 1 + by + count + 1) % (count + 1)) - 1;
    const options = [...this.list.children];
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === this.at)));
    const chosen = options[this.at];
    if (chosen) {
      this.set({ "aria-activedescendant": chosen.id });
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  choose(at) {
    const { text, url } = this.found[at];
    if (url) {
      location.assign(url);
      return;
    }
    this.input.value = text;
    this.close();
    this.input.focus();
    this.ask();
  }
}

customElements.define("search-box", SearchBox);
