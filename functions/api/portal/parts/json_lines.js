/** Where in a text of JSON a pointer (RFC 6901) points. */

/** The line, from 0, at which the value of `pointer` begins; of its nearest parent where it is missing itself. */
export function lineOf(text, pointer) {
  const wanted = pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  let best = { depth: 0, at: 0 };
  walk(text, (path, at) => {
    const fits = path.every((part, position) => part === wanted[position]);
    if (fits && path.length > best.depth && path.length <= wanted.length) best = { depth: path.length, at };
  });
  return text.slice(0, best.at).split("\n").length - 1;
}

/** Tells of every member and element of valid JSON its path and where it begins. */
function walk(text, tell) {
  const open = [];
  const path = () => open.map((level) => level.name);
  const tokens = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g;
  for (const match of text.matchAll(tokens)) {
    const [token] = match;
    const level = open.at(-1);
    if (token === "}" || token === "]") {
      open.pop();
    } else if (token === ",") {
      if (level.isList) level.name = String(Number(level.name) + 1);
      else level.awaitsName = true;
    } else if (token === ":") {
      continue;
    } else if (level?.awaitsName) {
      level.name = JSON.parse(token);
      level.awaitsName = false;
      tell(path(), match.index);
    } else {
      if (level?.isList) tell(path(), match.index);
      if (token === "{") open.push({ isList: false, name: null, awaitsName: true });
      if (token === "[") open.push({ isList: true, name: "0" });
    }
  }
}
