package io.harpc.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.CircuitBreakerProperties;
import io.github.resilience4j.springboot3.retry.autoconfigure.RetryProperties;
import io.harpc.autoconfigure.ConfigurationPage.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps {@code docs/configuration.md} as true as the properties are.
 */
class ConfigurationPageTests {

	private static final Path PAGE = Path.of("../docs/configuration.md");

	private static final String COMMAND = "mvn -pl ha-rpc-autoconfigure -am test -Dtest=ConfigurationPageTests -Dupdate.docs=true";

	@Test
	void thePageSaysWhatThePropertiesAre() throws IOException {
		String generated = ConfigurationPage.generate();
		if (Boolean.getBoolean("update.docs")) {
			Files.writeString(PAGE, generated);
		}
		assertThat(PAGE).as("docs/configuration.md is made by this test. To make it anew: " + COMMAND)
			.hasContent(generated);
	}

	@ParameterizedTest
	@MethodSource("io.harpc.autoconfigure.ConfigurationPage#properties")
	void aPropertyIsDescribedBySentencesThatStartWithANounOrWhether(Property property) {
		assertThat(property.description()).matches("[A-Z][^.]*\\.(.*\\.)?")
			.doesNotMatch("(The|A|An|If|How|What|When|Where|Sets?|Enables?) .*");
		assertThat(property.description().startsWith("Whether ")).isEqualTo(property.type().equals("`Boolean`"));
	}

	/** Applications are configured by these names: one may be added, none be renamed. */
	@Test
	void theNamesThatApplicationsRelyOnAreThere() throws IOException {
		List<String> relied = Stream.of(names("ha-rpc.registry.", "type", "required", "snapshot-directory", "static"),
				names("ha-rpc.registry.zookeeper.", "connect-string", "root", "session-timeout", "connection-timeout"),
				names("ha-rpc.server.", "enabled", "address", "port", "advertised-host", "weight", "zone", "priority",
						"serialization", "max-connections", "max-concurrent-calls", "max-frame-size",
						"shutdown-grace-period"),
				names("ha-rpc.client.", "timeout", "max-attempts", "load-balancer", "zone", "cluster",
						"heartbeat-interval", "max-frame-size"),
				names("ha-rpc.client.references.<name>.", "version", "group", "timeout", "max-attempts",
						"load-balancer", "cluster", "address", "idempotent"),
				names("ha-rpc.", "enabled"))
			.flatMap((names) -> names)
			.toList();
		assertThat(ConfigurationPage.properties()).extracting(Property::name).containsAll(relied);
	}

	private static Stream<String> names(String prefix, String... names) {
		return Stream.of(names).map(prefix::concat);
	}

	@ParameterizedTest
	@MethodSource("examples")
	void anExampleSetsOnlyWhatIsThere(String yaml) throws IOException {
		Binder binder = new Binder(ConfigurationPropertySources.from(new YamlPropertySourceLoader().load("example",
				new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))));
		bind(binder, "ha-rpc", RpcProperties.class);
		bind(binder, "resilience4j.circuitbreaker", CircuitBreakerProperties.class);
		bind(binder, "resilience4j.retry", RetryProperties.class);
	}

	private static void bind(Binder binder, String prefix, Class<?> type) {
		binder.bind(prefix, Bindable.of(type), new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
	}

	static List<String> examples() throws IOException {
		return Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL)
			.matcher(Files.readString(ConfigurationPage.TEMPLATE))
			.results()
			.map((match) -> match.group(1))
			.toList();
	}

}
