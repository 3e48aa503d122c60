/** A list of named steps, run in order; each sees what the ones before it have added. */

interface Step {
  name: string;
  run: (state: object) => unknown;
}

export class Steps<In extends object, Out extends In = In> {
  readonly #steps: readonly Step[];

  private constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  /** An empty list for a state to start with. */
  static of<In extends object>(): Steps<In> {
    return new Steps<In>([]);
  }

  /** The list with one more step, which adds what it returns to the state. */
  step<Added extends object | void>(
    name: string,
    run: (state: Out) => Added | Promise<Added>,
  ): Steps<In, Out & (Added extends object ? Added : unknown)> {
    return new Steps([...this.#steps, { name, run: run as Step['run'] }]);
  }

  /** What the steps do, in order. */
  get names(): readonly string[] {
    return this.#steps.map(({ name }) => name);
  }

  /** Runs every step. @returns the state with all that was added to it */
  async run(state: In): Promise<Out> {
    let current: object = state;
    for (const { run } of this.#steps) current = { ...current, ...((await run(current)) ?? {}) };
    return current as Out;
  }
}
