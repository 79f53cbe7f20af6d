// <drop-zone> around a form's file input: drop or paste files, see what was chosen, and follow the upload.
// Without this script the input and the form work as they are.

class DropZone extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector('input[type="file"]');
    this.form = this.closest("form");
    this.list = this.appendChild(document.createElement("ul"));
    this.status = this.appendChild(document.createElement("p"));
    this.status.setAttribute("role", "status");
    this.hint = this.insertBefore(document.createElement("p"), this.firstChild);
    this.hint.className = "drop-hint";
    this.hint.textContent = "Drop files here, paste them, or choose them:";
    this.classList.add("ready");
    this.input.addEventListener("change", () => this.show());
    this.addEventListener("dragover", (event) => this.drag(event, true));
    this.addEventListener("dragleave", (event) => this.drag(event, false));
    this.addEventListener("drop", (event) => {
      this.drag(event, false);
      this.add(event.dataTransfer.files);
    });
    document.addEventListener("paste", (event) => {
      if (event.clipboardData.files.length) {
        event.preventDefault();
        this.add(event.clipboardData.files);
      }
    });
    this.form.addEventListener("submit", (event) => this.send(event));
  }

  drag(event, over) {
    event.preventDefault();
    this.classList.toggle("over", over);
  }

  add(files) {
    const all = new DataTransfer();
    for (const file of [...this.input.files, ...files]) all.items.add(file);
    this.input.files = all.files;
    this.show();
  }

  show() {
    this.list.replaceChildren(
      ...[...this.input.files].map((file) => {
        const row = document.createElement("li");
        row.textContent = `${file.name}, ${(file.size / 1024).toLocaleString(undefined, { maximumFractionDigits: 1 })} KB`;
        return row;
      }),
    );
  }

  send(event) {
    event.preventDefault();
    if (this.request) return;
    const request = (this.request = new XMLHttpRequest());
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.setAttribute("aria-label", "Upload");
    this.say("Uploading ");
    this.status.append(bar);
    request.upload.addEventListener("progress", (sent) => {
      if (sent.lengthComputable) bar.value = sent.loaded / sent.total;
    });
    request.upload.addEventListener("load", () => this.say("Reading …"));
    request.addEventListener("load", () => this.answer(request));
    request.addEventListener("error", () => this.fail(["The connection broke. Nothing was uploaded: try again."]));
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(new FormData(this.form));
  }

  answer(request) {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      answer.errors = [`The server answered ${request.status}. Reload the page and try again.`];
    }
    if (answer.url) window.location.assign(answer.url);
    else this.fail(answer.errors);
  }

  fail(errors) {
    this.request = null;
    this.say(errors.join(" "));
  }

  say(text) {
    this.status.textContent = text;
  }
}

customElements.define("drop-zone", DropZone);
