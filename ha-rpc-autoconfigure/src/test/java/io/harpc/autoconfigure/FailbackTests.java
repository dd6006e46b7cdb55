package io.harpc.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

import io.harpc.annotation.RpcReference;
import io.harpc.client.RpcClient;
import io.harpc.failback.FailbackSettings;
import io.harpc.failback.FailbackStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for references of the mode failback.
 */
class FailbackTests {

	@TempDir
	private Path directory;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
		.withPropertyValues("ha-rpc.registry.type=in-memory");

	@Test
	void withoutADirectoryThereAreNoSettings() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(FailbackSettings.class));
	}

	@Test
	void defaultsAreThoseOfTheSettings() {
		this.runner.withPropertyValues("ha-rpc.client.failback.directory=" + this.directory)
			.run((context) -> assertThat(context.getBean(FailbackSettings.class))
				.isEqualTo(FailbackSettings.of(this.directory)));
	}

	@Test
	void propertiesBecomeSettings() {
		this.runner
			.withPropertyValues("ha-rpc.client.failback.directory=" + this.directory,
					"ha-rpc.client.failback.expiry=2h", "ha-rpc.client.failback.max-entries=10",
					"ha-rpc.client.failback.max-size=1KB", "ha-rpc.client.failback.min-backoff=10ms",
					"ha-rpc.client.failback.max-backoff=2s")
			.run((context) -> assertThat(context.getBean(FailbackSettings.class)).isEqualTo(new FailbackSettings(
					this.directory, Duration.ofHours(2), 10, 1024, Duration.ofMillis(10), Duration.ofSeconds(2))));
	}

	@Test
	void aValueThatCannotBeIsNamed() {
		this.runner
			.withPropertyValues("ha-rpc.client.failback.directory=" + this.directory,
					"ha-rpc.client.failback.max-entries=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("max-entries: 0 (expected: at least 1)"));
	}

	@Test
	void aReferenceWithoutADirectoryIsRefused() {
		this.runner.withUserConfiguration(Shop.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("cluster: failback (expected: ha-rpc.client.failback.directory"));
	}

	@Test
	void callsAreKeptWhileThereIsNoProviderAlsoOverARestart() {
		ApplicationContextRunner failback = this.runner.withUserConfiguration(Shop.class)
			.withPropertyValues("ha-rpc.client.failback.directory=" + this.directory);
		failback.run((context) -> {
			Objects.requireNonNull(context.getBean(Shop.class).mail).send("hello");
			await().untilAsserted(() -> holdsOne(context.getBean(RpcClient.class).failback()));
		});
		failback.run((context) -> {
			context.getBean(Shop.class);
			await().untilAsserted(() -> holdsOne(context.getBean(RpcClient.class).failback()));
		});
	}

	@Test
	void twoApplicationsWithOneDirectoryAreToldSo() {
		ApplicationContextRunner failback = this.runner.withUserConfiguration(Shop.class)
			.withPropertyValues("ha-rpc.client.failback.directory=" + this.directory);
		failback.run((first) -> failback.run((second) -> assertThat(second).getFailure()
			.hasRootCauseInstanceOf(Exception.class)
			.hasStackTraceContaining("keeps calls on disk, and that is not possible")
			.hasStackTraceContaining("in use by another process or client")));
	}

	private static void holdsOne(@Nullable FailbackStatus status) {
		assertThat(Objects.requireNonNull(status).pending()).containsEntry("mail", 1);
	}

	interface Mail {

		void send(String text);

	}

	static class Shop {

		@RpcReference(cluster = "failback")
		@Nullable Mail mail;

	}

}
