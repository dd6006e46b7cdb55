package io.harpc.autoconfigure;

import java.net.InetAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.Trust;
import io.harpc.transport.TransportClientSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the properties that protect the registry.
 */
class RegistrySecurityTests {

	private static final String SECRET = "a secret of thirty-two characters, or more";

	private static final Instance INSTANCE = new Instance("a", new ServiceKey("S", "", ""), new Address("10.0.0.1", 1),
			1, "", "json", Map.of());

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
		.withPropertyValues("ha-rpc.registry.zookeeper.connect-string=localhost:1");

	@Test
	void everythingIsBelievedUnlessToldOtherwise() {
		assertThat(trust()).isEqualTo(Trust.ALL);
		this.runner.run((context) -> assertThat(
				context.getBean(TransportClientSettings.class).allowed().test(InetAddress.getByName("203.0.113.1")))
			.isTrue());
	}

	@Test
	void networksHoldForWhatIsReadAndForWhatIsConnectedTo() {
		Trust trust = trust("ha-rpc.registry.allowed-networks", "10.0.0.0/8, fd00::/8");
		trust.check(INSTANCE, 1L);
		assertThat(trust.networks()).hasToString("10.0.0.0/8, fd00::/8");
		this.runner.withPropertyValues("ha-rpc.registry.allowed-networks=10.0.0.0/8,fd00::/8").run((context) -> {
			TransportClientSettings transport = context.getBean(TransportClientSettings.class);
			assertThat(transport.allowed().test(InetAddress.getByName("fd00::1"))).isTrue();
			assertThat(transport.allowed().test(InetAddress.getByName("203.0.113.1"))).isFalse();
		});
	}

	@Test
	void instancesAreSignedByTheOnlyKeyOrByTheOneThatIsNamed() {
		Trust one = trust("ha-rpc.registry.signing.keys.k1.secret", SECRET);
		Instance signed = one.sign(INSTANCE, 1);
		one.check(signed, 1L);
		assertThatIllegalArgumentException().isThrownBy(() -> one.check(INSTANCE, 1L));
		Trust two = trust("ha-rpc.registry.signing.keys.k1.secret", SECRET, "ha-rpc.registry.signing.keys.k2.secret",
				SECRET + "2", "ha-rpc.registry.signing.key", "k2");
		two.check(signed, 1L);
		assertThat(two.sign(INSTANCE, 1).metadata().values()).singleElement().asString().startsWith("1.k2.");
	}

	@Test
	void aConsumerHasPublicKeysAndAProviderItsPrivateOne() throws Exception {
		KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
		String publicKey = Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
		String privateKey = Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded());
		Trust provider = trust("ha-rpc.registry.signing.keys.orders.public-key", publicKey,
				"ha-rpc.registry.signing.keys.orders.private-key", privateKey);
		Trust consumer = trust("ha-rpc.registry.signing.keys.orders.public-key", publicKey);
		consumer.check(provider.sign(INSTANCE, 1), 1L);
	}

	@Test
	void whatIsNotSignedIsBelievedForTheTimeOfARollOut() {
		trust("ha-rpc.registry.signing.keys.k1.secret", SECRET, "ha-rpc.registry.signing.required", "false")
			.check(INSTANCE, 1L);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			allowed-networks=10.0.0.1/8                       | ha-rpc.registry.allowed-networks
			signing.required=true                             | signing.required is true, and there is no key
			signing.keys.k.secret=s3cret                      | secret of key k: 6 bytes (expected: at least 32)
			signing.keys.k.public-key=s3cret                  | key k: cannot be read (expected: Ed25519
			signing.keys.k.private-key=s3cret                 | key k: (expected: either a secret, or a public-key
			signing.keys[a.b].secret=01234567890123456789012345678901 | key name: a.b (expected: 1 to 32
			zookeeper.digest.username=orders                  | digest: a user or a password is missing
			zookeeper.digest.password=s3cret                  | digest: a user or a password is missing
			zookeeper.acl.providers=orders                    | provider: orders (expected: scheme:id
			zookeeper.acl.readers=sasl:                       | reader: sasl: (expected: scheme:id
			zookeeper.sasl.login-context=nowhere              | there is no JAAS login context of that name
			zookeeper.ssl.bundle=nowhere                      | there is no SSL bundle of that name
			""")
	void whatCannotWorkEndsTheStartAndShowsNoSecret(String property, String message) {
		this.runner.withPropertyValues("ha-rpc.registry." + property).run((context) -> {
			assertThat(context).hasFailed();
			String all = messages(context.getStartupFailure());
			assertThat(all).contains(message);
			assertThat(all).doesNotContain("s3cret");
		});
	}

	@Test
	void twoKeysThatCanSignNeedAName() {
		this.runner
			.withPropertyValues("ha-rpc.registry.signing.keys.k1.secret=" + SECRET,
					"ha-rpc.registry.signing.keys.k2.secret=" + SECRET)
			.run((context) -> assertThat(messages(context.getStartupFailure()))
				.contains("key: none (expected: the name of the one that signs, of [k1, k2])"));
		this.runner
			.withPropertyValues("ha-rpc.registry.signing.keys.k1.secret=" + SECRET,
					"ha-rpc.registry.signing.key=another")
			.run((context) -> assertThat(messages(context.getStartupFailure()))
				.contains("key: another (expected: one of [k1])"));
	}

	@Test
	void theDiscoveryClientHasNoSignedInstances() {
		this.runner
			.withPropertyValues("ha-rpc.registry.type=discovery-client",
					"ha-rpc.registry.signing.keys.k1.secret=" + SECRET)
			.run((context) -> assertThat(messages(context.getStartupFailure()))
				.contains("the registry of type discovery-client has no signed instances"));
	}

	@Test
	void tlsNeedsWhatMayHaveBeenExcluded() {
		this.runner.withPropertyValues("ha-rpc.registry.zookeeper.ssl.bundle=any")
			.withClassLoader(new FilteredClassLoader("io.netty.channel.epoll"))
			.run((context) -> assertThat(messages(context.getStartupFailure()))
				.contains("what ZooKeeper's client needs for it is not there"));
	}

	@Test
	void noRecordShowsASecret() {
		RpcProperties properties = bind("ha-rpc.registry.signing.keys.k1.secret", "s3cret",
				"ha-rpc.registry.signing.keys.k2.private-key", "s3cret", "ha-rpc.registry.zookeeper.digest.username",
				"orders", "ha-rpc.registry.zookeeper.digest.password", "s3cret");
		assertThat(properties.toString()).contains("orders").doesNotContain("s3cret");
	}

	private static String messages(Throwable failure) {
		StringBuilder messages = new StringBuilder();
		for (Throwable each = failure; each != null; each = each.getCause()) {
			messages.append(each.getMessage()).append('\n');
		}
		return messages.toString();
	}

	private static Trust trust(String... properties) {
		return RegistryTrust.of(bind(properties).registry());
	}

	private static RpcProperties bind(String... properties) {
		MapConfigurationPropertySource source = new MapConfigurationPropertySource();
		for (int i = 0; i < properties.length; i += 2) {
			source.put(properties[i], properties[i + 1]);
		}
		return new Binder(List.of(source)).bindOrCreate("ha-rpc", RpcProperties.class);
	}

}
