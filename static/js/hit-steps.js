// <hit-steps> around links to the marked hits of a story: “hit 2 of 7” with previous and next, and the keys
// n and p while it or a hit has the focus. Without this script the links themselves lead to the hits.

class HitSteps extends HTMLElement {
  connectedCallback() {
    this.marks = [...document.querySelectorAll('mark[id^="hit-"]')];
    if (!this.marks.length) return;
    this.at = -1;
    this.status = document.createElement("span");
    this.status.setAttribute("role", "status");
    this.replaceChildren(this.link("Previous hit", -1), this.status, this.link("Next hit", 1));
    this.tell();
    for (const target of [this, ...this.marks]) {
      target.addEventListener("keydown", (event) => this.press(event));
    }
    window.addEventListener("hashchange", () => this.follow());
    this.follow();
  }

  link(label, by) {
    const link = document.createElement("a");
    link.textContent = label;
    link.href = "#hit-1";
    link.setAttribute("aria-keyshortcuts", by > 0 ? "n" : "p");
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.go(by);
    });
    return link;
  }

  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const by = { n: 1, p: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.go(by);
  }

  go(by) {
    const count = this.marks.length;
    const next = this.at < 0 ? (by > 0 ? 0 : count - 1) : (this.at + by + count) % count;
    history.replaceState(null, "", `#${this.marks[next].id}`);
    this.show(next);
  }

  follow() {
    const at = this.marks.findIndex((mark) => `#${mark.id}` === location.hash);
    if (at >= 0) this.show(at);
  }

  show(at) {
    this.at = at;
    for (const mark of this.marks) mark.classList.toggle("mark-here", mark === this.marks[at]);
    this.marks[at].focus({ preventScroll: true });
    this.marks[at].scrollIntoView({ block: "center" });
    this.tell();
  }

  tell() {
    const count = this.marks.length;
    this.status.textContent = this.at < 0 ? `${count} hit${count === 1 ? "" : "s"}` : `hit ${this.at + 1} of ${count}`;
  }
}

customElements.define("hit-steps", HitSteps);
