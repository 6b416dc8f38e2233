/** Looking again and again, while somebody looks. */

/** Calls `look` every so many seconds until `signal` is aborted; not while the tab is hidden or `paused()` is true. */
export function poll(look, seconds, signal, paused = () => false) {
  const again = async () => {
    if (signal.aborted) return;
    if (!document.hidden && !paused()) {
      try {
        await look();
      } catch {
        // What failed once may succeed the next time; what is shown stays.
      }
    }
    if (!signal.aborted) setTimeout(again, seconds * 1000);
  };
  setTimeout(again, seconds * 1000);
}

/** Waits. Ends early when `signal` is aborted. */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
