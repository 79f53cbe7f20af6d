// <bar-keys> around a chart: one stop of the Tab key, arrow keys from bar to bar, Enter drills down.
// Without this script the table below the chart has the same links.

class BarKeys extends HTMLElement {
  connectedCallback() {
    this.bars = [...this.querySelectorAll("svg a")];
    if (!this.bars.length) return;
    this.stop(this.bars.find((bar) => bar.classList.contains("chart-link-selected")) ?? this.bars[0]);
    this.addEventListener("keydown", (event) => this.move(event));
    this.addEventListener("focusin", (event) => {
      const bar = event.target.closest("svg a");
      if (bar) this.stop(bar);
    });
  }

  stop(chosen) {
    for (const bar of this.bars) bar.setAttribute("tabindex", bar === chosen ? "0" : "-1");
  }

  move(event) {
    const at = this.bars.indexOf(event.target.closest("svg a"));
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const last = this.bars.length - 1;
    const to = { ArrowRight: Math.min(at + 1, last), ArrowLeft: Math.max(at - 1, 0), Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.bars[to].focus();
  }
}

customElements.define("bar-keys", BarKeys);
