/** Answers that come too late to be shown. */

/** What is asked for again and again. Of several readings under way, a late one must not replace what is newer. */
export class Readings {
  #begun = 0;
  #late = 0;

  /** What `read()` answers, or null where that is late by then; nobody is told what failed late. */
  async unlessLate(read) {
    this.#begun += 1;
    const mine = this.#begun;
    let answer;
    try {
      answer = await read();
    } catch (error) {
      if (this.#isLate(mine)) return null;
      throw error;
    }
    if (this.#isLate(mine)) return null;
    // Later ones are not late: they are on their way yet.
    this.#late = mine - 1;
    return answer;
  }

  /** Something else is wanted: all that is being read is late. */
  outdate() {
    this.#late = this.#begun;
  }

  #isLate(reading) {
    return reading <= this.#late;
  }
}
