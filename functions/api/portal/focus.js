/** Where the focus goes when what had it goes away. */

/** Whether the focus is on nothing. */
export function isNowhere(focused) {
  return !focused || focused === document.body;
}

/** Moves the focus to `element`, which may be a heading or anything else that is not reached by the tabulator. */
export function focusOn(element) {
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus();
}

/** Moves the focus to what `next()` answers, if what had it is gone or hidden. Somebody who went elsewhere stays there. */
export function focusIfLost(next) {
  const focused = document.activeElement;
  // Browsers take it from what is hidden only with the next frame.
  if (isNowhere(focused) || focused.closest("[hidden]")) focusOn(next());
}

/**
 * What follows an element that will be gone from the list of those that `all()` answers: then answers the one that stands
 * in its place, else the last one, else `otherwise()`.
 */
export function follower(element, all, otherwise) {
  const place = all().indexOf(element);
  return () => all()[place] ?? all().at(-1) ?? otherwise();
}
