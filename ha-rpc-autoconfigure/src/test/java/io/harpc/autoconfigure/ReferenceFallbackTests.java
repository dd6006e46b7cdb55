package io.harpc.autoconfigure;

import io.harpc.annotation.RpcReference;
import io.harpc.client.RpcClient;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for fallbacks of references, where no provider is there.
 */
class ReferenceFallbackTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
		.withPropertyValues("ha-rpc.registry.type=in-memory", "ha-rpc.client.timeout=100ms");

	@Test
	void theBeanOfTheClassAnswers() {
		this.runner.withUserConfiguration(Offline.class, Shop.class).run((context) -> {
			Offline offline = context.getBean(Offline.class);
			assertThat(context.getBean(Shop.class).orders.find(7)).isEqualTo("offline 7");
			assertThat(offline.calls).isEqualTo(1);
		});
	}

	@Test
	void withoutABeanAnObjectIsMade() {
		this.runner.withUserConfiguration(Shop.class)
			.run((context) -> assertThat(context.getBean(Shop.class).orders.find(7)).isEqualTo("offline 7"));
	}

	@Test
	void thePropertyBeatsTheAttribute() {
		this.runner.withUserConfiguration(Shop.class)
			.withPropertyValues("ha-rpc.client.references.orders.fallback=" + Closed.class.getName())
			.run((context) -> assertThat(context.getBean(Shop.class).orders.find(7)).isEqualTo("closed"));
	}

	@Test
	void whatTheFallbackThrowsIsThrown() {
		this.runner.withUserConfiguration(Offline.class, Shop.class)
			.run((context) -> assertThatIllegalStateException()
				.isThrownBy(() -> context.getBean(Shop.class).orders.find(-1))
				.withMessage("no such order")
				.satisfies((ex) -> assertThat(ex.getSuppressed()).hasSize(1)));
	}

	@Test
	void aFallbackMayAskForReferencesItself() {
		this.runner.withUserConfiguration(Cautious.class, CautiousShop.class)
			.run((context) -> assertThat(context.getBean(CautiousShop.class).orders.find(7))
				.isEqualTo("asked in vain"));
	}

	@Test
	void equalReferencesWithTheSameFallbackShareOneClient() {
		this.runner.withUserConfiguration(Offline.class, Shop.class, SecondShop.class).run((context) -> {
			assertThat(context.getBean(RpcClient.class).references()).hasSize(1);
			assertThat(context.getBean(SecondShop.class).orders).isSameAs(context.getBean(Shop.class).orders);
		});
	}

	interface Orders {

		String find(long id);

	}

	static class Offline implements Orders {

		int calls;

		@Override
		public String find(long id) {
			if (id < 0) {
				throw new IllegalStateException("no such order");
			}
			this.calls++;
			return "offline " + id;
		}

	}

	static class Closed implements Orders {

		@Override
		public String find(long id) {
			return "closed";
		}

	}

	static class Cautious implements Orders {

		private final Orders others;

		Cautious(@RpcReference(name = "others", group = "others", fallback = Cautious.class) Orders others) {
			this.others = others;
		}

		@Override
		public String find(long id) {
			return (id == 0) ? "asked in vain" : this.others.find(0);
		}

	}

	static class Shop {

		final Orders orders;

		Shop(@RpcReference(fallback = Offline.class) Orders orders) {
			this.orders = orders;
		}

	}

	static class SecondShop {

		final Orders orders;

		SecondShop(@RpcReference(fallback = Offline.class) Orders orders) {
			this.orders = orders;
		}

	}

	static class CautiousShop {

		final Orders orders;

		CautiousShop(@RpcReference(fallback = Cautious.class) Orders orders) {
			this.orders = orders;
		}

	}

}
