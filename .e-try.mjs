import protobuf from "protobufjs";
var Message = class {
	name;
	fields = [];
	byNumber = [];
	byName = /* @__PURE__ */ new Map();
	/** Its attributes tell series of measurements apart. */
	series = false;
	constructor(name) {
		this.name = name;
	}
	add(...fields) {
		for (const field of fields) {
			this.fields.push(field);
			while (this.byNumber.length <= field.number) this.byNumber.push(void 0);
			this.byNumber[field.number] = field;
			this.byName.set(field.json, field);
			this.byName.set(field.name, field);
		}
		return this;
	}
};
function camel(name) {
	return name.replace(/_(\w)/g, (_, c) => c.toUpperCase());
}
function field(number, name, role, more = {}) {
	return {
		number,
		name,
		json: camel(name),
		role,
		repeated: false,
		view: name,
		message: void 0,
		type: void 0,
		names: void 0,
		size: 0,
		wire: 2,
		...more
	};
}
const WIRE = {
	bool: 0,
	enum: 0,
	int32: 0,
	int64: 0,
	uint32: 0,
	uint64: 0,
	sint32: 0,
	fixed32: 5,
	fixed64: 1,
	sfixed64: 1,
	double: 1
};
const text$1 = (number, name) => field(number, name, 1);
const number$1 = (n, name, type, names) => field(n, name, 9, {
	type,
	wire: WIRE[type],
	names
});
const numbers = (n, name, type) => field(n, name, 10, {
	type,
	wire: WIRE[type],
	repeated: true
});
const one = (n, name, message) => field(n, name, 0, { message });
const many = (n, name, message) => field(n, name, 0, {
	message,
	repeated: true
});
const id = (n, name, size) => field(n, name, 8, { size });
const keyValue = new Message("KeyValue");
const anyValue = new Message("AnyValue");
const arrayValue = new Message("ArrayValue").add(field(1, "values", 6, {
	message: anyValue,
	repeated: true
}));
const keyValueList = new Message("KeyValueList").add(field(1, "values", 5, {
	message: keyValue,
	repeated: true
}));
keyValue.add(text$1(1, "key"), field(2, "value", 6, { message: anyValue }), number$1(3, "key_strindex", "int32"));
anyValue.add(text$1(1, "string_value"), number$1(2, "bool_value", "bool"), number$1(3, "int_value", "int64"), number$1(4, "double_value", "double"), one(5, "array_value", arrayValue), one(6, "kvlist_value", keyValueList), field(7, "bytes_value", 7), number$1(8, "string_value_strindex", "int32"));
const attributes$1 = (n, name = "attributes") => field(n, name, 5, {
	message: keyValue,
	repeated: true,
	view: "attributes"
});
const entityRef = new Message("EntityRef").add(field(1, "schema_url", 3), field(2, "type", 3), field(3, "id_keys", 4, { repeated: true }), field(4, "description_keys", 4, { repeated: true }));
const resource = new Message("Resource").add(attributes$1(1), number$1(2, "dropped_attributes_count", "uint32"), many(3, "entity_refs", entityRef));
const library = new Message("InstrumentationScope").add(text$1(1, "name"), text$1(2, "version"), attributes$1(3), number$1(4, "dropped_attributes_count", "uint32"));
const times = (start, end) => [number$1(start, "start_time_unix_nano", "fixed64"), number$1(end, "time_unix_nano", "fixed64")];
const kinds = [
	"UNSPECIFIED",
	"INTERNAL",
	"SERVER",
	"CLIENT",
	"PRODUCER",
	"CONSUMER"
].map((name) => `SPAN_KIND_${name}`);
const codes = [
	"UNSET",
	"OK",
	"ERROR"
].map((name) => `STATUS_CODE_${name}`);
const severities = ["UNSPECIFIED", ...[
	"TRACE",
	"DEBUG",
	"INFO",
	"WARN",
	"ERROR",
	"FATAL"
].flatMap((name) => [
	name,
	`${name}2`,
	`${name}3`,
	`${name}4`
])].map((name) => `SEVERITY_NUMBER_${name}`);
const temporalities = [
	"UNSPECIFIED",
	"DELTA",
	"CUMULATIVE"
].map((name) => `AGGREGATION_TEMPORALITY_${name}`);
const status = new Message("Status").add(text$1(2, "message"), number$1(3, "code", "enum", codes));
const event = new Message("Event").add(number$1(1, "time_unix_nano", "fixed64"), text$1(2, "name"), attributes$1(3), number$1(4, "dropped_attributes_count", "uint32"));
const link = new Message("Link").add(id(1, "trace_id", 16), id(2, "span_id", 8), field(3, "trace_state", 2), attributes$1(4), number$1(5, "dropped_attributes_count", "uint32"), number$1(6, "flags", "fixed32"));
const span = new Message("Span").add(id(1, "trace_id", 16), id(2, "span_id", 8), field(3, "trace_state", 2), id(4, "parent_span_id", 8), text$1(5, "name"), number$1(6, "kind", "enum", kinds), number$1(7, "start_time_unix_nano", "fixed64"), number$1(8, "end_time_unix_nano", "fixed64"), attributes$1(9), number$1(10, "dropped_attributes_count", "uint32"), many(11, "events", event), number$1(12, "dropped_events_count", "uint32"), many(13, "links", link), number$1(14, "dropped_links_count", "uint32"), one(15, "status", status), number$1(16, "flags", "fixed32"));
const logRecord = new Message("LogRecord").add(number$1(1, "time_unix_nano", "fixed64"), number$1(2, "severity_number", "enum", severities), text$1(3, "severity_text"), field(5, "body", 6, { message: anyValue }), attributes$1(6), number$1(7, "dropped_attributes_count", "uint32"), number$1(8, "flags", "fixed32"), id(9, "trace_id", 16), id(10, "span_id", 8), number$1(11, "observed_time_unix_nano", "fixed64"), text$1(12, "event_name"));
const exemplar = new Message("Exemplar").add(number$1(2, "time_unix_nano", "fixed64"), number$1(3, "as_double", "double"), id(4, "span_id", 8), id(5, "trace_id", 16), number$1(6, "as_int", "sfixed64"), attributes$1(7, "filtered_attributes"));
const numberPoint = new Message("NumberDataPoint").add(...times(2, 3), number$1(4, "as_double", "double"), many(5, "exemplars", exemplar), number$1(6, "as_int", "sfixed64"), attributes$1(7), number$1(8, "flags", "uint32"));
const histogramPoint = new Message("HistogramDataPoint").add(...times(2, 3), number$1(4, "count", "fixed64"), number$1(5, "sum", "double"), numbers(6, "bucket_counts", "fixed64"), numbers(7, "explicit_bounds", "double"), many(8, "exemplars", exemplar), attributes$1(9), number$1(10, "flags", "uint32"), number$1(11, "min", "double"), number$1(12, "max", "double"));
const buckets = new Message("Buckets").add(number$1(1, "offset", "sint32"), numbers(2, "bucket_counts", "uint64"));
const exponentialPoint = new Message("ExponentialHistogramDataPoint").add(attributes$1(1), ...times(2, 3), number$1(4, "count", "fixed64"), number$1(5, "sum", "double"), number$1(6, "scale", "sint32"), number$1(7, "zero_count", "fixed64"), one(8, "positive", buckets), one(9, "negative", buckets), number$1(10, "flags", "uint32"), many(11, "exemplars", exemplar), number$1(12, "min", "double"), number$1(13, "max", "double"), number$1(14, "zero_threshold", "double"));
const quantile = new Message("ValueAtQuantile").add(number$1(1, "quantile", "double"), number$1(2, "value", "double"));
const summaryPoint = new Message("SummaryDataPoint").add(...times(2, 3), number$1(4, "count", "fixed64"), number$1(5, "sum", "double"), many(6, "quantile_values", quantile), attributes$1(7), number$1(8, "flags", "uint32"));
for (const point of [
	numberPoint,
	histogramPoint,
	exponentialPoint,
	summaryPoint
]) point.series = true;
const temporality = number$1(2, "aggregation_temporality", "enum", temporalities);
const points = (message) => many(1, "data_points", message);
const gauge = new Message("Gauge").add(points(numberPoint));
const sum = new Message("Sum").add(points(numberPoint), temporality, number$1(3, "is_monotonic", "bool"));
const histogram = new Message("Histogram").add(points(histogramPoint), temporality);
const exponentialHistogram = new Message("ExponentialHistogram").add(points(exponentialPoint), temporality);
const summary = new Message("Summary").add(points(summaryPoint));
const metric = new Message("Metric").add(text$1(1, "name"), text$1(2, "description"), text$1(3, "unit"), one(5, "gauge", gauge), one(7, "sum", sum), one(9, "histogram", histogram), one(10, "exponential_histogram", exponentialHistogram), one(11, "summary", summary), field(12, "metadata", 5, {
	message: keyValue,
	repeated: true
}));
/** What a request of one signal is made of. */
function request$1(name, singular, plural, item) {
	const scoped = new Message(`Scope${singular}`).add(one(1, "scope", library), many(2, plural, item), field(3, "schema_url", 3));
	const resourced = new Message(`Resource${singular}`).add(one(1, "resource", resource), many(2, `scope_${name}`, scoped), field(3, "schema_url", 3));
	return new Message(`Export${singular === "Spans" ? "Trace" : singular}ServiceRequest`).add(many(1, `resource_${name}`, resourced));
}
const requests = {
	traces: request$1("spans", "Spans", "spans", span),
	metrics: request$1("metrics", "Metrics", "metrics", metric),
	logs: request$1("logs", "Logs", "log_records", logRecord)
};
// test/otlp/support/random.ts
/** Mulberry32. */
var Random = class {
	state;
	constructor(seed) {
		this.state = seed;
	}
	next() {
		this.state = this.state + 1831565813 | 0;
		let t = Math.imul(this.state ^ this.state >>> 15, 1 | this.state);
		t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
		return ((t ^ t >>> 14) >>> 0) / 4294967296;
	}
	below(n) {
		return Math.floor(this.next() * n);
	}
	chance(p) {
		return this.next() < p;
	}
	pick(from) {
		return from[this.below(from.length)];
	}
};
const KEYS = [
	"http.url",
	"http.request.method",
	"http.response.status_code",
	"user.id",
	"user.email",
	"password",
	"login.password",
	"authorization",
	"secret_note",
	"tenant",
	"env",
	"name",
	"value",
	"key",
	"content",
	"app.user",
	"items",
	"rawHeaders",
	"card",
	"phone",
	"x",
	"y",
	"__proto__",
	"",
	"mail of ann@shop.example",
	"mail of bob@shop.example",
	"größe",
	"db.statement",
	"note",
	"http.request.header.cookie"
];
const TEXTS = [
	"GET",
	"ok",
	"",
	"hello world",
	"bob@shop.example",
	"mail bob@shop.example and ann@shop.example!",
	"4111 1111 1111 1111",
	"card 4111111111111111 exp",
	"password=hunter2hunter2",
	"Bearer abcdefghijkl.mnopqrstuv",
	"{\"password\":\"hunter2\",\"a\":[1,\"bob@shop.example\"]}",
	"[1,2,{\"mail\":\"ann@shop.example\"}]",
	"{\"broken\": \"bob@shop.example\"",
	"https://shop.example/a?token=abc123&x=1",
	"Grüße an ann@shop.example – 你好",
	"test",
	"prod",
	"Cookie",
	"sid=abcdef0123456789",
	"DB_PASSWORD",
	"\0\n	\"\\",
	"x".repeat(126),
	"x".repeat(127),
	`${"y".repeat(110)} bob@shop.example`,
	`${"z".repeat(16380)} bob@shop.example`,
	"🙂 bob@shop.example 🙂",
	"ann%40shop.example"
];
const STATES = [
	"",
	"a=1",
	"vendor=bob@shop.example",
	"a=1,vendor=x,b=2",
	"rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
	"a=4111111111111111,b=2",
	"bob@shop.example",
	"k=ann@shop.example,ann@shop=1"
];
function text(r) {
	return r.pick(TEXTS);
}
function any(r, depth) {
	switch (r.below(depth > 3 ? 8 : 11)) {
		case 0:
		case 1:
		case 2: return { string_value: text(r) };
		case 3: return { bool_value: r.chance(.5) };
		case 4: return { int_value: r.pick([
			"0",
			"1",
			"-1",
			"4111111111111111",
			"9223372036854775807",
			"-9223372036854775808",
			"200",
			"123456789012"
		]) };
		case 5: return { double_value: r.pick([
			0,
			1.5,
			-2.25,
			1e300,
			0xe9b08a568f1c7,
			1234567890123,
			NaN,
			Number.POSITIVE_INFINITY,
			.1
		]) };
		case 6: return r.chance(.3) ? {} : { string_value: text(r) };
		case 7: return { bytes_value: r.chance(.7) ? Buffer.from(text(r)) : Buffer.from([
			255,
			254,
			r.below(256)
		]) };
		case 8:
		case 9: return { array_value: r.chance(.1) ? {} : { values: list(r, r.chance(.3) ? 2 : r.below(5), () => any(r, depth + 1)) } };
		default: return { kvlist_value: r.chance(.1) ? {} : { values: attributes(r, 4, depth + 1) } };
	}
}
function list(r, n, make) {
	return Array.from({ length: n }, make);
}
/** Entries with different keys. */
function attributes(r, most = 6, depth = 0) {
	const keys = /* @__PURE__ */ new Set();
	for (let n = r.below(most); n > 0; n--) keys.add(r.pick(KEYS));
	return [...keys].map((key) => ({
		key,
		value: any(r, depth)
	}));
}
function number(r, f) {
	switch (f.type) {
		case "bool": return r.chance(.5);
		case "enum": return r.below(f.names.length);
		case "double": return r.pick([
			0,
			1.5,
			-1e10,
			1e-7
		]);
		case "int32":
		case "sint32": return r.pick([
			0,
			1,
			-1,
			2147483647,
			-5
		]);
		case "uint32":
		case "fixed32": return r.pick([
			0,
			1,
			4294967295,
			256
		]);
		case "sfixed64":
		case "int64": return r.pick([
			"0",
			"-1",
			"1790000000000000001"
		]);
		default: return r.pick([
			"0",
			"5",
			"1790000000000000001",
			"18446744073709551615"
		]);
	}
}
/** A random message, with each field by chance. */
function message(r, m) {
	const out = {};
	for (const f of m.fields) {
		if (m.name === "KeyValue" || !r.chance(f.role === 0 || f.role === 5 ? .6 : .4)) continue;
		switch (f.role) {
			case 1:
			case 3:
				out[f.name] = text(r) || "x";
				break;
			case 2:
				out[f.name] = r.pick(STATES) || "b=2";
				break;
			case 4:
				out[f.name] = list(r, r.below(3), () => r.pick(KEYS));
				break;
			case 5:
				out[f.name] = attributes(r);
				break;
			case 6:
				out[f.name] = any(r, 0);
				break;
			case 7: break;
			case 8:
				out[f.name] = r.chance(.1) ? Buffer.alloc(0) : Buffer.from(list(r, f.size, () => r.below(256)));
				break;
			case 10:
				out[f.name] = list(r, r.below(4), () => number(r, f));
				break;
			case 0:
				out[f.name] = f.repeated ? list(r, r.below(3), () => message(r, f.message)) : message(r, f.message);
				break;
			default: out[f.name] = number(r, f);
		}
	}
	return out;
}
function request(r, signal) {
	const out = message(r, requests[signal]);
	const field = requests[signal].fields[0];
	if (!(field.name in out)) out[field.name] = [message(r, field.message)];
	return out;
}
function varint(n, pad = 0) {
	const out = [];
	let left = BigInt.asUintN(64, n);
	do {
		out.push(Number(left & 127n) | 128);
		left >>= 7n;
	} while (left > 0n);
	for (let k = 0; k < pad && out.length < 9; k++) out.push(128);
	out[out.length - 1] &= 127;
	return Buffer.from(out);
}
function tagged(number, wire, content, pad = 0) {
	return Buffer.concat([
		varint(BigInt(number * 8 + wire), pad),
		...wire === 2 ? [varint(BigInt(content.length), pad)] : [],
		content
	]);
}
function scalar(f, value) {
	const out = Buffer.alloc(f.wire === 5 ? 4 : 8);
	switch (f.type) {
		case "double":
			out.writeDoubleLE(value);
			return out;
		case "fixed32":
			out.writeUInt32LE(value);
			return out;
		case "fixed64":
			out.writeBigUInt64LE(BigInt(value));
			return out;
		case "sfixed64":
			out.writeBigInt64LE(BigInt(value));
			return out;
		case "sint32": return varint(BigInt.asUintN(32, BigInt(value << 1 ^ value >> 31)));
		case "bool": return varint(value === true ? 1n : 0n);
		default: return varint(BigInt(value));
	}
}
/** Fields that no message has, of every wire type. */
function unknown(r) {
	const number = r.pick([
		1e3,
		99,
		17,
		536870911
	]);
	switch (r.below(6)) {
		case 0: return tagged(number, 0, varint(BigInt(r.below(1e3))));
		case 1: return tagged(number, 1, Buffer.alloc(8, 7));
		case 2: return tagged(number, 5, Buffer.alloc(4, 7));
		case 3: return tagged(number, 2, Buffer.from("secret bob@shop.example"));
		case 4: return Buffer.concat([
			tagged(number, 3, Buffer.alloc(0)),
			tagged(1, 2, Buffer.from("in a group")),
			tagged(2, 3, Buffer.alloc(0)),
			tagged(2, 4, Buffer.alloc(0)),
			tagged(number, 4, Buffer.alloc(0))
		]);
		default: return tagged(1, 5, Buffer.alloc(4, 1));
	}
}
function encode(r, m, value, layout) {
	const groups = [];
	for (const f of m.fields) {
		const v = value[f.name];
		if (v === void 0) continue;
		const items = f.repeated ? v : [v];
		if (f.role === 10 && r.chance(.7)) {
			if (items.length > 0) groups.push([tagged(f.number, 2, Buffer.concat(items.map((item) => scalar(f, item))))]);
			continue;
		}
		groups.push(items.map((item) => {
			const pad = r.chance(layout.overlong) ? 1 + r.below(2) : 0;
			if (f.wire !== 2) return tagged(f.number, f.wire, scalar(f, item), pad);
			if (f.message !== void 0) return tagged(f.number, 2, encode(r, f.message, item, layout), pad);
			return tagged(f.number, 2, typeof item === "string" ? Buffer.from(item) : item, pad);
		}));
	}
	const out = [];
	while (groups.some((group) => group.length > 0)) {
		const left = groups.filter((group) => group.length > 0);
		if (r.chance(layout.unknown)) out.push(unknown(r));
		out.push((layout.shuffled ? r.pick(left) : left[0]).shift());
	}
	if (r.chance(layout.unknown)) out.push(unknown(r));
	return Buffer.concat(out);
}
// test/otlp/support/schema.ts
/** All messages that can be reached from a request. */
function messagesOf(message, out = /* @__PURE__ */ new Map()) {
	if (out.has(message.name)) return out;
	out.set(message.name, message);
	for (const field of message.fields) if (field.message !== void 0) messagesOf(field.message, out);
	return out;
}
function descriptor(message) {
	const out = { fields: {} };
	for (const f of message.fields) {
		const text = f.role === 1 || f.role === 2 || f.role === 3 || f.role === 4;
		const bytes = f.role === 8 || f.role === 7;
		const type = f.message !== void 0 ? f.message.name : text ? "string" : bytes ? "bytes" : f.type === "enum" ? "int32" : f.type;
		out.fields[f.name] = {
			id: f.number,
			type,
			...f.repeated ? { rule: "repeated" } : {}
		};
	}
	const alone = ALONE[message.name]?.filter((name) => name in out.fields) ?? [];
	if (alone.length > 0) out.oneofs = Object.fromEntries(alone.map((name) => [`_${name}`, { oneof: [name] }]));
	return out;
}
/** Fields of oneofs, and optional ones. Each is one of its own here: then the last does not take the place of the others. */
const ALONE = {
	AnyValue: [
		"string_value",
		"bool_value",
		"int_value",
		"double_value",
		"array_value",
		"kvlist_value",
		"bytes_value"
	],
	NumberDataPoint: ["as_double", "as_int"],
	Exemplar: ["as_double", "as_int"],
	HistogramDataPoint: [
		"sum",
		"min",
		"max"
	],
	ExponentialHistogramDataPoint: [
		"sum",
		"min",
		"max"
	]
};
/** The message types of a signal, by name. */
function typesOf(signal) {
	const nested = {};
	for (const [name, message] of messagesOf(requests[signal])) nested[name] = descriptor(message);
	return protobuf.Root.fromJSON({ nested });
}
const requestNames = {
	traces: requests.traces.name,
	metrics: requests.metrics.name,
	logs: requests.logs.name
};
const roots = {
	traces: typesOf("traces"),
	metrics: typesOf("metrics"),
	logs: typesOf("logs")
};
function requestType(signal) {
	return roots[signal].lookupType(requestNames[signal]);
}
// .e-try.ts
const signal = "metrics";
const r = new Random(144);
const layout = {
	shuffled: r.chance(.5),
	unknown: r.chance(.5) ? .1 : 0,
	overlong: r.chance(.3) ? .1 : 0
};
const body = encode(r, requests[signal], request(r, signal), layout);
const t = requestType(signal);
const o = t.toObject(t.decode(body), {
	longs: String,
	bytes: Buffer
});
const walk = (o, up) => {
	if (o && typeof o === "object" && !Buffer.isBuffer(o)) for (const v of Object.values(o)) {
		if (Buffer.isBuffer(v) && v.toString().includes("token=abc")) console.log(JSON.stringify(up.slice(-3), (k, v) => v && v.type === "Buffer" ? Buffer.from(v.data).toString() : v, 1).slice(0, 1500));
		walk(v, [...up, o]);
	}
};
walk(o, []);
export {};
