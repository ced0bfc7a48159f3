// Waiting for something with a limit, and saying what was waited for when it does not come.
// Used by the tests and their support.

/** Resolves as `promise` does, or rejects after `limit` ms, naming `what`. */
export async function within(limit, what, promise) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`waited ${limit} ms for ${what}`)), limit);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}

/** Asks `probe` until it returns something truthy, which is returned; for what tells nobody when it happens. */
export async function eventually(limit, what, probe) {
    const end = performance.now() + limit;
    let last;
    for (;;) {
        try {
            const found = await probe();
            if (found) return found;
            last = found;
        } catch (error) {
            last = error;
        }
        if (performance.now() >= end) throw new Error(`waited ${limit} ms for ${what}; last: ${last}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

/** A list that can be awaited: `push` adds, `next(condition)` takes the first that fits, coming or already there. */
export class Inbox {
    #items = [];
    #waiting = [];

    push(item) {
        const index = this.#waiting.findIndex(({ condition }) => condition(item));
        if (index < 0) this.#items.push(item);
        else this.#waiting.splice(index, 1)[0].resolve(item);
    }

    next(what, condition = () => true, limit = 10_000) {
        const index = this.#items.findIndex(condition);
        if (index >= 0) return Promise.resolve(this.#items.splice(index, 1)[0]);
        return within(limit, what, new Promise((resolve) => this.#waiting.push({ condition, resolve })));
    }

    /** What came and nobody has taken. */
    get rest() {
        return [...this.#items];
    }
}
