// Shippo's JavaScript client: its whole webhook life, then deliveries read with its own parser.
// Prints what it was told and what it found.
const { Shippo } = require("shippo");
const { webhookPayloadFromJSON } = require("shippo/models/components");

const [baseUrl, live] = process.argv.slice(2);
const bodies = JSON.parse(require("fs").readFileSync(0, "utf-8"));

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return [error.statusCode, JSON.parse(error.body)];
  }
  return null;
}

function payload(body) {
  const parsed = webhookPayloadFromJSON(body);
  if (!parsed.ok) {
    throw parsed.error;
  }
  return parsed.value;
}

async function main() {
  const client = (token) => new Shippo({ apiKeyHeader: token, serverURL: baseUrl, shippoApiVersion: "2018-02-08" });
  const { webhooks } = client(live);
  const url = "https://hooks.example.com/javascript";
  const created = await webhooks.createWebhook({ event: "track_updated", url, active: true, isTest: false });
  const told = { created, shown: await webhooks.getWebhook(created.objectId) };
  await webhooks.createWebhook({ event: "all", url });
  told.listed = await webhooks.listWebhooks();
  told.changed = await webhooks.updateWebhook({ event: "batch_created", url: url + "/2" }, created.objectId);
  for (const each of told.listed.results) {
    await webhooks.deleteWebhook(each.objectId);
  }
  told.left = (await webhooks.listWebhooks()).count;
  const { trackingStatus } = client(live);
  told.registered = await trackingStatus.create({ carrier: "ups", trackingNumber: "1Z999AA10123456784" });
  told.asked = await trackingStatus.get("1Z999AA10123456784", "ups");
  told.mock = await trackingStatus.get("SHIPPO_RETURNED", "shippo");
  told.refusals = {
    unknown: await refusal(() => webhooks.getWebhook("0".repeat(32))),
    token: await refusal(() => client("shippo_live_wrong").webhooks.listWebhooks()),
  };
  told.payloads = bodies.map(payload);
  console.log(JSON.stringify(told));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
