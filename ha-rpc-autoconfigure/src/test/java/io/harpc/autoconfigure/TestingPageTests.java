package io.harpc.autoconfigure;

import io.harpc.RpcNotSentException;
import io.harpc.annotation.RpcReference;
import io.harpc.annotation.RpcService;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Registry;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;

/**
 * Keeps {@code docs/testing.md} true.
 */
class TestingPageTests {

	@Test
	void contextsOfOneProcessShareTheRegistry() {
		try (ConfigurableApplicationContext provider = run(Stub.class);
				ConfigurableApplicationContext consumer = run()) {
			assertThat(consumer.getBean(Checkout.class).orders.find(7)).isEqualTo("stub 7");
		}
	}

	@Test
	void aContextWithARegistryOfItsOwnSharesNothing() {
		try (ConfigurableApplicationContext provider = run(Stub.class);
				ConfigurableApplicationContext consumer = run(OwnRegistry.class)) {
			Orders orders = consumer.getBean(Checkout.class).orders;
			assertThatExceptionOfType(RpcNotSentException.class).isThrownBy(() -> orders.find(7));
		}
	}

	private static ConfigurableApplicationContext run(Class<?>... more) {
		return new SpringApplicationBuilder(Application.class).sources(more)
			.web(WebApplicationType.NONE)
			.run("--ha-rpc.registry.type=in-memory", "--ha-rpc.server.port=0");
	}

	@Nested
	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE,
			properties = "ha-rpc.enabled=false")
	class WithoutHaRpc {

		@MockitoBean
		Orders orders;

		@Test
		void aMockIsInjected(@Autowired Checkout checkout) {
			given(this.orders.find(7)).willReturn("mock");
			assertThat(checkout.orders.find(7)).isEqualTo("mock");
		}

	}

	/**
	 * Not with the registry in memory: the other contexts here stay cached, and in it.
	 */
	@Nested
	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE,
			properties = { "ha-rpc.registry.type=static", "ha-rpc.server.port=0" })
	class WithHaRpc {

		@MockitoBean
		Orders mock;

		@Test
		void aMockIsNotInjected(@Autowired Checkout checkout) {
			assertThat(checkout.orders).isNotSameAs(this.mock);
			assertThatExceptionOfType(RpcNotSentException.class).isThrownBy(() -> checkout.orders.find(7));
		}

	}

	@Nested
	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE,
			properties = { "ha-rpc.registry.type=in-memory", "ha-rpc.server.port=0" })
	@Import(Stub.class)
	class OverTheWire {

		@Test
		void theStubIsCalled(@Autowired Checkout checkout, @Autowired Orders stub) {
			assertThat(checkout.orders).isNotSameAs(stub);
			assertThat(checkout.orders.find(7)).isEqualTo("stub 7");
		}

	}

	interface Orders {

		String find(long id);

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Checkout.class)
	static class Application {

	}

	static class Checkout {

		final Orders orders;

		Checkout(@RpcReference Orders orders) {
			this.orders = orders;
		}

	}

	@RpcService
	static class Stub implements Orders {

		@Override
		public String find(long id) {
			return "stub " + id;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnRegistry {

		@Bean
		Registry registry() {
			return new InMemoryRegistry();
		}

	}

}
