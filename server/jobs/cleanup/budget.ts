/** Thrown where a run has listed all that it may; what is left waits for the next one. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
}

/** How much a run may list and delete: a directory gone wild must not keep it busy for ever. */
export class Budget {
  /** Files and directories that one candidate may hold. */
  readonly perTree: number;
  readonly #entries: number;
  readonly #candidates: number;
  #spentEntries = 0;
  #spentCandidates = 0;

  constructor({ entries = 2_000_000, perTree = 500_000, candidates = 10_000 } = {}) {
    this.#entries = entries;
    this.perTree = perTree;
    this.#candidates = candidates;
  }

  /** @throws BudgetSpent */
  spend(entries: number): void {
    this.#spentEntries += entries;
    if (this.#spentEntries > this.#entries) {
      throw new BudgetSpent(
        `Stopped after listing ${this.#entries} files: the next run continues.`,
      );
    }
  }

  /** @throws BudgetSpent */
  spendCandidate(): void {
    this.#spentCandidates += 1;
    if (this.#spentCandidates > this.#candidates) {
      throw new BudgetSpent(`Stopped after ${this.#candidates} deletions: the next run continues.`);
    }
  }
}
