package io.harpc.autoconfigure;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * The page that describes all properties, made of this module's configuration metadata
 * and of a template for the rest. The metadata ends at maps, so what may be set for a
 * single reference, service or method is read from the source.
 */
final class ConfigurationPage {

	/** Where what is not generated is written, in the module's directory. */
	static final Path TEMPLATE = Path.of("src/test/resources/configuration-page.md");

	private static final String NOTICE = """
			<!-- Generated: edit ha-rpc-autoconfigure/src/test/resources/configuration-page.md or the Javadoc of RpcProperties,
			and see CONTRIBUTING.md for the command -->

			""";

	private static final Map<String, Class<?>> MAPS = Map.of("ha-rpc.client.references", RpcProperties.Reference.class,
			"ha-rpc.server.services", RpcProperties.Service.class, "ha-rpc.server.services.<name>.methods",
			RpcProperties.Method.class, "ha-rpc.registry.signing.keys", RpcProperties.SigningKeyProperties.class,
			"ha-rpc.server.authentication.keys", RpcProperties.AcceptedKeyProperties.class,
			"ha-rpc.server.authorization.rules", RpcProperties.Rule.class);

	private static final Path METADATA = Path.of("target/classes/META-INF/spring-configuration-metadata.json");

	private static final Path SOURCE = Path.of("src/main/java/io/harpc/autoconfigure/RpcProperties.java");

	private static final Pattern PARAM = Pattern.compile("@param (\\w+) (.*?)(?= @param | ?\\*/)");

	private ConfigurationPage() {
	}

	static String generate() throws IOException {
		Map<String, List<Property>> groups = new TreeMap<>(Comparator.comparing(ConfigurationPage::rank));
		for (Property property : properties()) {
			groups.computeIfAbsent(property.group(), (group) -> new ArrayList<>()).add(property);
		}
		String tables = groups.entrySet()
			.stream()
			.map((group) -> table(group.getKey(), group.getValue()))
			.collect(Collectors.joining("\n\n"));
		return NOTICE + Files.readString(TEMPLATE).replace("{{properties}}", tables);
	}

	/** All that may be set, except what is deprecated. */
	static List<Property> properties() throws IOException {
		List<Property> properties = new ArrayList<>();
		for (JsonNode node : new ObjectMapper().readTree(METADATA.toFile()).get("properties")) {
			Class<?> entry = MAPS.get(node.get("name").asText());
			if (entry != null) {
				String each = node.get("type").asText().startsWith("java.util.List") ? "[]." : ".<name>.";
				properties.addAll(propertiesOf(entry, node.get("name").asText() + each));
			}
			else if (!node.has("deprecation")) {
				properties.add(new Property(node.get("name").asText(), typeName(node.get("type").asText()),
						value(node.get("defaultValue")), node.path("description").asText()));
			}
		}
		return properties;
	}

	private static List<Property> propertiesOf(Class<?> type, String prefix) throws IOException {
		String source = Files.readString(SOURCE);
		int end = source.indexOf("public record " + type.getSimpleName() + "(");
		String comment = source.substring(source.lastIndexOf("/**", end), end).replaceAll("\\s+(\\* )?", " ");
		Map<String, String> descriptions = PARAM.matcher(comment)
			.results()
			.collect(Collectors.toMap((match) -> match.group(1), (match) -> match.group(2)));
		List<Property> properties = new ArrayList<>();
		for (RecordComponent component : type.getRecordComponents()) {
			String name = prefix + component.getName().replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
			Class<?> entry = MAPS.get(name);
			if (entry != null) {
				properties.addAll(propertiesOf(entry, name + ".<method>."));
			}
			else if (component.getType().isRecord()) {
				properties.addAll(propertiesOf(component.getType(), name + "."));
			}
			else {
				properties.add(new Property(name, typeName(component.getGenericType().getTypeName()), "",
						descriptions.getOrDefault(component.getName(), "")));
			}
		}
		properties.sort(Comparator.comparing(Property::name));
		return properties;
	}

	/** Of an enum its values, since these are what one writes. */
	private static String typeName(String type) {
		Object[] values = ClassUtils.isPresent(type, null) ? ClassUtils.resolveClassName(type, null).getEnumConstants()
				: null;
		if (values != null) {
			return Arrays.stream(values)
				.map((value) -> "`" + kebabCase(value.toString()) + "`")
				.collect(Collectors.joining(", "));
		}
		return "`" + type.replaceAll("\\b[a-z][\\w.]*\\.", "").replaceAll(",\\b", ", ") + "`";
	}

	private static String kebabCase(String constant) {
		return constant.toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private static String value(@Nullable JsonNode defaultValue) {
		if (defaultValue == null || defaultValue.asText().isEmpty()) {
			return "";
		}
		return "`" + defaultValue.asText() + "`";
	}

	/** Ours before those of Spring Boot, a group before those beneath it. */
	private static String rank(String group) {
		return (group.startsWith("ha-rpc") ? "0" : "1") + group;
	}

	private static String table(String group, List<Property> properties) {
		return properties.stream()
			.map(Property::row)
			.collect(Collectors.joining("\n",
					"### `" + group + "`\n\n| property | type | default | |\n|---|---|---|---|\n", ""));
	}

	/**
	 * A property as the page shows it.
	 */
	record Property(String name, String type, String defaultValue, String description) {

		String group() {
			return this.name.substring(0, this.name.lastIndexOf('.'));
		}

		private String row() {
			return "| `" + this.name + "` | " + this.type + " | " + this.defaultValue + " | "
					+ this.description.replace("|", "\\|").replace("*", "\\*") + " |";
		}

	}

}
