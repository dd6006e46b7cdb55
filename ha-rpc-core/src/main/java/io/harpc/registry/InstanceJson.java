package io.harpc.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import io.harpc.Address;
import io.harpc.ServiceKey;

/**
 * An instance as JSON, as {@code docs/registry-layout.md} describes it; for those who
 * implement a {@link Registry}. What is read is taken for data from outside: every field
 * is checked for its type, length and range, and an unknown one is passed over so that a
 * later version may add to it. Stateless.
 */
public final class InstanceJson {

	/** The most bytes that one instance may take. */
	public static final int MAX_BYTES = 64 * 1024;

	private static final int FORMAT = 1;

	private static final JsonMapper MAPPER = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(
					StreamReadConstraints.builder().maxNestingDepth(16).maxStringLength(MAX_BYTES).build())
			.build())
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
		.build();

	private InstanceJson() {
	}

	/**
	 * Writes an instance.
	 * @param instance the instance
	 * @return UTF-8 text
	 * @throws IllegalArgumentException if it takes more than {@value #MAX_BYTES} bytes
	 */
	public static byte[] write(Instance instance) {
		byte[] bytes = bytes(toNode(instance));
		if (bytes.length > MAX_BYTES) {
			throw new IllegalArgumentException(
					"instance " + instance.id() + ": " + bytes.length + " bytes (expected: at most " + MAX_BYTES + ")");
		}
		return bytes;
	}

	/**
	 * Reads an instance.
	 * @param bytes what {@link #write} has written, or anything else
	 * @return the instance
	 * @throws IllegalArgumentException if it is anything else; the message says what is
	 * wrong, and is short and printable whatever was read
	 */
	public static Instance read(byte[] bytes) {
		return fromNode(parse(bytes, MAX_BYTES));
	}

	/** Never holds more than one of them as a tree. */
	static byte[] writeAll(ServiceKey service, List<Instance> instances) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (JsonGenerator generator = MAPPER.createGenerator(out)) {
			generator.writeStartObject();
			generator.writeNumberField("format", FORMAT);
			generator.writeStringField("of", service.toString());
			generator.writeArrayFieldStart("instances");
			for (Instance instance : instances) {
				generator.writeTree(toNode(instance));
			}
			generator.writeEndArray();
			generator.writeEndObject();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Texts and numbers cannot be written", ex);
		}
		return out.toByteArray();
	}

	static List<Instance> readAll(ServiceKey service, byte[] bytes, int maxBytes) {
		JsonNode root = parse(bytes, maxBytes);
		checkFormat(root);
		if (!text(root, "of", "").equals(service.toString())) {
			throw new IllegalArgumentException("of: another service (expected: " + service + ")");
		}
		List<Instance> instances = new ArrayList<>();
		for (JsonNode node : root.path("instances")) {
			Instance instance = fromNode(node);
			if (!instance.service().equals(service)) {
				throw new IllegalArgumentException("instance: of another service (expected: " + service + ")");
			}
			instances.add(instance);
		}
		return instances;
	}

	private static ObjectNode toNode(Instance instance) {
		ObjectNode node = MAPPER.createObjectNode()
			.put("format", FORMAT)
			.put("id", instance.id())
			.put("service", instance.service().name())
			.put("version", instance.service().version())
			.put("group", instance.service().group())
			.put("host", instance.address().host())
			.put("port", instance.address().port())
			.put("weight", instance.weight())
			.put("zone", instance.zone())
			.put("serialization", instance.serialization());
		if (instance.tls() != null) {
			node.put("tls", instance.tls());
		}
		ObjectNode metadata = node.putObject("metadata");
		instance.metadata().forEach(metadata::put);
		return node;
	}

	private static Instance fromNode(JsonNode node) {
		checkFormat(node);
		ServiceKey service = new ServiceKey(text(node, "service", null), text(node, "version", ""),
				text(node, "group", ""));
		Address address = new Address(text(node, "host", null), number(node, "port", -1));
		return new Instance(text(node, "id", null), service, address, number(node, "weight", 100),
				text(node, "zone", ""), text(node, "serialization", "json"), tls(node.path("tls")),
				metadata(node.path("metadata")));
	}

	private static @Nullable Boolean tls(JsonNode value) {
		if (!value.isBoolean() && !value.isMissingNode()) {
			throw new IllegalArgumentException("tls: " + value.getNodeType() + " (expected: BOOLEAN)");
		}
		return value.isBoolean() ? value.booleanValue() : null;
	}

	private static void checkFormat(JsonNode node) {
		int format = node.isObject() ? number(node, "format", 0) : 0;
		if (format != FORMAT) {
			throw new IllegalArgumentException(
					"format: " + format + " (expected: a JSON object with format " + FORMAT + ")");
		}
	}

	private static String text(JsonNode node, String field, @Nullable String missing) {
		JsonNode value = node.path(field);
		if (value.isMissingNode() && missing != null) {
			return missing;
		}
		return requireText(field, value);
	}

	private static String requireText(String field, JsonNode value) {
		if (!value.isTextual()) {
			throw new IllegalArgumentException(field + ": " + value.getNodeType() + " (expected: STRING)");
		}
		String text = value.textValue();
		if (text.chars().anyMatch(Character::isISOControl)) {
			// Whoever refuses it for another reason would repeat it, perhaps to a log.
			throw new IllegalArgumentException(field + ": a control character (expected: printable text)");
		}
		return text;
	}

	private static int number(JsonNode node, String field, int missing) {
		JsonNode value = node.path(field);
		if (value.isMissingNode()) {
			return missing;
		}
		if (!value.isIntegralNumber() || !value.canConvertToInt()) {
			throw new IllegalArgumentException(
					field + ": " + value.getNodeType() + " (expected: an integer of 32 bits)");
		}
		return value.intValue();
	}

	private static Map<String, String> metadata(JsonNode node) {
		if (!node.isObject() && !node.isMissingNode()) {
			throw new IllegalArgumentException("metadata: " + node.getNodeType() + " (expected: OBJECT)");
		}
		Map<String, String> metadata = new LinkedHashMap<>();
		node.properties().forEach((entry) -> metadata.put(entry.getKey(), requireText("metadata", entry.getValue())));
		return metadata;
	}

	private static byte[] bytes(JsonNode node) {
		try {
			return MAPPER.writeValueAsBytes(node);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException("A tree of texts and numbers cannot be written", ex);
		}
	}

	private static JsonNode parse(byte[] bytes, int maxBytes) {
		if (bytes.length > maxBytes) {
			throw new IllegalArgumentException(bytes.length + " bytes (expected: at most " + maxBytes + ")");
		}
		try {
			return MAPPER.readTree(bytes);
		}
		catch (IOException ex) {
			// The cause says where. Its message may quote what was read: ours does not.
			throw new IllegalArgumentException("not JSON of the form expected (" + ex.getClass().getSimpleName() + ")",
					ex);
		}
	}

}
