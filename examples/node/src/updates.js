// What each vendor's webhook says of a parcel, in one form.

/** As much of a parcel's status as the shop acts on. */
export const Situation = Object.freeze({
  /** The carrier knows of it, and has not scanned it. */
  ANNOUNCED: 'announced',
  MOVING: 'moving',
  DELIVERED: 'delivered',
  /** Returned, lost, refused, or stopped by an exception. */
  UNDELIVERABLE: 'undeliverable',
});

const { ANNOUNCED, MOVING, DELIVERED, UNDELIVERABLE } = Situation;
const SHIPENGINE = new Map(Object.entries({ DE: DELIVERED, EX: UNDELIVERABLE, NY: ANNOUNCED, UN: ANNOUNCED }));
const SHIPPO = new Map(
  Object.entries({
    DELIVERED,
    FAILURE: UNDELIVERABLE,
    RETURNED: UNDELIVERABLE,
    PRE_TRANSIT: ANNOUNCED,
    UNKNOWN: ANNOUNCED,
  }),
);
// eHub passes on the carrier's own codes. These are the postal service's (Publication 199); add those of your carriers.
// An update for which the publisher gave no code has only a description.
const EHUB = new Map([
  ['01', DELIVERED],
  ['04', UNDELIVERABLE],
  ['05', UNDELIVERABLE],
  ['09', UNDELIVERABLE],
  ['MA', ANNOUNCED],
  ['Exception', UNDELIVERABLE],
  ['Unknown', ANNOUNCED],
]);

const READERS = {
  shipengine: (webhook) => (webhook.resource_type === 'API_TRACK' ? [shipengine(webhook.data)] : []),
  shippo: (webhook) => (webhook.event === 'track_updated' ? [shippo(webhook.data)] : []),
  ehub: (webhook) => (webhook.subscription_type === 'shipment_tracking' ? ehub(webhook.payload) : []),
};

/**
 * The tracking updates in a webhook of `source`; none where it is about something else.
 *
 * An update has trackingNumber, situation, description, happenedOn and expectedOn (days are `YYYY-MM-DD`, or null).
 * Throws for a body that is not the vendor's.
 */
export function readUpdates(source, body) {
  const updates = READERS[source](JSON.parse(Buffer.from(body).toString('utf8')));
  if (updates.some((update) => typeof update.trackingNumber !== 'string')) throw new TypeError('no tracking number');
  return updates;
}

function shipengine(data) {
  const newest = data.events[0] ?? {};
  return {
    trackingNumber: data.tracking_number,
    situation: SHIPENGINE.get(data.status_code) ?? MOVING,
    description: data.exception_description ?? newest.description ?? data.status_description ?? null,
    happenedOn: day(data.actual_delivery_date ?? newest.occurred_at),
    expectedOn: day(data.estimated_delivery_date),
  };
}

function shippo(track) {
  const status = track.tracking_status ?? { status: 'UNKNOWN' };
  return {
    trackingNumber: track.tracking_number,
    situation: SHIPPO.get(status.status) ?? MOVING,
    description: status.status_details ?? null,
    happenedOn: day(status.status_date),
    expectedOn: day(track.eta),
  };
}

/** Items are scans, newest first; the newest of each parcel counts. */
function ehub(items) {
  const newest = new Map(items.toReversed().map((item) => [item.tracking_number, item]));
  return [...newest.values()].map((item) => ({
    trackingNumber: item.tracking_number,
    situation: EHUB.get(item.code ?? item.description) ?? MOVING,
    description: item.description ?? null,
    happenedOn: day(item.event_timestamp),
    expectedOn: null,
  }));
}

function day(moment) {
  return moment ? moment.slice(0, 10) : null;
}
