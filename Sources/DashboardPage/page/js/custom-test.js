// The form of the custom test, in a dialog. What is wrong is said beside its field; what the balancer refuses, above
// the buttons.

import { byId, element, setAttribute, setShown, setText } from "./dom.js";
import { planFrom } from "./test-plan.js";

export class CustomTestDialog {
  #actions;
  #serviceOf;
  #dialog = byId("custom-dialog");
  #form = byId("custom-form");
  #error = byId("custom-error");
  #isTouched = false;

  constructor(actions, serviceOf) {
    this.#actions = actions;
    this.#serviceOf = serviceOf;
    for (const field of this.#form.querySelectorAll("[data-field]")) {
      const id = `custom-${field.dataset.field}-problem`;
      field.append(element("p", { class: "field-problem", id }));
      field.querySelector("input, select").setAttribute("aria-describedby", id);
    }
    this.#form.addEventListener("input", () => {
      this.#showBound();
      if (this.#isTouched) this.#check();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId("custom-close").addEventListener("click", () => this.#dialog.close());
  }

  open() {
    const service = this.#serviceOf();
    setText(byId("custom-target"), `Sent to “${service.name}” at ${service.url}`);
    setText(this.#error, "");
    this.#isTouched = false;
    this.#showProblems({});
    this.#showBound();
    this.#dialog.showModal();
    byId(`custom-${this.#fields().bound}`).select();
  }

  #fields() {
    const data = new FormData(this.#form);
    const text = (name) => String(data.get(name) ?? "");
    return {
      bound: text("bound"),
      requests: text("requests"),
      duration: text("duration"),
      concurrency: text("concurrency"),
      rate: text("rate"),
      path: text("path"),
      method: text("method"),
      keepAlive: data.has("keepAlive"),
    };
  }

  #showBound() {
    const { bound } = this.#fields();
    for (const name of ["requests", "duration"]) {
      setShown(this.#form.querySelector(`[data-field="${name}"]`), name === bound);
    }
  }

  #check() {
    const { plan, problems } = planFrom(this.#fields());
    this.#showProblems(problems);
    return plan;
  }

  #showProblems(problems) {
    for (const field of this.#form.querySelectorAll("[data-field]")) {
      const problem = problems[field.dataset.field] ?? "";
      setText(field.querySelector(".field-problem"), problem);
      setAttribute(field.querySelector("input, select"), "aria-invalid", problem ? "true" : null);
    }
  }

  async #submit() {
    this.#isTouched = true;
    const plan = this.#check();
    setText(this.#error, "");
    if (!plan) {
      this.#form.querySelector("[aria-invalid]")?.focus();
      return;
    }
    const start = byId("custom-start");
    setAttribute(start, "aria-disabled", "true");
    try {
      await this.#actions.startTest({ service: this.#serviceOf().name, ...plan });
      this.#dialog.close();
    } catch (error) {
      setText(this.#error, error.message);
    } finally {
      setAttribute(start, "aria-disabled", null);
    }
  }
}
