// The official OpenAI SDK for Node, unchanged. Prints what it was told as JSON.
import { createRequire } from "node:module";
import { Readable } from "node:stream";

const require = createRequire(`${process.env.CLIENTS}/`);
const OpenAI = require("openai").default;
const client = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: process.env.KEY, maxRetries: 0 });
const provider = process.env.PROVIDER;
const model = (name) => `${provider}/${name}`;
const messages = [{ role: "user", content: "hello there" }];
const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"], additionalProperties: false };
const tools = [{ type: "function", function: { name: "list_files", parameters: { type: "object", properties: {} } } }];
const image = { type: "image_url", image_url: { url: `data:image/png;base64,${process.env.PICTURE}` } };
const told = {};

const whole = await client.chat.completions.create({ model: model("think"), messages });
told.whole = whole.choices[0].message.content;

const stream = client.chat.completions.stream({ model: model("think"), messages, stream_options: { include_usage: true } });
let deltas = "";
stream.on("content", (delta) => (deltas += delta));
const final = await stream.finalChatCompletion();
told.streamed = deltas;
told.sameUsage = final.usage.completion_tokens === whole.usage.completion_tokens;

const called = await client.chat.completions.create({ model: model("one_tool"), messages, tools });
told.tool = called.choices[0].message.tool_calls[0].function.name;

const form = { type: "json_schema", json_schema: { name: "n", schema, strict: true } };
const parsed = await client.chat.completions.parse({ model: model("echo"), messages, response_format: form });
told.parsed = JSON.parse(parsed.choices[0].message.content);

const content = [{ type: "text", text: "see" }, image];
const seen = await client.chat.completions.create({ model: model("echo"), messages: [{ role: "user", content }] });
told.image = seen.choices[0].message.content;

const response = await client.responses.create({ model: model("think"), input: "hello there" });
told.response = response.output_text;
let spoken = "";
for await (const event of await client.responses.create({ model: model("think"), input: "hello there", stream: true })) {
    if (event.type === "response.output_text.delta") spoken += event.delta;
    if (event.type === "response.completed") told.completed = event.response.status;
}
told.responseStreamed = spoken;

if (provider === "both") {
    const vectors = await client.embeddings.create({ model: model("text-embedding-3-small"), input: "one", dimensions: 8 });
    told.embedding = vectors.data[0].embedding.length;
    const speech = await client.audio.speech.create({ model: model("tts-1"), voice: "alloy", input: "hi", response_format: "wav" });
    const sound = Buffer.from(await speech.arrayBuffer());
    told.speech = sound.subarray(0, 4).toString();
    const file = await OpenAI.toFile(Readable.from(sound), "a.wav");
    const heard = await client.audio.transcriptions.create({ model: model("gpt-4o-transcribe"), file });
    told.heard = heard.text === `You sent ${sound.length} bytes of sound.`;
}

try {
    await client.chat.completions.create({ model: model("bad_request"), messages });
} catch (error) {
    told.error = error.constructor.name;
}
console.log(JSON.stringify(told));
