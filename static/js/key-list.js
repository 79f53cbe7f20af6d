// A list worked through with the keyboard: j and k go down and up, other letters press what is marked with
// data-key in the entry that has the focus. Without this script everything is reached with the Tab key.
class KeyList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.press(event));
    document.addEventListener("keydown", (event) => {
      if (event.key === "j" && document.activeElement === document.body) this.go(1);
    });
  }

  get items() {
    return [...this.querySelectorAll("[data-key-item]")];
  }

  go(step) {
    const here = this.items.findIndex((item) => item.contains(document.activeElement));
    const next = this.items[Math.max(0, Math.min(this.items.length - 1, here + step))];
    if (next) next.focus();
  }

  press(event) {
    const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      this.go(event.key === "j" ? 1 : -1);
      return;
    }
    const item = event.target.closest("[data-key-item]");
    const wanted = /^[a-z]$/.test(event.key) && item && item.querySelector(`[data-key="${event.key}"]`);
    if (wanted) {
      event.preventDefault();
      wanted.click();
    }
  }
}

customElements.define("key-list", KeyList);
