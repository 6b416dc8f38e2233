/** Whose key it is. It lives as long as the tab, and is in no address and no cookie. */

const NAME = "parcelhook.key";

export const session = {
  /** What `GET /v1/account` says. */
  account: null,
  /** What `GET /v1/dialects` says. */
  dialects: [],

  get key() {
    return sessionStorage.getItem(NAME);
  },

  begin(key, account, dialects) {
    sessionStorage.setItem(NAME, key);
    this.account = account;
    this.dialects = [...dialects].sort((one, other) => order(one) - order(other));
  },

  end() {
    sessionStorage.removeItem(NAME);
    this.account = null;
    this.dialects = [];
  },
};

const NAMES = { shipengine: "ShipEngine", shippo: "Shippo", ehub: "eHub", parcelhook: "Parcelhook" };

/** The vendor whose grid this is first; vendors that are not known here last. */
function order({ name }) {
  const position = Object.keys(NAMES).indexOf(name);
  return position < 0 ? Infinity : position;
}

/** A dialect as its vendor writes itself. */
export function dialectName(name) {
  return NAMES[name] ?? name;
}
