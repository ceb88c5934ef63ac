// The official Anthropic SDK for Node, unchanged. Prints what it was told as JSON.
import { createRequire } from "node:module";

const require = createRequire(`${process.env.CLIENTS}/`);
const Anthropic = require("@anthropic-ai/sdk").default;
const client = new Anthropic({ baseURL: process.env.BASE_URL, apiKey: process.env.KEY, maxRetries: 0 });
const provider = process.env.PROVIDER;
const ask = (name, more = {}) => ({
    model: `${provider}/${name}`,
    max_tokens: 500,
    messages: [{ role: "user", content: "hello there" }],
    ...more,
});
const told = {};

const whole = await client.messages.create(ask("think"));
told.whole = whole.content.map((block) => block.type);

const stream = client.messages.stream(ask("think"));
let deltas = "";
stream.on("text", (delta) => (deltas += delta));
const final = await stream.finalMessage();
told.streamed = deltas;
told.sameUsage = final.usage.output_tokens === whole.usage.output_tokens;

const tools = [{ name: "list_files", input_schema: { type: "object" } }];
const called = await client.messages.create(ask("one_tool", { tools }));
const use = called.content.find((block) => block.type === "tool_use");
told.tool = [use.name, called.stop_reason];
const result = { type: "tool_result", tool_use_id: use.id, content: "a.txt" };
const messages = [
    { role: "user", content: "hello there" },
    { role: "assistant", content: called.content },
    { role: "user", content: [result] },
];
told.result = (await client.messages.create(ask("one_tool", { tools, messages }))).content.at(-1).text;

const source = { type: "base64", media_type: "image/png", data: process.env.PICTURE };
const content = [{ type: "image", source }, { type: "text", text: "see" }];
told.image = (await client.messages.create(ask("echo", { messages: [{ role: "user", content }] }))).content[0].text;

const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"], additionalProperties: false };
const format = { format: { type: "json_schema", schema } };
told.parsed = JSON.parse((await client.messages.create(ask("echo", { output_config: format }))).content[0].text);

try {
    await client.messages.create(ask("bad_request"));
} catch (error) {
    told.error = error.constructor.name;
}
console.log(JSON.stringify(told));
